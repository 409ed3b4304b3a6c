//! A copy of an example, served by `mtls local`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use test_support::process::gate;

use crate::caller::Caller;
use crate::running::Running;

/// What an example's folder has that is made there and not part of it.
const MADE: [&str; 4] = ["bin", "certs", "node_modules", ".python_packages"];

/// A copy of an example in a folder of its own, with the dependencies that are installed in the example's folder.
pub(crate) struct Example {
    pub(crate) folder: TempDir,
}

impl Example {
    /// A copy with the gate in `bin`. `None`, and said aloud, where the dependencies are not installed.
    pub(crate) fn gated(name: &str, dependencies: &str) -> Option<Self> {
        let example = Self::copy(name, dependencies)?;
        fs::create_dir(example.path().join("bin")).unwrap();
        fs::copy(gate(), example.path().join("bin/gate")).unwrap();
        Some(example)
    }

    /// A copy as it is in the repository.
    pub(crate) fn copy(name: &str, dependencies: &str) -> Option<Self> {
        let original = original(name);
        let installed = original.join(dependencies);
        if !installed.exists() {
            let what = format!(
                "examples/{name}/{dependencies} is missing: examples/{name}/README.md says how to install it"
            );
            test_support::skipped(&what);
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        copy(&original, folder.path());
        std::os::unix::fs::symlink(installed, folder.path().join(dependencies)).unwrap();
        Some(Self { folder })
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts one text in place of another, which must be there.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}: {from}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    /// Copies a file into the folder.
    pub(crate) fn add(&self, file: &Path) {
        fs::copy(file, self.path().join(file.file_name().unwrap())).unwrap();
    }

    /// Sets an app setting.
    pub(crate) fn set(&self, name: &str, value: &str) {
        let path = self.path().join("local.settings.json");
        let mut settings: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        settings["Values"][name] = value.into();
        fs::write(path, settings.to_string()).unwrap();
    }

    /// `mtls local` in the folder, ready.
    pub(crate) fn start(&self, arguments: &[&str]) -> Served {
        let all = [&["local", "--port", "0", "--log", "json"], arguments].concat();
        let mut running = Running::launch(self.path(), &all);
        running.wait_until_ready();
        Served { running }
    }
}

/// The example's folder in the repository.
pub(crate) fn original(name: &str) -> PathBuf {
    let mtls = Path::new(env!("CARGO_MANIFEST_DIR"));
    mtls.parent().unwrap().join("examples").join(name)
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        if MADE.iter().any(|made| name == *made) {
            continue;
        }
        let to = to.join(&name);
        match path.is_dir() {
            true => {
                fs::create_dir(&to).unwrap();
                copy(&path, &to);
            }
            false => drop(fs::copy(&path, to).unwrap()),
        }
    }
}

/// An example that is served.
pub(crate) struct Served {
    pub(crate) running: Running,
}

impl Served {
    pub(crate) fn nobody(&self) -> Caller {
        self.running.caller()
    }

    pub(crate) fn allowed(&self) -> Caller {
        self.nobody().named("allowed")
    }

    pub(crate) fn denied(&self) -> Caller {
        self.nobody().named("denied")
    }

    /// `https://localhost:PORT`
    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.nobody().port)
    }

    /// How often the server's own log has this text, up to the first line that has `last`.
    pub(crate) fn logged(&mut self, text: &str, last: &str) -> usize {
        let line = |event: &Value| event["line"].as_str().unwrap_or_default().to_owned();
        if !self
            .running
            .seen
            .iter()
            .any(|event| line(event).contains(last))
        {
            self.running.event(|event| line(event).contains(last));
        }
        let lines = self.running.seen.iter().map(line);
        lines.filter(|line| line.contains(text)).count()
    }
}
