//! Azurite as a child process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use test_support::hierarchy::{Issued, server};
use test_support::process::wait;

use crate::FOLDER;
use crate::account::Account;

/// How long Azurite may take for anything: Node alone starts in seconds where several tests do.
const PATIENCE: Duration = Duration::from_secs(60);

/// The pause between two attempts to listen on the port of before, which another process may have at the moment.
const PORT_RETRY: Duration = Duration::from_millis(200);

/// Azurite with one account. Its blobs are in a folder, so that they are still there when it is started again. It ends when it is
/// dropped.
pub(crate) struct Azurite {
    program: PathBuf,
    folder: tempfile::TempDir,
    pub(crate) account: Account,
    port: u16,
    running: Option<Running>,
}

struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Azurite {
    /// Starts it on a port of its choice, with a certificate under this authority; `None`, and said aloud, where it is not
    /// installed.
    pub(crate) fn start(authority: &Issued) -> Option<Self> {
        let program = Path::new(FOLDER).join("node_modules/azurite/dist/src/blob/main.js");
        let has_node = Command::new("node").arg("--version").output().is_ok();
        if !has_node || !program.exists() {
            test_support::skipped(
                "Azurite is not installed: npm ci --prefix crates/policy-source/tests/azurite",
            );
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let identity = server(authority);
        let write = |name: &str, pem: Vec<u8>| std::fs::write(folder.path().join(name), pem);
        write("server.pem", identity.certificate.to_pem().unwrap()).unwrap();
        let key = identity.key.private_key_to_pem_pkcs8().unwrap();
        write("server.key", key).unwrap();
        let mut azurite = Self {
            program,
            folder,
            account: Account::new(),
            port: 0,
            running: None,
        };
        azurite.start_again();
        Some(azurite)
    }

    /// Starts it with the blobs and on the port of before.
    pub(crate) fn start_again(&mut self) {
        let end = Instant::now() + PATIENCE;
        while let Err(errors) = self.try_start() {
            assert!(Instant::now() < end, "Azurite does not start: {errors}");
            thread::sleep(PORT_RETRY);
        }
    }

    /// Asks the process to end, and waits for it. Killed, it would lose the blobs of the last seconds.
    pub(crate) fn stop(&mut self) {
        let mut running = self.running.take().unwrap();
        let id = running.child.id().to_string();
        let asked = Command::new("kill").args(["-s", "TERM", &id]).status();
        assert!(asked.unwrap().success());
        wait(&mut running.child);
    }

    /// The URL of a container or blob of the account.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}/{}/{path}", self.port, Account::NAME)
    }

    /// Waits for the next line of the access log that contains all of these.
    #[track_caller]
    pub(crate) fn logged(&self, parts: &[&str]) {
        let running = self.running.as_ref().unwrap();
        let line = running.line(|line| parts.iter().all(|part| line.contains(part)));
        assert!(line.is_some(), "Azurite has ended");
    }

    /// The error is what it wrote before it ended.
    fn try_start(&mut self) -> Result<(), String> {
        let folder = self.folder.path();
        let mut child = Command::new("node")
            .arg(&self.program)
            .args(["--blobHost", "127.0.0.1"])
            .args(["--blobPort", &self.port.to_string()])
            .args(["--oauth", "basic", "--disableTelemetry"])
            .arg("--location")
            .arg(folder.join("blobs"))
            .arg("--cert")
            .arg(folder.join("server.pem"))
            .arg("--key")
            .arg(folder.join("server.key"))
            .env("AZURITE_ACCOUNTS", self.account.for_azurite())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut errors = child.stderr.take().unwrap();
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let running = Running { child, lines };
        let Some(line) = running.line(|line| line.contains("successfully listens on")) else {
            let mut text = String::new();
            let _ = errors.read_to_string(&mut text);
            return Err(text);
        };
        self.port = line.rsplit(':').next().unwrap().trim().parse().unwrap();
        self.running = Some(running);
        Ok(())
    }
}

impl Running {
    /// The next line that fits; `None` where Azurite ends before.
    #[track_caller]
    fn line(&self, fits: impl Fn(&str) -> bool) -> Option<String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) if fits(&line) => return Some(line),
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => panic!("no such line of Azurite's log"),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
