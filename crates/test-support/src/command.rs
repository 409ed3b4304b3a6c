//! The developer tool as a child process that ends.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test file uses its own part"
)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

/// Runs `mtls` in a folder, with nothing in its environment but what a test gives it.
pub fn mtls(folder: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> Answer {
    mtls_with_input(folder, settings, arguments, b"")
}

/// The same with bytes on standard input.
pub fn mtls_with_input(
    folder: &Path,
    settings: &[(&str, &str)],
    arguments: &[&str],
    input: &[u8],
) -> Answer {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mtls"))
        .args(arguments)
        .env_clear()
        .envs(settings.iter().copied())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that has refused its arguments may have closed its input already.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Answer {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
