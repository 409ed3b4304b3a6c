//! A fresh app of the repository, as a clean clone has it once it is built.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;
use test_support::process::handler;

use crate::book::repository;
use crate::running::Running;

/// The app's folder, and a folder for the search path that has `mtls`.
pub(crate) struct App {
    folder: TempDir,
    programs: TempDir,
}

impl App {
    pub(crate) fn new() -> Self {
        let app = Self {
            folder: tempfile::tempdir().unwrap(),
            programs: tempfile::tempdir().unwrap(),
        };
        let mtls = app.programs.path().join("mtls");
        symlink(env!("CARGO_BIN_EXE_mtls"), mtls).unwrap();
        for name in [".funcignore", "host.json", "local.settings.json"] {
            fs::copy(repository().join(name), app.path().join(name)).unwrap();
        }
        for function in functions() {
            let name = function.file_name().unwrap();
            fs::create_dir(app.path().join(name)).unwrap();
            let file = Path::new(name).join("function.json");
            fs::copy(repository().join(&file), app.path().join(&file)).unwrap();
        }
        fs::create_dir(app.path().join("bin")).unwrap();
        fs::copy(handler(), app.path().join("bin/handler")).unwrap();
        app
    }

    /// Makes `certs/`, as `mtls local` does on first use: by copies, since keys take long to make.
    pub(crate) fn make_certificates(&self) {
        static MADE: OnceLock<App> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let made = Self::new();
            Running::launch(made.path(), &LOCAL).wait_until_ready();
            made
        });
        let certificates = self.path().join("certs");
        if !certificates.exists() {
            copy(&made.path().join("certs"), &certificates);
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command in the app's folder, with nothing in its environment but where programs are.
    pub(crate) fn shell(&self, line: &str) -> Output {
        let path = std::env::var_os("PATH").unwrap();
        Command::new("sh")
            .args(["-euc", line])
            .env_clear()
            .env(
                "PATH",
                format!("{}:{}", self.programs.path().display(), path.display()),
            )
            .env("HOME", self.programs.path())
            .current_dir(self.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }
}

/// Whether there are the programs that pages call beside ours; says which one is missing.
pub(crate) fn has_tools() -> bool {
    let is_missing = |tool: &&str| Command::new(tool).arg("--version").output().is_err();
    let missing = ["curl", "openssl"].into_iter().find(is_missing);
    if let Some(tool) = missing {
        test_support::skipped(&format!("{tool} is not installed: the pages call it"));
    }
    missing.is_none()
}

/// `mtls local` for a test.
pub(crate) const LOCAL: [&str; 5] = ["local", "--port", "0", "--log", "json"];

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// The folders of the app's functions.
fn functions() -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(repository()).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("function.json").is_file())
}
