//! The real handler as a child process, and a raw socket to it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// An app that tests start: its handler, and the folder with its `host.json` and functions.
#[derive(Clone, Debug)]
pub struct Program {
    pub binary: PathBuf,
    pub folder: PathBuf,
}

impl Program {
    /// The app of the engine's tests: `crates/functions-handler/tests/fixture-app`.
    ///
    /// It is built, or found to be up to date, once per test program: cargo builds no examples for `--test NAME`.
    pub fn fixture() -> Self {
        static BINARY: LazyLock<PathBuf> = LazyLock::new(build_fixture);
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        Self {
            binary: BINARY.clone(),
            folder: crates.join("functions-handler/tests/fixture-app"),
        }
    }

    /// `host.json` and the functions' declarations, in a folder of their own.
    pub fn app_root(&self) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::copy(self.folder.join("host.json"), root.path().join("host.json")).unwrap();
        for entry in fs::read_dir(&self.folder).unwrap() {
            let entry = entry.unwrap();
            let function = entry.path().join("function.json");
            if function.exists() {
                let folder = root.path().join(entry.file_name());
                fs::create_dir(&folder).unwrap();
                fs::copy(function, folder.join("function.json")).unwrap();
            }
        }
        root
    }

    /// The handler's command, with nothing in its environment but what a test gives it.
    pub fn command(&self, root: &Path, port: u16, settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .env_clear()
            .env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string())
            .env("FUNCTIONS_APP_ROOT_PATH", root)
            .envs(place(settings))
            .envs(settings.iter().copied())
            .current_dir(root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts the handler on all functions of the app, and waits until it says that it listens.
    pub fn start(&self, settings: &[(&str, &str)]) -> Handler {
        self.start_in(self.app_root(), settings)
    }

    /// The same on the functions in a folder.
    pub fn start_in(&self, root: tempfile::TempDir, settings: &[(&str, &str)]) -> Handler {
        self.start_with(root, settings, &[])
    }

    /// The same with arguments.
    pub fn start_with(
        &self,
        root: tempfile::TempDir,
        settings: &[(&str, &str)],
        arguments: &[&str],
    ) -> Handler {
        let port = free_port();
        let mut command = self.command(root.path(), port, settings);
        command.args(arguments);
        Handler::spawn(port, command, root)
    }
}

/// What App Service sets where it is the declared front end: the declaration is believed nowhere else.
pub(crate) fn place(settings: &[(&str, &str)]) -> Option<(&'static str, &'static str)> {
    settings
        .contains(&("CLIENT_CERT_FRONT_END", "app-service"))
        .then_some(("WEBSITE_INSTANCE_ID", "0"))
}

/// The cargo that built the tests, without what it says to them about their package: build scripts would run again.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ]
        .iter()
        .any(|prefix| text.starts_with(prefix))
        {
            cargo.env_remove(&name);
        }
    }
    cargo
}

/// Builds the fixture app and gives its path.
fn build_fixture() -> PathBuf {
    build("functions-handler", "--example", "fixture-app").join(format!(
        "examples/fixture-app{}",
        std::env::consts::EXE_SUFFIX
    ))
}

/// The gate's program. It is built, or found to be up to date, once per test program.
pub fn gate() -> &'static Path {
    static BINARY: LazyLock<PathBuf> =
        LazyLock::new(|| build("gate", "--bin", "gate").join("gate"));
    &BINARY
}

/// The handler of the repository's own app. It is built, or found to be up to date, once per test program.
pub fn handler() -> &'static Path {
    static BINARY: LazyLock<PathBuf> =
        LazyLock::new(|| build("handler", "--bin", "handler").join("handler"));
    &BINARY
}

/// Builds a program beside the tests, in their profile, and gives the profile's folder.
fn build(package: &str, kind: &str, name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.parent().unwrap().parent().unwrap();
    let mut cargo = cargo();
    cargo
        .args(["build", "--quiet", "--locked", "--offline"])
        .args(["--package", package, kind, name])
        .arg("--target-dir")
        .arg(profile.parent().unwrap())
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    assert!(cargo.status().unwrap().success(), "{name} was not built");
    profile.to_owned()
}

/// A port that was free a moment ago, as the Functions host chooses one.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// A running handler. It is killed when dropped.
pub struct Handler {
    pub port: u16,
    child: Child,
    lines: Receiver<Value>,
    errors: Option<JoinHandle<String>>,
    _root: tempfile::TempDir,
}

impl Handler {
    /// Starts a command that is this handler on that port, and waits until it says that it listens.
    pub fn spawn(port: u16, mut command: Command, root: tempfile::TempDir) -> Self {
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = channel();
        let errors = thread::spawn(move || {
            let mut text = String::new();
            let _ = { errors }.read_to_string(&mut text);
            text
        });
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        let handler = Self {
            port,
            child,
            lines,
            errors: Some(errors),
            _root: root,
        };
        handler.line(|line| line["event"] == "start");
        handler
    }

    /// Waits for the next line of the log that fits, and passes over the others.
    #[track_caller]
    pub fn line(&self, fits: impl Fn(&Value) -> bool) -> Value {
        self.lines_until(fits).pop().unwrap()
    }

    /// The lines of the log up to the next one that fits.
    #[track_caller]
    pub fn lines_until(&self, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
        let end = Instant::now() + PATIENCE;
        let mut lines = Vec::new();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    lines.push(line);
                    if fits(&lines[lines.len() - 1]) {
                        return lines;
                    }
                }
                Err(error) => panic!("no such line of the log: {error}"),
            }
        }
    }

    /// The line about the next decision.
    #[track_caller]
    pub fn decision(&self) -> Value {
        self.line(|line| line["event"] == "decision")
    }

    pub fn connect(&self) -> TcpStream {
        let stream =
            TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends bytes on a connection of their own, and reads one answer. `None` if the connection ends without one; a test
    /// fails that would have to wait for it.
    #[track_caller]
    pub fn exchange(&self, request: &[u8]) -> Option<Answer> {
        let mut stream = self.connect();
        // The handler may answer and close before it has taken everything.
        let _ = stream.write_all(request);
        Answer::read(&mut stream)
    }

    /// The status of an answer that may have no body although it has a length, as that to HEAD.
    pub fn status(&self, request: &[u8]) -> Option<u16> {
        let mut stream = self.connect();
        let _ = stream.write_all(request);
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).ok()?;
        line.split(' ').nth(1)?.parse().ok()
    }

    /// A GET with one value of `X-ARR-ClientCert`.
    pub fn get(&self, path: &str, certificate: Option<&str>) -> Answer {
        self.exchange(get(path, certificate).as_bytes()).unwrap()
    }

    /// The id of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", name, &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Ends it, and gives the rest of its log and all that it wrote on standard error.
    pub fn end(mut self) -> (Vec<Value>, String) {
        self.signal("TERM");
        self.wait();
        let errors = self.errors.take().unwrap().join().unwrap();
        (self.lines.iter().collect(), errors)
    }

    /// Waits for the end of the process.
    pub fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for the end of a process, within the patience of a test.
pub fn wait(child: &mut Child) -> ExitStatus {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        assert!(Instant::now() < end, "the process did not end");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Why a call was refused, by its line of the log; `admitted` where it was not.
pub fn reason(line: &Value) -> &str {
    match line["reason"].as_str() {
        Some(reason) => reason,
        None if line["outcome"] == "allow" => "admitted",
        None => panic!("expected a decision, found {line}"),
    }
}

/// A rule as a line about a call has it: of a thumbprint that is the line's own it has the first digits.
pub fn rule_in(line: &Value, rule: &str) -> String {
    let digest = line["thumbprint"].as_str().unwrap();
    rule.replace(digest, &format!("{}...", &digest[..16]))
}

/// The text of a GET.
pub fn get(path: &str, certificate: Option<&str>) -> String {
    let header = certificate
        .map(|value| format!("X-ARR-ClientCert: {value}\r\n"))
        .unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n")
}

/// One answer, as it came.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads one answer with a length. `None` if the connection ends before; silence fails the test.
    #[track_caller]
    pub fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut bytes = Vec::new();
        let head_end = loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            more(stream, &mut bytes)?;
        };
        let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let mut answer = Self {
            status,
            head,
            body: bytes[head_end..].to_vec(),
        };
        let length: usize = answer
            .header("content-length")
            .map_or(0, |value| value.parse().unwrap());
        while answer.body.len() < length {
            more(stream, &mut answer.body)?;
        }
        Some(answer)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Everything but what differs between any two answers: the date and the invocation id.
    pub fn shape(&self) -> String {
        let mut text = self.head.clone();
        if let Some(date) = self.header("date") {
            text = text.replace(date, "(date)");
        }
        text += &String::from_utf8_lossy(&self.body);
        if let Some(id) = self.json()["invocationId"].as_str() {
            assert_eq!(id.len(), 36);
            text = text.replace(id, "(id)");
        }
        text
    }
}

/// The status of the first answer that is not interim, whether a body follows or not. `None` if the connection ends without
/// one; silence fails the test.
#[track_caller]
pub fn final_status(stream: &mut TcpStream) -> Option<u16> {
    let mut bytes = Vec::new();
    loop {
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            more(stream, &mut bytes)?;
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]);
        let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
        if status >= 200 || status == 101 {
            return Some(status);
        }
        bytes.drain(..end + 4);
    }
}

/// Reads on. `None` at the end of the connection, which a reset is as well.
#[track_caller]
fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 4096];
    match stream.read(&mut buffer) {
        Ok(0) => None,
        Ok(read) => {
            bytes.extend_from_slice(&buffer[..read]);
            Some(())
        }
        Err(error) => {
            let kind = error.kind();
            let silent = matches!(
                kind,
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
            );
            assert!(
                !silent,
                "the connection hangs: neither an answer nor an end"
            );
            None
        }
    }
}
