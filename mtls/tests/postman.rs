//! The Postman files: what `mtls postman` writes, and what newman finds with them.
#![allow(
    clippy::expect_used,
    clippy::exit,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a test fails by panicking; the parts of the local stack's tests are used in part"
)]

#[path = "local/caller.rs"]
mod caller;
#[path = "local/handler.rs"]
mod handler;
#[path = "local/project.rs"]
mod project;
#[path = "local/running.rs"]
mod running;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use test_support::process::gate;

use project::Project;
use running::Running;

const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

const FILES: [&str; 3] = [
    "collection.json",
    "environment.json",
    "client-certificates.json",
];

fn postman(folder: &Path, url: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mtls"))
        .args(["postman", "--base-url", url])
        .args(more)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// The three files for `url`, written in `folder`, and how the command ended.
fn written(folder: &Path, url: &str, more: &[&str]) -> [Value; 3] {
    let output = postman(folder, url, more);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    FILES.map(|name| {
        let text = fs::read(folder.join("certs/postman").join(name)).unwrap();
        serde_json::from_slice(&text).unwrap()
    })
}

fn variable<'a>(environment: &'a Value, key: &str) -> &'a str {
    let values = environment["values"].as_array().unwrap();
    let value = values.iter().find(|value| value["key"] == key).unwrap();
    value["value"].as_str().unwrap()
}

#[test]
fn the_files_of_this_folder_are_what_the_command_writes_for_the_local_stack() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), "https://localhost:7443", &[]);
    for name in FILES {
        let ours = fs::read_to_string(Path::new(PROJECT).join("tests/postman").join(name)).unwrap();
        let written = fs::read_to_string(folder.path().join("certs/postman").join(name)).unwrap();
        assert_eq!(
            ours, written,
            "{name}: run mtls postman --out tests/postman --force in an empty folder"
        );
    }
}

#[test]
fn another_app_gets_its_own_addresses_and_only_the_passwords_that_were_given() {
    let project = Project::real();
    let folder = project.folder.path();
    let password = ["--allowed-password", "Pa@@word123"];
    let more = [
        &["--allowed", "certs/allowed.pfx", "--mode", "required"],
        &password[..],
    ]
    .concat();
    let [_, environment, list] = written(folder, "https://app.test/v1api", &more);
    assert_eq!(
        variable(&environment, "allowedUrl"),
        "https://app.test/v1api"
    );
    assert_eq!(
        variable(&environment, "deniedUrl"),
        "https://app.test/V1API"
    );
    assert_eq!(
        variable(&environment, "anonymousUrl"),
        "https://app.test/V1api"
    );
    assert_eq!(variable(&environment, "clientCertificateMode"), "required");
    let forged = fs::read_to_string(folder.join("certs/allowed.crt.base64")).unwrap();
    assert_eq!(variable(&environment, "forgedCertificate"), forged);
    assert_eq!(list[0]["matches"][0], "https://app.test/v1api/*");
    assert_eq!(list[0]["pfx"]["src"], "certs/allowed.pfx");
    assert_eq!(list[0]["passphrase"], "Pa@@word123");
}

#[test]
fn nothing_is_overwritten_unasked_and_the_passwords_are_ones_own() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), "https://localhost:1", &[]);
    let list = folder.path().join("certs/postman/client-certificates.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&list).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    let before = fs::read(&list).unwrap();
    let refused = postman(folder.path(), "https://localhost:2", &[]);
    let error = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(64), "{error}");
    for name in FILES {
        assert!(error.contains(name) && error.contains("--force"), "{error}");
    }
    assert_eq!(fs::read(&list).unwrap(), before);
    written(folder.path(), "https://localhost:2", &["--force"]);
    assert_ne!(fs::read(&list).unwrap(), before);
}

#[test]
fn what_cannot_be_written_for_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (url, more, words) in [
        ("http://localhost", &[][..], "https://"),
        ("https://app.test/1", &[], "two letters"),
        (
            "https://app.test",
            &["--allowed", "no.pfx", "--allowed-password", "geheim"],
            "no.pfx",
        ),
    ] {
        let output = postman(folder.path(), url, more);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{error}");
        assert!(
            error.contains(words) && !error.contains("geheim"),
            "{error}"
        );
        assert!(!folder.path().join("certs").exists());
    }
}

#[test]
fn no_address_of_a_registry_and_exactly_one_version_of_newman_stand_in_the_project() {
    let read = |name: &str| {
        fs::read_to_string(Path::new(PROJECT).join("tests/postman").join(name)).unwrap()
    };
    let lock = read("package-lock.json");
    assert!(!lock.contains("\"resolved\""));
    let package: Value = serde_json::from_str(&read("package.json")).unwrap();
    let lock: Value = serde_json::from_str(&lock).unwrap();
    let wanted = &package["devDependencies"]["newman"];
    assert_eq!(wanted, &lock["packages"]["node_modules/newman"]["version"]);
}

/// newman, if it is installed.
fn newman() -> Option<PathBuf> {
    let path = Path::new(PROJECT).join("tests/postman/node_modules/.bin/newman");
    if path.exists() {
        return Some(path);
    }
    test_support::skipped("newman is not installed: npm ci --prefix mtls/tests/postman");
    None
}

/// This machine's three names, or one where it has no IPv6.
fn names() -> &'static [&'static str] {
    match std::net::TcpListener::bind("[::1]:0") {
        Ok(_) => &[],
        Err(_) => &["--one-host"],
    }
}

/// Runs the collection as a person would: in the project folder, with the files just written.
fn run(newman: &Path, folder: &Path) -> (bool, String) {
    let output = Command::new(newman)
        .args(["run", "certs/postman/collection.json"])
        .args(["--environment", "certs/postman/environment.json"])
        .args([
            "--ssl-client-cert-list",
            "certs/postman/client-certificates.json",
        ])
        .args(["--ssl-extra-ca-certs", "certs/ca.pem"])
        .args(["--timeout", "60000", "--color", "off"])
        .env("NO_PROXY", "localhost,127.0.0.1,::1")
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

/// The local stack, and the files written for it.
fn local(local: &[&str], more: &[&str]) -> (Project, Running) {
    served(Project::real(), local, more)
}

/// The same with the gate in place of the handler, and behind it a server in Perl that answers every request with its head.
fn gated(local: &[&str], more: &[&str]) -> (Project, Running) {
    let project = Project::real();
    let folder = project.folder.path();
    fs::copy(gate(), folder.join("bin/gate")).unwrap();
    fs::write(
        folder.join("server.pl"),
        include_str!("local/gate/server.pl"),
    )
    .unwrap();
    let host_json = fs::read_to_string(folder.join("host.json")).unwrap();
    let gate = r#""bin/gate", "arguments": ["--", "perl", "server.pl"]"#;
    assert!(host_json.contains(r#""bin/handler""#), "{host_json}");
    fs::write(
        folder.join("host.json"),
        host_json.replace(r#""bin/handler""#, gate),
    )
    .unwrap();
    served(project, local, more)
}

fn served(project: Project, local: &[&str], more: &[&str]) -> (Project, Running) {
    let running = project.start(local);
    let url = format!("https://localhost:{}", running.caller().port);
    written(project.folder.path(), &url, more);
    (project, running)
}

/// The same, and what newman says.
fn collection(newman: &Path, arguments: &[&str], more: &[&str]) -> (bool, String) {
    let (project, _running) = local(arguments, more);
    run(newman, project.folder.path())
}

const MODES: [&str; 4] = [
    "required",
    "optional",
    "optional-interactive-user",
    "ignore",
];

#[track_caller]
fn assert_all_presented(mode: &str, (passed, text): (bool, String)) {
    assert!(passed, "{mode}\n{text}");
    let presented = text.matches("its certificate was presented").count();
    assert_eq!(presented, 4, "{mode}\n{text}");
}

#[test]
fn newman_finds_every_mode_as_it_should_be() {
    let Some(newman) = newman() else {
        return;
    };
    for mode in MODES {
        let arguments = ["--mode", mode];
        let more = [&arguments[..], names()].concat();
        assert_all_presented(mode, collection(&newman, &arguments, &more));
    }
    let (passed, text) = collection(&newman, &[], &["--one-host"]);
    assert!(passed, "{text}");
    assert!(text.contains("/API/SecuredFunction"), "{text}");
}

#[cfg(target_os = "linux")] // where the gate runs
#[test]
fn newman_finds_every_mode_of_a_gated_app_as_it_should_be() {
    let Some(newman) = newman() else {
        return;
    };
    for host in ["forwarding", "proxying"] {
        for mode in MODES {
            let arguments = ["--mode", mode];
            let more = [&arguments[..], names()].concat();
            let (project, _running) = gated(&["--host", host, "--mode", mode], &more);
            assert_all_presented(mode, run(&newman, project.folder.path()));
        }
    }
}

#[test]
fn newman_fails_where_something_is_open_or_a_mode_is_another() {
    let Some(newman) = newman() else {
        return;
    };
    let (passed, text) = collection(&newman, &["--pass-forged"], names());
    assert!(!passed, "{text}");
    assert!(
        text.contains("inside \"forged header, no certificate\""),
        "{text}"
    );
    let (passed, text) = collection(&newman, &["--mode", "ignore"], names());
    assert!(!passed, "{text}");
    assert!(
        text.contains("inside \"secured function, allowed.pfx\""),
        "{text}"
    );
}

#[test]
fn a_certificate_that_newman_cannot_read_or_open_makes_the_run_fail() {
    let Some(newman) = newman() else {
        return;
    };
    let (project, _running) = local(&[], names());
    let folder = project.folder.path();
    assert!(run(&newman, folder).0);
    let path = folder.join("certs/postman/client-certificates.json");
    let list = fs::read_to_string(&path).unwrap();
    for (old, new) in [
        ("certs/denied.pfx", "certs/gone.pfx"),
        ("Pa@@word123", "another"),
    ] {
        fs::write(&path, list.replace(old, new)).unwrap();
        let (passed, text) = run(&newman, folder);
        assert!(!passed, "{new}\n{text}");
        assert!(
            text.contains("inside \"secured function, denied.pfx\""),
            "{new}\n{text}"
        );
    }
}

#[test]
fn a_run_without_the_allowed_certificates_value_fails_and_says_what_to_set() {
    let Some(newman) = newman() else {
        return;
    };
    let (project, _running) = local(&[], names());
    let path = project.folder.path().join("certs/postman/environment.json");
    let mut environment: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for value in environment["values"].as_array_mut().unwrap() {
        if value["key"] == "forgedCertificate" {
            value["value"] = "".into();
        }
    }
    fs::write(path, environment.to_string()).unwrap();
    let (passed, text) = run(&newman, project.folder.path());
    assert!(!passed, "{text}");
    assert!(text.contains("set forgedCertificate"), "{text}");
}
