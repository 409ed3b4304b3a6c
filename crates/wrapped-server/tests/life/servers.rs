//! The servers, by their first argument. Most listen on the port that `PORT` names.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};

pub(crate) fn run(arguments: &[&str]) -> ExitCode {
    match arguments {
        ["ok"] => serve(&listen("127.0.0.1"), "200 OK"),
        ["v6"] => serve(&listen("[::1]"), "200 OK"),
        ["everywhere"] => serve(&listen("0.0.0.0"), "200 OK"),
        ["elsewhere"] => serve(&TcpListener::bind("127.0.0.1:0").unwrap(), "200 OK"),
        ["status", status] => serve(&listen("127.0.0.1"), status),
        ["garbage"] => answer_garbage(),
        ["exit", code] => {
            println!("a last word");
            eprintln!("and a reason");
            ExitCode::from(code.parse::<u8>().unwrap())
        }
        ["once", file] => once(file),
        ["falls", file] => falls(file),
        ["in-use", count, file] => in_use(count.parse().unwrap(), file),
        ["port-in", file] => {
            fs::write(format!("{file}.new"), variable("PORT")).unwrap();
            fs::rename(format!("{file}.new"), file).unwrap();
            sleep()
        }
        ["sleep"] => sleep(),
        ["forks"] => forks(),
        ["polite"] => polite(),
        ["stubborn"] => stubborn(),
        ["prints"] => prints(),
        ["floods"] => floods(),
        ["variables"] => {
            for (name, value) in std::env::vars_os() {
                println!("{}={}", name.display(), value.display());
            }
            println!("arguments done");
            serve(&listen("127.0.0.1"), "200 OK")
        }
        other => panic!("{other:?}"),
    }
}

fn variable(name: &str) -> String {
    std::env::var_os(name).unwrap().into_string().unwrap()
}

fn listen(host: &str) -> TcpListener {
    TcpListener::bind(format!("{host}:{}", variable("PORT"))).unwrap()
}

fn serve(listener: &TcpListener, status: &str) -> ExitCode {
    let status = status.to_owned();
    loop {
        let (connection, _) = listener.accept().unwrap();
        let status = status.clone();
        thread::spawn(move || answer(connection, &status));
    }
}

fn answer(mut connection: TcpStream, status: &str) {
    let mut request = [0; 4096];
    let read = connection.read(&mut request).unwrap_or_default();
    if read > 0 {
        println!(
            "{}",
            String::from_utf8_lossy(&request[..read]).replace("\r\n", "|")
        );
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        let _ = connection.write_all(answer.as_bytes());
    }
}

fn answer_garbage() -> ExitCode {
    let listener = listen("127.0.0.1");
    loop {
        let (mut connection, _) = listener.accept().unwrap();
        let _ = connection.read(&mut [0; 4096]);
        let _ = connection.write_all(b"SSH-2.0-OpenSSH\r\n");
    }
}

/// Ready in its first life only, which ends when the file appears.
fn falls(file: &str) -> ExitCode {
    if fs::exists(format!("{file}.lived")).unwrap() {
        return ExitCode::from(3);
    }
    fs::write(format!("{file}.lived"), "").unwrap();
    once(file)
}

/// Serves until a file appears, and ends with 0.
fn once(file: &str) -> ExitCode {
    let listener = listen("127.0.0.1");
    thread::spawn(move || serve(&listener, "200 OK"));
    while !fs::exists(file).unwrap() {
        thread::sleep(std::time::Duration::from_millis(5));
    }
    let _ = fs::remove_file(file);
    ExitCode::SUCCESS
}

/// Says so many times that the address is in use. Each start adds a line with the port to the file.
fn in_use(count: usize, file: &str) -> ExitCode {
    let mut lines = fs::read_to_string(file).unwrap_or_default();
    let starts = lines.lines().count();
    lines.push_str(&variable("PORT"));
    lines.push('\n');
    fs::write(file, lines).unwrap();
    if starts < count {
        eprintln!("OSError: [Errno 98] Address already in use");
        return ExitCode::FAILURE;
    }
    serve(&listen("127.0.0.1"), "200 OK")
}

fn sleep() -> ExitCode {
    loop {
        thread::park();
    }
}

/// A child of its group, one with a session of its own, and an orphan of that kind.
fn forks() -> ExitCode {
    let own = std::env::current_exe().unwrap();
    let sleep = |mut command: Command| {
        command.args(["serve", "sleep"]).stdin(Stdio::null());
        command
    };
    let set_sid = |options: &[&str]| {
        let mut command = Command::new("setsid");
        command.args(options).arg(&own);
        sleep(command)
    };
    let _children = [
        sleep(Command::new(&own)).spawn().unwrap(),
        set_sid(&[]).spawn().unwrap(),
    ];
    assert!(set_sid(&["--fork"]).status().unwrap().success());
    serve(&listen("127.0.0.1"), "200 OK")
}

fn polite() -> ExitCode {
    let listener = listen("127.0.0.1");
    runtime().block_on(async {
        let mut asked = signal(SignalKind::terminate()).unwrap();
        thread::spawn(move || serve(&listener, "200 OK"));
        asked.recv().await;
    });
    println!("polite to the end");
    std::process::exit(0);
}

fn stubborn() -> ExitCode {
    let listener = listen("127.0.0.1");
    runtime().block_on(async {
        let mut asked = signal(SignalKind::terminate()).unwrap();
        thread::spawn(move || serve(&listener, "200 OK"));
        loop {
            asked.recv().await;
            println!("stubborn");
        }
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn prints() -> ExitCode {
    let mut stdout = std::io::stdout();
    let mut stderr = std::io::stderr();
    stdout
        .write_all(b"{\"json\": true}\r\n\xff\n\nlong ")
        .unwrap();
    stderr.write_all(b"warning: \x1b[31mred\x1b[0m\n").unwrap();
    stdout.flush().unwrap();
    let long = vec![b'x'; 300 * 1024];
    stdout.write_all(&long).unwrap();
    stdout.write_all(b"\nlast").unwrap();
    stdout.flush().unwrap();
    serve(&listen("127.0.0.1"), "200 OK")
}

/// Prints 64 MiB, then listens.
fn floods() -> ExitCode {
    let line = [vec![b'x'; 1023], b"\n".to_vec()].concat();
    let mut stdout = std::io::stdout().lock();
    for _ in 0..64 * 1024 {
        stdout.write_all(&line).unwrap();
    }
    drop(stdout);
    serve(&listen("127.0.0.1"), "200 OK")
}

/// One request, answered.
pub(crate) fn call(address: SocketAddr) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    connection
        .write_all(b"GET /called HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}
