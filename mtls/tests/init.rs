//! `mtls init` as people run it, on apps that exist.

#![cfg(target_os = "linux")] // where the gate runs
#![allow(
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::command::Answer;
use common::process::gate;
use common::{mtls, skipped};
use tempfile::TempDir;

const HOST_JSON: &str = r#"{
  // Version 2 of the file, whatever the host's.
  "version": "2.0",
  "customHandler": {
    "description": {
      "defaultExecutablePath": "python3",
      "arguments": ["server.py", "--verbose"],
    },
    "enableForwardingHttpRequest": true /* as ever */
  }
}
"#;

const SETTINGS: &str = r#"{
  "IsEncrypted": false,
  "Values": {
    "FUNCTIONS_WORKER_RUNTIME": "python",
    "PASSWORD": "hunter2" // never shown
  }
}
"#;

const FUNCTION: &str = r#"{"bindings": [
  {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous"},
  {"type": "http", "direction": "out", "name": "res"}]}"#;

/// An app in a folder of its own.
struct App(TempDir);

impl App {
    fn new(host_json: &str, settings: Option<&str>) -> Self {
        let app = Self(tempfile::tempdir().unwrap());
        app.write("host.json", host_json);
        app.write("Orders/function.json", FUNCTION);
        app.write("policy.json", r#"{"version": 1, "callers": []}"#);
        if let Some(settings) = settings {
            app.write("local.settings.json", settings);
        }
        app
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Each file with its bytes and who may do what with it.
    fn files(&self) -> BTreeMap<PathBuf, (Vec<u8>, u32)> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => {
                        let mode = fs::metadata(&path).unwrap().permissions().mode();
                        files.insert(path.clone(), (fs::read(path).unwrap(), mode));
                    }
                }
            }
        }
        files
    }

    /// `mtls init` in the folder, with the gate of this build.
    fn init(&self, arguments: &[&str]) -> Answer {
        let mut all = vec!["init"];
        if !arguments.contains(&"--remove") {
            all.extend(["--gate", gate().to_str().unwrap()]);
        }
        all.extend(arguments);
        mtls(self.path(), &[], &all)
    }
}

#[test]
fn an_app_is_gated_and_is_as_before_once_the_gate_is_removed() {
    for settings in [None, Some(SETTINGS), Some("{\"IsEncrypted\": false}")] {
        let app = App::new(HOST_JSON, settings);
        fs::set_permissions(
            app.path().join("host.json"),
            fs::Permissions::from_mode(0o640),
        )
        .unwrap();
        let before = app.files();
        let done = app.init(&["--yes"]);
        assert_eq!(done.code, 0, "{done:?}");
        assert!(
            done.stdout
                .contains("+      \"defaultExecutablePath\": \"bin/gate\","),
            "{done:?}"
        );
        assert!(!done.stdout.contains("hunter2"), "{done:?}");
        assert!(done.stdout.contains("mtls local"), "{done:?}");
        let expected = HOST_JSON
            .replace("\"python3\"", "\"bin/gate\"")
            .replace("[\"server.py\"", "[\"--\", \"python3\", \"server.py\"");
        assert_eq!(app.read("host.json"), expected);
        let files = app.files();
        let (bytes, mode) = &files[&app.path().join("bin/gate")];
        assert!(*bytes == fs::read(gate()).unwrap() && mode & 0o777 == 0o755);
        assert_eq!(files[&app.path().join("host.json")].1 & 0o777, 0o640);

        let again = app.init(&["--yes"]);
        assert_eq!(again.code, 0, "{again:?}");
        assert!(again.stdout.contains("nothing to change"), "{again:?}");
        assert_eq!(app.files(), files);
        // As in a clone, where git leaves it out.
        fs::remove_dir_all(app.path().join("bin")).unwrap();
        assert_eq!(app.init(&["--yes"]).code, 0);
        assert_eq!(app.files(), files);

        let list = mtls(app.path(), &[], &["functions"]);
        assert!(list.code == 0 && list.stdout.contains("Orders"), "{list:?}");
        let policy = mtls(app.path(), &[], &["policy", "show", "policy.json"]);
        assert!(
            policy.code == 0 && policy.stdout.contains("Orders"),
            "{policy:?}"
        );

        let removed = app.init(&["--remove", "--yes"]);
        assert_eq!(removed.code, 0, "{removed:?}");
        assert!(!removed.stdout.contains("hunter2"), "{removed:?}");
        assert_eq!(app.files(), before, "{settings:?}");
        assert!(!app.path().join("bin").exists());
        let again = app.init(&["--remove", "--yes"]);
        assert!(again.stdout.contains("nothing to change"), "{again:?}");
        assert_eq!(app.files(), before);
    }
}

#[test]
fn what_differs_and_what_is_left_out_is_named() {
    let app = App::new(HOST_JSON, Some(SETTINGS));
    app.write(".gitignore", "bin/\nlocal.settings.json\n");
    let done = app.init(&["--yes"]);
    for part in [
        "FUNCTIONS_WORKER_RUNTIME is python and stays so",
        "+ CLIENT_CERT_FRONT_END=development",
        ".gitignore leaves out bin/gate by the line bin/",
        ".gitignore does not leave out certs/",
        ".funcignore does not leave out certs/",
    ] {
        assert!(done.stdout.contains(part), "{part}: {done:?}");
    }
    assert!(app.read("local.settings.json").contains("\"python\""));
}

#[test]
fn nothing_is_changed_in_a_dry_run_and_where_nobody_can_be_asked() {
    let app = App::new(HOST_JSON, None);
    let before = app.files();
    let shown = app.init(&["--dry-run"]);
    assert_eq!(shown.code, 0, "{shown:?}");
    assert!(shown.stdout.contains("bin/gate: a copy of"), "{shown:?}");
    let refused = app.init(&[]);
    assert_eq!(refused.code, 64, "{refused:?}");
    assert!(
        refused.stderr.contains("call again with --yes"),
        "{refused:?}"
    );
    assert_eq!(app.files(), before);
}

#[test]
fn somebody_at_a_terminal_is_asked() {
    if Command::new("script").arg("--version").output().is_err() {
        skipped("script, which makes a terminal; install util-linux");
        return;
    }
    for (answer, code) in [("n\n", 1), ("\n", 1), ("y\n", 0)] {
        let app = App::new(HOST_JSON, None);
        let before = app.files();
        let command = format!(
            "'{}' init --gate '{}'",
            env!("CARGO_BIN_EXE_mtls"),
            gate().display()
        );
        let mut terminal = Command::new("script")
            .args(["--quiet", "--return", "--command", &command, "/dev/null"])
            .current_dir(app.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = terminal.stdin.take().unwrap();
        input.write_all(answer.as_bytes()).unwrap();
        let output = terminal.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(code), "{answer:?}: {text}");
        assert!(text.contains("Make these changes? [y/N]"), "{text}");
        assert_eq!(app.files() == before, code == 1, "{answer:?}");
    }
}

#[test]
fn what_cannot_be_done_is_said_at_once_and_changes_nothing() {
    let table: [(&str, Option<&str>, &[&str]); 4] = [
        (
            r#"{"version": "2.0", "httpWorker": {"description": {"defaultExecutablePath": "x"}}}"#,
            None,
            &["found the legacy httpWorker alone"],
        ),
        (
            r#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "x", "arguments": "[]"}}}"#,
            Some(r#"{"IsEncrypted": true, "Values": {}}"#),
            &["an array of strings", "func settings decrypt"],
        ),
        ("{", None, &["host.json: expected JSON"]),
        (
            HOST_JSON,
            Some("{\"IsEncrypted\": false, \"Values\": []}"),
            &["local.settings.json: Values"],
        ),
    ];
    for (host_json, settings, parts) in table {
        let app = App::new(host_json, settings);
        let before = app.files();
        let answer = app.init(&["--yes"]);
        assert_eq!(answer.code, 64, "{answer:?}");
        for part in parts {
            assert!(answer.stderr.contains(part), "{part}: {answer:?}");
        }
        assert_eq!(app.files(), before);
    }
    let app = App::new(HOST_JSON, None);
    app.write("bin/gate", "the app's own");
    let other = app.init(&["--yes"]);
    assert!(
        other.stderr.contains("bin/gate: expected no file"),
        "{other:?}"
    );
    let empty = tempfile::tempdir().unwrap();
    let nowhere = mtls(empty.path(), &[], &["init", "--yes"]);
    assert!(nowhere.stderr.contains("host.json"), "{nowhere:?}");
}

/// mtls alone in a folder, as `cargo install --path mtls` leaves it.
#[test]
fn a_gate_that_is_not_beside_mtls_is_asked_for_and_one_that_is_there_is_taken() {
    let ours = Path::new(env!("CARGO_BIN_EXE_mtls"));
    let place = tempfile::tempdir_in(ours.parent().unwrap()).unwrap();
    let program = place.path().join("mtls");
    // A program that was written a moment ago may still be open in a child of another test, and is busy then.
    fs::hard_link(ours, &program).unwrap();
    let app = App::new(HOST_JSON, None);
    let run = |arguments: &[&str]| {
        let program = program.to_str().unwrap();
        common::command::run(program, app.path(), &[], arguments, b"")
    };
    let before = app.files();
    let missing = run(&["init", "--yes"]);
    assert_eq!(missing.code, 64, "{missing:?}");
    for part in ["cargo install --path gate", "--gate"] {
        assert!(missing.stderr.contains(part), "{missing:?}");
    }
    assert_eq!(app.files(), before);
    fs::write(place.path().join("gate"), "a gate").unwrap();
    assert_eq!(run(&["init", "--yes"]).code, 0);
    assert_eq!(app.read("bin/gate"), "a gate");
    // Another version is taken over; a gate that is there already needs no other.
    fs::write(place.path().join("gate"), "a newer gate").unwrap();
    assert_eq!(run(&["init", "--yes"]).code, 0);
    assert_eq!(app.read("bin/gate"), "a newer gate");
    fs::remove_file(place.path().join("gate")).unwrap();
    let again = run(&["init", "--yes"]);
    assert!(again.stdout.contains("nothing to change"), "{again:?}");
}

/// The server is what the app's sources make, and the gate must not be replaced by it.
#[test]
fn mtls_build_builds_the_server_behind_the_gate() {
    let host_json = HOST_JSON
        .replace("python3", "bin/server")
        .replace("[\"server.py\", \"--verbose\"]", "[]");
    let app = App::new(&host_json, None);
    app.write(
        "Cargo.toml",
        "[package]\nname = \"server\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    app.write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"server\"\nversion = \"0.1.0\"\n",
    );
    app.write("src/main.rs", "fn main() { println!(\"the server\"); }");
    assert_eq!(app.init(&["--yes"]).code, 0);
    let built = Command::new(env!("CARGO_BIN_EXE_mtls"))
        .arg("build")
        .current_dir(app.path())
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    let server = Command::new(app.path().join("bin/server"))
        .output()
        .unwrap();
    assert_eq!(server.stdout, b"the server\n");
    assert!(fs::read(app.path().join("bin/gate")).unwrap() == fs::read(gate()).unwrap());
}
