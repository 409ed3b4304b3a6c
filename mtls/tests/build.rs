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

const HOST_JSON: &str = r#"{"version": "2.0", "customHandler": {
    "description": {"defaultExecutablePath": "bin/handler"}, "enableForwardingHttpRequest": true}}"#;

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
        ("host.json", HOST_JSON),
        // It must not be built.
        ("tool.rs", "compile_error!(\"the tool was built\");"),
    ] {
        fs::write(project.path().join(file), text).unwrap();
    }
    project
}

fn build(project: &Path, environment: &[(&str, &str)]) -> Output {
    build_with(project, environment, &[])
}

fn build_with(project: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mtls"))
        .arg("build")
        .args(arguments)
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
        stderr.contains("mtls: handler could not be built"),
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

/// The build script asks for what ring's asks for.
const CURIOUS: &str = r#"fn main() { println!("cargo:rerun-if-env-changed=CARGO_PKG_NAME"); }"#;

#[test]
fn an_unchanged_project_is_not_compiled_again_whatever_an_outer_cargo_says() {
    let project = project();
    fs::write(project.path().join("build.rs"), CURIOUS).unwrap();
    let first = build(project.path(), &[("CARGO_PKG_NAME", "mtls")]);
    assert!(text(&first.stderr).contains("Compiling small"));
    for outer in ["mtls", "another"] {
        let again = build(project.path(), &[("CARGO_PKG_NAME", outer)]);
        let stderr = text(&again.stderr);
        assert!(
            again.status.success() && !stderr.contains("Compiling"),
            "{stderr}"
        );
    }
}

#[test]
fn the_name_of_the_package_and_of_the_program_are_free() {
    for executable in ["bin/anything", "here", "target/release/handler"] {
        let project = project();
        let host_json = HOST_JSON.replace("bin/handler", executable);
        fs::write(project.path().join("host.json"), host_json).unwrap();
        let output = build_with(project.path(), &[], &["--bin", "handler"]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let run = Command::new(project.path().join(executable))
            .output()
            .unwrap();
        assert_eq!(text(&run.stdout), "dev: false\n", "{executable}");
    }
}

#[test]
fn a_workspace_member_is_found_by_its_package() {
    let workspace = tempfile::tempdir().unwrap();
    let root = workspace.path();
    fs::write(
        root.join("Cargo.toml"),
        "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n",
    )
    .unwrap();
    fs::write(root.join("host.json"), HOST_JSON).unwrap();
    let mut lock = "version = 4\n".to_owned();
    for name in ["a", "b"] {
        fs::create_dir_all(root.join(name).join("src/bin")).unwrap();
        let manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
        fs::write(root.join(name).join("Cargo.toml"), manifest).unwrap();
        let main = format!(r#"fn main() {{ println!("{name}"); }}"#);
        fs::write(root.join(name).join("src/bin/handler.rs"), main).unwrap();
        lock += &format!("\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n");
    }
    fs::write(root.join("Cargo.lock"), lock).unwrap();
    let ambiguous = build(root, &[]);
    assert_eq!(ambiguous.status.code(), Some(64));
    let stderr = text(&ambiguous.stderr);
    assert!(
        stderr.contains("handler (package a), handler (package b)") && stderr.contains("--package"),
        "{stderr}"
    );
    let chosen = build_with(root, &[], &["--package", "b"]);
    assert!(chosen.status.success(), "{}", text(&chosen.stderr));
    assert_eq!(
        text(&Command::new(binary(root)).output().unwrap().stdout),
        "b\n"
    );
    // In a member's own folder there is nothing to choose.
    fs::write(root.join("a/host.json"), HOST_JSON).unwrap();
    let member = build(&root.join("a"), &[]);
    assert!(member.status.success(), "{}", text(&member.stderr));
    assert_eq!(
        text(
            &Command::new(binary(&root.join("a")))
                .output()
                .unwrap()
                .stdout
        ),
        "a\n"
    );
}

#[cfg(unix)]
#[test]
fn a_script_is_never_replaced() {
    let project = project();
    fs::create_dir(project.path().join("bin")).unwrap();
    fs::write(binary(project.path()), "#!/bin/sh\n").unwrap();
    let output = build(project.path(), &[]);
    assert_eq!(output.status.code(), Some(64), "{}", text(&output.stderr));
    assert_eq!(
        fs::read_to_string(binary(project.path())).unwrap(),
        "#!/bin/sh\n"
    );
}

#[test]
fn outside_an_app_and_without_cargo_it_says_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    let output = build(empty.path(), &[]);
    assert_eq!(output.status.code(), Some(64));
    let stderr = text(&output.stderr);
    assert!(
        stderr.contains("expected an Azure Functions app") && stderr.contains("host.json"),
        "{stderr}"
    );
    fs::write(empty.path().join("host.json"), HOST_JSON).unwrap();
    let output = build(empty.path(), &[]);
    assert_eq!(output.status.code(), Some(64));
    let stderr = text(&output.stderr);
    assert!(stderr.contains("found no Cargo.toml"), "{stderr}");
    let project = project();
    let output = build(project.path(), &[("CARGO", "/nowhere/cargo")]);
    assert_eq!(output.status.code(), Some(64));
    let stderr = text(&output.stderr);
    assert!(
        stderr.contains("/nowhere/cargo: expected cargo to start"),
        "{stderr}"
    );
}
