//! A folder in which the tool runs.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A temporary folder in which commands run.
pub struct Folder(pub tempfile::TempDir);

/// What a command answered.
pub struct Answer {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn mtls(&self, arguments: &[&str]) -> Answer {
        self.mtls_with_input(arguments, b"")
    }

    pub fn mtls_with_input(&self, arguments: &[&str], input: &[u8]) -> Answer {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mtls"))
            .args(arguments)
            .current_dir(self.0.path())
            .env("MTLS_TEST_PASSWORD", "from the environment")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that has refused its arguments may have closed its input already.
        let _ = child.stdin.take().unwrap().write_all(input);
        Answer::from(child.wait_with_output().unwrap())
    }

    /// Makes a certificate, which must succeed.
    pub fn new_certificate(&self, arguments: &[&str]) {
        let answer = self.mtls(&[&["certificate", "new"], arguments].concat());
        assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.stderr);
    }

    /// What `show --json` says of a file, which must succeed.
    pub fn show(&self, arguments: &[&str]) -> Value {
        let answer = self.mtls(&[&["certificate", "show", "--json"], arguments].concat());
        assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.stderr);
        serde_json::from_str(&answer.stdout).unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
