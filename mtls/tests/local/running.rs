//! An `mtls` that runs until the test is over.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::caller::Caller;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Longer than the engine's crates take to build.
const BUILD_PATIENCE: Duration = Duration::from_secs(900);

/// The process and the events that it printed.
pub struct Running {
    child: Child,
    events: Receiver<Value>,
    raw: Receiver<String>,
    folder: PathBuf,
    pub seen: Vec<Value>,
}

impl Running {
    /// Starts `mtls` in a folder.
    pub fn launch(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mtls"));
        command.args(arguments);
        Self::spawn(command, folder)
    }

    /// Starts a command that becomes `mtls`.
    pub fn spawn(mut command: Command, folder: &Path) -> Self {
        let mut child = command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, events) = channel();
        let (raw_sender, raw) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = raw_sender.send(line.clone());
                let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if sender.send(event).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            events,
            raw,
            folder: folder.to_owned(),
            seen: Vec::new(),
        }
    }

    /// Waits for the ready line.
    pub fn wait_until_ready(&mut self) {
        self.event(|event| event["event"] == "ready");
    }

    /// The same for one that has cargo build its program first.
    pub fn wait_until_ready_after_build(&mut self) {
        self.event_within(BUILD_PATIENCE, |event| event["event"] == "ready");
    }

    /// The first event from now on that fits.
    pub fn event(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        self.event_within(PATIENCE, fits)
    }

    fn event_within(&mut self, patience: Duration, fits: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let event = self.events.recv_timeout(left).unwrap_or_else(|error| {
                let _ = self.child.kill();
                let mut errors = String::new();
                let _ = self
                    .child
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut errors);
                panic!("{error}; found {:#?}\n{errors}", self.seen)
            });
            self.seen.push(event.clone());
            if fits(&event) {
                return event;
            }
        }
    }

    /// The lines for people, up to the first that ends so.
    pub fn lines_until(mut self, end: &str) -> Vec<String> {
        self.event(|line| line.as_str().is_some_and(|line| line.ends_with(end)));
        let text = |line: &Value| line.as_str().unwrap_or_default().to_owned();
        self.seen.iter().map(text).collect()
    }

    /// The line about the next request whose path starts so.
    pub fn request(&mut self, path: &str) -> Value {
        self.event(|event| {
            event["event"] == "request" && event["path"].as_str().unwrap().starts_with(path)
        })
    }

    /// What the handler said about its environment when it started.
    pub fn environment(&mut self) -> Value {
        let is_environment = |event: &Value| event["line"]["event"] == "environment";
        let event = match self.seen.iter().find(|event| is_environment(event)) {
            Some(event) => event.clone(),
            None => self.event(is_environment),
        };
        event["line"].clone()
    }

    /// The rest of what it prints, up to its end.
    pub fn rest(&mut self) -> Vec<Value> {
        let deadline = Instant::now() + PATIENCE;
        let left = || deadline.saturating_duration_since(Instant::now());
        std::iter::from_fn(|| self.events.recv_timeout(left()).ok()).collect()
    }

    /// All that it prints up to its end, as it was printed.
    pub fn raw(&mut self) -> Vec<String> {
        self.rest();
        self.raw.try_iter().collect()
    }

    /// Someone who calls it, without a certificate.
    pub fn caller(&self) -> Caller {
        let ready = self
            .seen
            .iter()
            .find(|event| event["event"] == "ready")
            .unwrap();
        let port = ready["url"].as_str().unwrap().rsplit(':').next().unwrap();
        Caller::new(port.parse().unwrap(), &self.folder.join("certs"))
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// Waits for the end; gives the exit status and what stood on standard error.
    pub fn end(mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + PATIENCE;
        // The output closes when the process ends.
        while self
            .events
            .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            .is_ok()
        {}
        let mut errors = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut errors)
            .unwrap();
        (self.child.wait().unwrap(), errors)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            self.signal("TERM");
            while self.events.recv_timeout(Duration::from_secs(5)).is_ok() {}
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
