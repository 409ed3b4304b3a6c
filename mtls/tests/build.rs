//! `mtls build`, with the real cargo and a project small enough to build in a second.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MANIFEST: &str = r#"
[package]
name = "small"
version = "0.1.0"
edition = "2024"
autobins = false

[[bin]]
name = "handler"
path = "handler/main.rs"

[[bin]]
name = "tool"
path = "tool.rs"
required-features = ["dev"]

[features]
dev = []
"#;

const LOCK: &str = "version = 4\n\n[[package]]\nname = \"small\"\nversion = \"0.1.0\"\n";

/// Prints whether the developer tool's feature is on.
const MAIN: &str = r#"fn main() { println!("dev: {}", cfg!(feature = "dev")); }"#;

/// A project of two binaries, as ours is.
fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    fs::create_dir(project.path().join("handler")).unwrap();
    for (file, text) in [
        ("Cargo.toml", MANIFEST),
        ("Cargo.lock", LOCK),
        ("handler/main.rs", MAIN),
        // It must not be built.
        ("tool.rs", "compile_error!(\"the tool was built\");"),
    ] {
        fs::write(project.path().join(file), text).unwrap();
    }
    project
}

fn build(project: &Path, environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mtls"))
        .arg("build")
        .current_dir(project)
        .env_remove("CARGO_TARGET_DIR")
        .env("CARGO_NET_OFFLINE", "true")
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

fn binary(project: &Path) -> PathBuf {
    project
        .join("bin")
        .join(format!("handler{}", std::env::consts::EXE_SUFFIX))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_deployed_build_lands_in_bin_whatever_the_target_folder() {
    for environment in [&[][..], &[("CARGO_TARGET_DIR", "elsewhere")]] {
        let project = project();
        let output = build(project.path(), environment);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let expected = Path::new(".").join("bin").join("handler");
        assert!(text(&output.stdout).contains(expected.to_str().unwrap()));
        assert!(
            text(&output.stdout).contains(" MB)"),
            "{}",
            text(&output.stdout)
        );
        assert!(
            text(&output.stderr).contains("Compiling small"),
            "progress is shown"
        );
        let run = Command::new(binary(project.path())).output().unwrap();
        assert_eq!(text(&run.stdout), "dev: false\n");
        assert_eq!(fs::read_dir(project.path().join("bin")).unwrap().count(), 1);
    }
}

#[cfg(unix)]
#[test]
fn the_binary_may_be_run_by_the_hosts_user() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = project();
    // The strictest umask, under which a new file is for its owner alone.
    let status = Command::new("sh")
        .args([
            "-c",
            "umask 077 && exec \"$0\" build",
            env!("CARGO_BIN_EXE_mtls"),
        ])
        .current_dir(project.path())
        .env_remove("CARGO_TARGET_DIR")
        .status()
        .unwrap();
    assert!(status.success());
    let mode = fs::metadata(binary(project.path()))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o755);
}

#[test]
fn a_build_that_fails_keeps_the_binary_and_shows_the_compilers_words() {
    let project = project();
    assert!(build(project.path(), &[]).status.success());
    let before = fs::read(binary(project.path())).unwrap();
    fs::write(
        project.path().join("handler/main.rs"),
        "fn main() { nonsense }",
    )
    .unwrap();
    let output = build(project.path(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = text(&output.stderr);
    assert!(stderr.contains("cannot find value `nonsense`"), "{stderr}");
    assert!(
        stderr.contains("mtls: the handler could not be built"),
        "{stderr}"
    );
    assert_eq!(fs::read(binary(project.path())).unwrap(), before);
}

#[test]
fn a_lock_file_that_does_not_fit_is_refused_and_not_rewritten() {
    let project = project();
    let manifest = MANIFEST.replace("0.1.0", "0.2.0");
    fs::write(project.path().join("Cargo.toml"), manifest).unwrap();
    let output = build(project.path(), &[]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert_eq!(
        fs::read_to_string(project.path().join("Cargo.lock")).unwrap(),
        LOCK
    );
    assert!(!binary(project.path()).exists());
}

#[test]
fn outside_a_project_and_without_cargo_it_says_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    let output = build(empty.path(), &[]);
    assert_eq!(output.status.code(), Some(64));
    assert!(text(&output.stderr).contains("Cargo.toml: expected the project's manifest"));
    let project = project();
    let output = build(project.path(), &[("CARGO", "/nowhere/cargo")]);
    assert_eq!(output.status.code(), Some(64));
    let stderr = text(&output.stderr);
    assert!(
        stderr.contains("/nowhere/cargo: it cannot be started"),
        "{stderr}"
    );
}
