//! The servers behind the gate.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;

use app_settings::{Environment, Value};

/// Serves as this kind of server does.
pub(crate) fn run(kind: &str) -> ExitCode {
    match kind {
        "echo" => echo(),
        "ends" => {
            eprintln!("no database here");
            ExitCode::from(7)
        }
        other => panic!("no server {other}"),
    }
}

/// Answers with what it got: its process, its secret, the head as it came, and the body.
fn echo() -> ExitCode {
    let environment = Environment::of_process();
    let port = environment.get("FUNCTIONS_CUSTOMHANDLER_PORT").unwrap();
    let port: u16 = port.parse().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    println!("echo listens");
    for stream in listener.incoming() {
        thread::spawn(move || serve(stream.unwrap()));
    }
    ExitCode::SUCCESS
}

/// Answers every request of a connection with what it got.
pub(crate) fn serve(mut stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        if head.contains(" /api/PublicFunction?exit ") {
            std::process::abort();
        }
        let environment = Environment::of_process();
        let secret = environment
            .get("CLIENT_CERT_GATE_SECRET")
            .map_or("", Value::expose);
        let policy = environment.is_set("CLIENT_CERT_POLICY");
        let text = format!(
            "pid: {}\nsecret: {secret}\npolicy: {policy}\n{head}\n{}",
            std::process::id(),
            String::from_utf8_lossy(&body)
        );
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}",
            text.len()
        );
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}
