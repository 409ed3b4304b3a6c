//! `mtls probe` against `mtls local`, and against servers that are wrong in one way each.
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

#[path = "probe/server.rs"]
mod server;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use project::Project;
use server::{Flaw, Server};

const PASSWORD: &str = "Pa@@word123";

/// The probe, in a folder with test certificates.
fn probe(folder: &Path, url: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mtls"))
        .args(["probe", url, "--public", "PublicFunction"])
        .args(match more.contains(&"--function") {
            true => &[][..],
            false => &["--function", "SecuredFunction"],
        })
        .args([
            "--allowed",
            "certs/allowed.pfx",
            "--allowed-password",
            PASSWORD,
        ])
        .args(more)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

const DENIED: [&str; 4] = [
    "--denied",
    "certs/denied.pfx",
    "--denied-password",
    PASSWORD,
];

/// Exit code and report.
fn report(folder: &Path, url: &str, more: &[&str]) -> (i32, Value) {
    let all = [&DENIED[..], &["--json"], more].concat();
    let output = probe(folder, url, &all);
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), report)
}

/// The checks with a verdict, as `check: seen`.
fn with_verdict(report: &Value, verdict: &str) -> Vec<String> {
    let checks = report["checks"].as_array().unwrap();
    let chosen = checks.iter().filter(|check| check["verdict"] == verdict);
    chosen
        .map(|check| {
            let (name, seen) = (
                check["check"].as_str().unwrap(),
                check["seen"].as_str().unwrap(),
            );
            format!("{name}: {seen}")
        })
        .collect()
}

fn seen(report: &Value, check: &str) -> String {
    let checks = report["checks"].as_array().unwrap();
    let row = checks
        .iter()
        .find(|row| row["check"].as_str().unwrap().contains(check));
    row.unwrap_or_else(|| panic!("{check}: {report:#}"))["seen"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn url(running: &running::Running) -> String {
    format!("https://localhost:{}", running.caller().port)
}

#[test]
fn the_local_stack_passes_every_check() {
    let project = Project::real();
    for (arguments, mode, tls_1_3) in [
        (&[][..], "Optional", "offered"),
        (&["--host", "proxying"], "Optional", "offered"),
        (
            &["--mode", "optional-interactive-user"],
            "OptionalInteractiveUser, or exclusion paths",
            "not offered",
        ),
        (
            &["--exclude", "/api/health"],
            "OptionalInteractiveUser, or exclusion paths",
            "not offered",
        ),
    ] {
        let running = project.start(arguments);
        let (code, report) = report(
            project.folder.path(),
            &url(&running),
            &["--excluded", "/api/health"],
        );
        assert_eq!(with_verdict(&report, "wrong"), [""; 0], "{arguments:?}");
        assert_eq!(
            (code, &report["fine"]),
            (0, &Value::Bool(true)),
            "{arguments:?}"
        );
        assert_eq!(report["forgedHeaderAdmitted"], false);
        assert_eq!(seen(&report, "mode"), mode, "{arguments:?}");
        assert_eq!(seen(&report, "TLS 1.3"), tls_1_3, "{arguments:?}");
        assert_eq!(seen(&report, "TLS 1.1"), "not offered", "{arguments:?}");
        assert_eq!(seen(&report, "HTTP/2"), "not offered", "{arguments:?}");
        assert_eq!(
            seen(&report, "denied and missing"),
            "the same bytes but for date and identifiers"
        );
    }
}

#[test]
fn required_keeps_the_public_function_to_itself_and_ignore_admits_nobody() {
    let project = Project::real();
    let required = project.start(&["--mode", "required"]);
    let (code, findings) = report(project.folder.path(), &url(&required), &[]);
    assert_eq!(code, 1);
    assert_eq!(
        with_verdict(&findings, "wrong"),
        ["public function without a certificate: 403"]
    );
    assert_eq!(seen(&findings, "mode"), "Required");
    drop(required);
    let ignore = project.start(&["--mode", "ignore"]);
    let (code, findings) = report(project.folder.path(), &url(&ignore), &[]);
    assert_eq!(code, 1);
    let wrong = with_verdict(&findings, "wrong");
    assert_eq!(wrong.len(), 2, "{wrong:#?}");
    assert_eq!(
        wrong[0],
        "secured function with the allowed certificate: 401"
    );
    assert!(wrong[1].contains("mode"), "{wrong:#?}");
}

#[test]
fn a_front_end_that_passes_forged_headers_is_found_and_named() {
    let project = Project::real();
    let running = project.start(&["--pass-forged"]);
    let folder = project.folder.path();
    let (code, report) = report(folder, &url(&running), &["--excluded", "/api/health"]);
    assert_eq!(
        (code, &report["forgedHeaderAdmitted"]),
        (1, &Value::Bool(true))
    );
    let forged = with_verdict(&report, "forged header admitted");
    assert!(
        forged.contains(
            &"forged header as the front end writes it: 200, the secured function's answer"
                .to_owned()
        ),
        "{forged:#?}"
    );
    let text = probe(folder, &url(&running), &[]);
    assert_eq!(text.status.code(), Some(1));
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.contains("A forged certificate header was admitted."),
        "{text}"
    );
    let value = std::fs::read_to_string(folder.join("certs/allowed.crt.base64")).unwrap();
    assert!(
        !text.contains(&value[..40]) && !text.contains(PASSWORD),
        "{text}"
    );
}

#[test]
fn each_flaw_is_found_and_only_that() {
    let project = Project::real();
    let certificates = project.folder.path().join("certs");
    for (flaw, verdict, expected) in [
        (Flaw::None, "wrong", &[][..]),
        (
            Flaw::FoldsUnderscores,
            "forged header admitted",
            &[
                "with underscores: 200",
                "with one underscore: 200",
                "by the denied caller, with underscores: 200",
            ],
        ),
        (
            Flaw::BelievesAnyOfSeveral,
            "forged header admitted",
            &[
                "twice, without a certificate: 200",
                "joined A, A, without a certificate: 200",
                "by the denied caller, joined A, B: 200",
                "by the denied caller, joined B, A: 200",
            ],
        ),
        (
            Flaw::BelievesPlainHttp,
            "forged header admitted",
            &[
                "over plain HTTP, as the front end writes it: 200",
                "over plain HTTP, beside X-Forwarded-Proto: https: 200",
            ],
        ),
        (
            Flaw::BelievesAWordAboutTls,
            "forged header admitted",
            &["over plain HTTP, beside X-Forwarded-Proto: https: 200"],
        ),
        (
            Flaw::BelievesEnvoysHeader,
            "forged header admitted",
            &[
                "forged X-Forwarded-Client-Cert as Envoy writes it: 200",
                "forged X-Forwarded-Client-Cert twice: 200",
                "forged X-Forwarded-Client-Cert joined A,A: 200",
                "forged X-Forwarded-Client-Cert by the denied caller: 200",
                "forged X-Forwarded-Client-Cert by the denied caller, joined B,A: 200",
            ],
        ),
        (
            Flaw::BelievesExcludedPaths,
            "forged header admitted",
            &[
                "/api/health by ..%5C: 200",
                "/api/health by // and ..%5C: 200",
            ],
        ),
        (
            Flaw::SaysWhy,
            "wrong",
            &["denied and missing certificate look the same: header X-Why differs"],
        ),
        (
            Flaw::OldTls,
            "wrong",
            &["TLS 1.0: offered", "TLS 1.1: offered"],
        ),
        (
            Flaw::Breaks,
            "wrong",
            &["by the denied caller, joined B, A: 500"],
        ),
    ] {
        let server = Server::start(&certificates, flaw);
        let url = format!("https://localhost:{}", server.port);
        let http_port = server.plain_port.to_string();
        let more = ["--excluded", "api/health", "--http-port", &http_port];
        let (code, report) = report(project.folder.path(), &url, &more);
        assert_eq!(code, i32::from(!expected.is_empty()), "{flaw:?} {report:#}");
        let bad: Vec<String> = ["wrong", "forged header admitted"]
            .iter()
            .flat_map(|verdict| with_verdict(&report, verdict))
            .collect();
        assert_eq!(bad, with_verdict(&report, verdict), "{flaw:?}");
        assert_eq!(bad.len(), expected.len(), "{flaw:?} {bad:#?}");
        for (bad, expected) in bad.iter().zip(expected) {
            assert!(bad.contains(expected), "{flaw:?} {bad} {expected}");
        }
    }
}

#[test]
fn a_slip_in_a_name_or_an_open_function_is_no_forged_header() {
    let project = Project::real();
    let running = project.start(&[]);
    for (function, words) in [
        ("NoFunction", "404"),
        ("Health=health", "200, as anybody gets"),
    ] {
        let name = function.split('=').next().unwrap();
        let mut more = vec!["--function", name];
        if function.contains('=') {
            more.extend(["--route", function]);
        }
        let (code, report) = report(project.folder.path(), &url(&running), &more);
        assert_eq!(
            (code, &report["forgedHeaderAdmitted"]),
            (1, &Value::Bool(false)),
            "{report:#}"
        );
        assert_eq!(seen(&report, "forged header in lower case"), words);
        assert!(!with_verdict(&report, "wrong").is_empty());
    }
}

#[test]
fn a_redirect_from_plain_http_is_a_refusal_and_is_not_followed() {
    let project = Project::real();
    let server = Server::start(&project.folder.path().join("certs"), Flaw::None);
    let http_port = server.plain_port.to_string();
    let url = format!("https://localhost:{}", server.port);
    let (code, report) = report(project.folder.path(), &url, &["--http-port", &http_port]);
    assert_eq!(code, 0, "{report:#}");
    assert!(
        seen(&report, "over plain HTTP").starts_with("307 to https://"),
        "{report:#}"
    );
}

#[test]
fn what_cannot_be_reached_or_believed_says_so() {
    let project = Project::real();
    let folder = project.folder.path();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nothing = format!("https://127.0.0.1:{}", closed.local_addr().unwrap().port());
    drop(closed);
    let server = Server::start(&folder.join("certs"), Flaw::None);
    let here = format!("https://localhost:{}", server.port);
    let plain = format!("https://localhost:{}", server.plain_port);
    for (url, more, words) in [
        (
            &nothing,
            &[][..],
            &["cannot be probed", "no connection", "host and port"][..],
        ),
        (
            &here,
            &["--cacert", "certs/allowed.pem"],
            &["server not trusted", "--cacert"],
        ),
        (&plain, &[], &["cannot be probed", "HTTPS"]),
    ] {
        let output = probe(folder, url, more);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(output.stdout.is_empty());
        assert!(
            words.iter().all(|word| error.contains(word)),
            "{words:?} {error}"
        );
    }
    assert_eq!(
        server.answered(),
        0,
        "nothing is sent to whom we do not believe"
    );
}

#[test]
fn wrong_configuration_is_reported_all_at_once_and_wrong_usage_is_another_code() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--denied", "no.pfx", "--route", "Other=x"];
    let output = probe(folder.path(), "http://localhost", &arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(64), "{error}");
    for part in ["URL", "certs/allowed.pfx", "no.pfx"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let output = probe(
        folder.path(),
        "https://localhost",
        &["--route", "Other=x", "--excluded", "a b"],
    );
    let error = String::from_utf8(output.stderr).unwrap();
    for part in ["--route", "--excluded", "certs/allowed.pfx"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert!(!error.contains(PASSWORD), "{error}");
    let output = probe(folder.path(), "https://localhost", &["--no-such-flag"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_certificate_without_its_key_cannot_be_presented() {
    let project = Project::real();
    let output = probe(
        project.folder.path(),
        "https://localhost:1",
        &["--denied", "certs/denied.pem"],
    );
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(64), "{error}");
    assert!(
        error.contains("denied.pem") && error.contains("private key"),
        "{error}"
    );
}
