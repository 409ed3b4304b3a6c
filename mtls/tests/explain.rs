//! `mtls explain` as people run it, and beside the handler that it speaks for.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::Path;

use common::command::Answer;
use common::{mtls, mtls_with_input};

use common::{DAY, Issued, KeyKind, NOW, Shape, today};
use openssl::pkcs12::Pkcs12;
use serde_json::{Value, json};

/// [`NOW`] for the command line.
const AT: &str = "2026-01-01T00:00:00Z";

/// A project folder with a file of settings.
struct Project(tempfile::TempDir);

impl Project {
    fn new(settings: &str) -> Self {
        let project = Self(common::fixture().app_root());
        project.write("app.settings", settings);
        project
    }

    /// A project on a developer's machine that lists one certificate.
    fn listing(caller: &Issued) -> Self {
        Self::new(&lists(caller))
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn function(&self, name: &str, marker: &Value) {
        let bindings = json!([
            {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous"},
            {"type": "http", "direction": "out", "name": "res"},
        ]);
        let text = json!({"clientCertificate": marker, "bindings": bindings});
        self.write(&format!("{name}/function.json"), text.to_string());
    }

    fn explain(&self, arguments: &[&str]) -> Answer {
        let all = [&["explain", "--settings", "app.settings"], arguments].concat();
        mtls(self.0.path(), &[], &all)
    }

    fn explain_input(&self, input: &[u8]) -> Answer {
        let arguments = [
            "explain",
            "--settings",
            "app.settings",
            "--certificate",
            "-",
        ];
        let arguments = [&arguments[..], &["--at", AT, "--json"]].concat();
        mtls_with_input(self.0.path(), &[], &arguments, input)
    }

    /// The explanation of a certificate at [`NOW`].
    fn explained(&self, caller: &Issued) -> Value {
        self.write("caller.pem", caller.pem());
        self.explain(&["--certificate", "caller.pem", "--at", AT, "--json"])
            .json()
    }
}

fn lists(caller: &Issued) -> String {
    format!(
        "CLIENT_CERT_FRONT_END=development\nALLOWED_CLIENT_CERT_THUMBPRINTS={}\n",
        caller.sha256()
    )
}

fn pfx(caller: &Issued, password: &str) -> Vec<u8> {
    let mut builder = Pkcs12::builder();
    builder.pkey(&caller.key).cert(&caller.certificate);
    builder.build2(password).unwrap().to_der().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    format!("\u{FEFF}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// The check that failed first, and its reason; `admitted` where none did.
fn first(report: &Value) -> String {
    let steps = report["steps"].as_array().unwrap();
    let mut marked = steps.iter().filter(|step| step["firstFailure"] == true);
    let first = marked.next();
    assert!(marked.next().is_none(), "one check is marked at most");
    match first {
        None => report["outcome"].as_str().unwrap().to_owned(),
        Some(step) => {
            assert_eq!(step["reason"], report["reason"]);
            format!(
                "{}: {}",
                step["check"].as_str().unwrap(),
                step["reason"].as_str().unwrap()
            )
        }
    }
}

#[test]
fn each_form_of_a_certificate_is_explained_alike() {
    let caller = Shape::caller("caller").self_signed();
    let project = Project::listing(&caller);
    let lines: Vec<String> = caller
        .header()
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect();
    let forms: [(&str, Vec<u8>); 7] = [
        ("caller.pfx", pfx(&caller, "secret")),
        ("caller.pem", caller.pem().into_bytes()),
        ("caller.der", caller.der()),
        ("caller.txt", caller.header().into_bytes()),
        ("lines.txt", lines.join("\r\n").into_bytes()),
        ("utf16.txt", utf16(&caller.header())),
        ("pem16.txt", utf16(&caller.pem())),
    ];
    for (name, bytes) in forms {
        project.write(name, bytes);
        let arguments = [
            "--certificate",
            name,
            "--password",
            "secret",
            "--at",
            AT,
            "--json",
        ];
        let answer = project.explain(&arguments);
        let report = answer.json();
        assert_eq!(answer.code, 0, "{name}: {report:#}");
        assert_eq!(first(&report), "admitted", "{name}");
        assert_eq!(report["presented"]["sha256"], caller.sha256(), "{name}");
        assert_eq!(report["rule"], format!("pin sha256:{}", caller.sha256()));
    }
}

#[test]
fn a_header_value_on_standard_input_is_taken_as_it_stands() {
    let caller = Shape::caller("caller").self_signed();
    let project = Project::listing(&caller);
    let value = caller.header();
    let line = format!("X-ARR-ClientCert: {value}\r\n");
    let table: [(&str, Vec<u8>, &str); 9] = [
        ("the value", format!("{value}\n").into_bytes(), "admitted"),
        ("its whole line", line.clone().into_bytes(), "admitted"),
        ("UTF-16", utf16(&value), "admitted"),
        ("PEM", caller.pem().into_bytes(), "admitted"),
        ("DER", caller.der(), "admitted"),
        (
            "joined",
            format!("{value}, {value}").into_bytes(),
            "encoding: header-joined",
        ),
        (
            "two lines",
            line.repeat(2).into_bytes(),
            "one-certificate: header-repeated",
        ),
        (
            "half of it",
            value[..value.len() / 8 * 4].into(),
            "certificate: certificate-malformed",
        ),
        (
            "percent-encoded",
            format!("{value}%3D").into_bytes(),
            "encoding: header-encoding",
        ),
    ];
    for (name, input, expected) in table {
        let answer = project.explain_input(&input);
        assert_eq!(first(&answer.json()), expected, "{name}");
        assert_eq!(answer.code, i32::from(expected != "admitted"), "{name}");
    }
}

#[test]
#[rustfmt::skip]
fn the_first_check_that_fails_is_marked_with_what_to_change() {
    let check = |change: fn(&mut Shape), expected: &str, advice: &str| {
        let mut shape = Shape::caller("caller");
        change(&mut shape);
        let caller = shape.self_signed();
        let report = Project::listing(&caller).explained(&caller);
        assert_eq!(first(&report), expected);
        assert!(report["change"][0].as_str().unwrap().contains(advice), "{report:#}");
    };
    check(|s| s.not_after = NOW - 1, "validity: certificate-expired", "Issue a new certificate");
    check(|s| s.not_before = NOW + 1, "validity: certificate-not-yet-valid", "Wait until");
    check(|s| s.key = KeyKind::Rsa1024, "public-key: key-too-short", "longer key");
    check(|s| s.key_usage = Some(vec!["keyEncipherment"]), "key-usage: key-usage", "digitalSignature");
    check(|s| s.extended_key_usage = Some(vec!["serverAuth"]), "extended-key-usage: extended-key-usage", "clientAuth");
    check(|s| s.extensions = vec![("1.2.3.4.5", true, vec![5, 0])], "critical-extensions: critical-extension", "critical extension");
}

#[test]
fn a_certificate_that_nobody_lists_is_told_what_listing_it_would_bring() {
    let caller = Shape::caller("caller").self_signed();
    let expired = Shape {
        not_after: NOW - DAY,
        ..Shape::caller("expired")
    };
    let expired = expired.self_signed();
    let project = Project::listing(&caller);
    let report = project.explained(&expired);
    assert_eq!(first(&report), "listed: not-listed");
    let change = report["change"].to_string();
    assert!(change.contains(&expired.sha256()), "{change}");
    assert!(change.contains("validity would fail too"), "{change}");
    let nobody = Project::new("CLIENT_CERT_FRONT_END=development");
    assert_eq!(first(&nobody.explained(&caller)), "listed: policy-empty");
}

#[test]
fn a_name_is_explained_under_its_path() {
    let authority = Shape::authority("Authority").self_signed();
    let project = Project::new(
        "CLIENT_CERT_FRONT_END=development\nALLOWED_CLIENT_CERT_COMMON_NAMES=partner\nCLIENT_CERT_TRUST_ANCHORS=ca.pem",
    );
    project.write("ca.pem", authority.pem());
    let partner = authority.issue(Shape::caller("partner"));
    let impostor = Shape::caller("partner").self_signed();
    let admitted = project.explained(&partner);
    assert_eq!(first(&admitted), "admitted");
    assert_eq!(admitted["steps"][11]["check"], "path");
    assert_eq!(admitted["steps"][11]["seen"], "a path to CN=Authority");
    let refused = project.explained(&impostor);
    assert_eq!(first(&refused), "path: path-unverified");
    assert!(
        refused["change"][0]
            .as_str()
            .unwrap()
            .contains("CLIENT_CERT_TRUST_ANCHORS")
    );
}

#[test]
fn the_function_that_is_called_has_its_say() {
    let caller = Shape::caller("caller").self_signed();
    let project = Project::listing(&caller);
    project.write("caller.pem", caller.pem());
    project.function("CertInfo", &json!({"roles": ["auditor"]}));
    let explain = |name: &str| {
        let arguments = [
            "--certificate",
            "caller.pem",
            "--at",
            AT,
            "--json",
            "--function",
            name,
        ];
        project.explain(&arguments)
    };
    let table = [
        ("SecuredFunction", 0, "admitted", Value::Null),
        ("publicfunction", 0, "public", Value::Null),
        ("CertInfo", 1, "role: role-missing", json!(403)),
    ];
    for (name, code, expected, status) in table {
        let answer = explain(name);
        let report = answer.json();
        assert_eq!((answer.code, first(&report).as_str()), (code, expected));
        assert_eq!(report["status"], status, "{name}");
    }
    let answer = explain("Stranger");
    assert_eq!(answer.code, 64);
    assert!(
        answer.stderr.contains("CertInfo, Health"),
        "{}",
        answer.stderr
    );
    project.write(
        "app.settings",
        lists(&caller) + "AzureWebJobs.Health.Disabled=1",
    );
    let answer = explain("Health");
    assert!(answer.stderr.contains("switched off"), "{}", answer.stderr);
    assert_eq!(answer.code, 64);
}

#[test]
fn each_front_end_is_told_what_it_would_make_of_it() {
    let caller = Shape::caller("caller").self_signed();
    let pin = format!("ALLOWED_CLIENT_CERT_THUMBPRINTS={}\n", caller.sha256());
    for (declared, expected) in [
        ("", "front-end: front-end-undeclared"),
        ("CLIENT_CERT_FRONT_END=app-service", "admitted"),
        ("CLIENT_CERT_FRONT_END=development", "admitted"),
    ] {
        let report = Project::new(&format!("{pin}{declared}")).explained(&caller);
        assert_eq!(first(&report), expected, "{declared}");
        let rows: Vec<String> = report["frontEnds"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                format!(
                    "{} {} {}",
                    row["frontEnd"].as_str().unwrap(),
                    row["over"].as_str().unwrap(),
                    row["reason"].as_str().unwrap_or("admitted")
                )
            })
            .collect();
        let table = [
            "undeclared https front-end-undeclared",
            "app-service https admitted",
            "app-service http not-over-tls",
            "development https admitted",
        ];
        assert_eq!(rows, table, "{declared}");
    }
}

#[test]
fn settings_come_in_three_forms_and_what_is_wrong_is_told_at_once() {
    let caller = Shape::caller("caller").self_signed();
    let pin = caller.sha256();
    let local = json!({"IsEncrypted": false, "Values": {
        "CLIENT_CERT_FRONT_END": "app-service", "ALLOWED_CLIENT_CERT_THUMBPRINTS": pin}});
    let listed = |front_end: &str| {
        let pin =
            json!({"name": "ALLOWED_CLIENT_CERT_THUMBPRINTS", "slotSetting": false, "value": pin});
        json!([pin, {"name": "CLIENT_CERT_FRONT_END", "slotSetting": true, "value": front_end}])
    };
    let lines = format!("CLIENT_CERT_FRONT_END=app-service\nALLOWED_CLIENT_CERT_THUMBPRINTS={pin}");
    let shell = utf16(&listed("app-service").to_string());
    let forms = [
        local.to_string().into_bytes(),
        listed("app-service").to_string().into_bytes(),
        lines.into_bytes(),
        shell,
    ];
    let project = Project::new("");
    for form in forms {
        project.write("app.settings", &form);
        assert_eq!(first(&project.explained(&caller)), "admitted");
    }
    // What az lists is in Azure, where the handler refuses to start with this front end.
    project.write("app.settings", listed("development").to_string());
    let answer = project.explain(&["--certificate", "caller.pem"]);
    assert_eq!(answer.code, 64);
    assert!(
        answer.stderr.contains("expected app-service in Azure"),
        "{}",
        answer.stderr
    );
    project.write(
        "app.settings",
        "CLIENT_CERT_FRONTEND=x\nCLIENT_CERT_DENIED_STATUS=500",
    );
    let answer = project.explain(&["--certificate", "caller.pem", "--function", "Stranger"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (64, ""));
    for says in [
        "CLIENT_CERT_FRONTEND",
        "CLIENT_CERT_DENIED_STATUS",
        "Stranger",
    ] {
        assert!(answer.stderr.contains(says), "{}", answer.stderr);
    }
}

#[test]
fn without_settings_it_decides_as_mtls_local_would_and_makes_nothing() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let root = common::fixture().app_root();
    let explain = |settings: &[(&str, &str)]| {
        let arguments = ["explain", "--certificate", "caller.pem", "--json"];
        mtls(root.path(), settings, &arguments)
    };
    fs::write(root.path().join("caller.pem"), caller.pem()).unwrap();
    assert_eq!(first(&explain(&[]).json()), "listed: policy-empty");
    assert!(!root.path().join("certs").exists());
    fs::create_dir(root.path().join("certs")).unwrap();
    fs::write(
        root.path().join("certs/allowed.pfx"),
        pfx(&caller, "Pa@@word123"),
    )
    .unwrap();
    let report = explain(&[]).json();
    assert_eq!(first(&report), "admitted");
    assert!(
        report["notes"]
            .to_string()
            .contains("certs/allowed.pfx is allowed")
    );
    let none = (
        "ALLOWED_CLIENT_CERT_THUMBPRINTS",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    );
    assert_eq!(first(&explain(&[none]).json()), "listed: not-listed");
    let settings = r#"{"IsEncrypted": false, "Values": {"ALLOWED_CLIENT_CERT_THUMBPRINTS": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}}"#;
    fs::write(root.path().join("local.settings.json"), settings).unwrap();
    assert_eq!(first(&explain(&[]).json()), "listed: not-listed");
    let files = fs::read_dir(root.path().join("certs")).unwrap().count();
    assert_eq!(files, 1);
}

#[test]
fn what_cannot_be_read_is_a_problem_and_no_secret_is_shown() {
    let caller = Shape::caller("caller").self_signed();
    let project = Project::listing(&caller);
    project.write("caller.pfx", pfx(&caller, "right-password"));
    let key = String::from_utf8(caller.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    project.write("both.pem", caller.pem() + &key);
    let wrong = project.explain(&["--certificate", "caller.pfx", "--password", "hunter2"]);
    assert_eq!(wrong.code, 64);
    assert!(wrong.stderr.contains("caller.pfx"), "{}", wrong.stderr);
    let missing = project.explain(&["--certificate", "missing.pem"]);
    assert_eq!(missing.code, 64);
    let empty = project.explain_input(b"");
    assert_eq!(empty.code, 64);
    let both = project.explain(&["--certificate", "both.pem", "--at", AT]);
    assert_eq!(both.code, 0, "{}", both.stderr);
    let shown = format!("{wrong:?}{missing:?}{both:?}");
    let secret = key.lines().nth(1).unwrap();
    for secret in ["hunter2", "right-password", "PRIVATE", secret] {
        assert!(!shown.contains(secret), "{secret}");
    }
    let usage = project.explain(&["--certificate", "both.pem", "--at", "yesterday"]);
    assert_eq!(usage.code, 2);
}

/// The handler decides, and logs; the explanation of the same certificate and settings says the same.
#[test]
fn the_handler_and_the_explanation_agree() {
    let authority = Shape::authority("Authority").valid_today().self_signed();
    let shape = |name: &str| Shape::caller(name).valid_today();
    let listed = shape("listed").self_signed();
    let server = Shape {
        extended_key_usage: Some(vec!["serverAuth"]),
        ..shape("server")
    }
    .self_signed();
    let expired = Shape {
        not_after: today() - DAY,
        not_before: today() - 2 * DAY,
        ..Shape::caller("partner")
    };
    let callers = [
        listed.clone(),
        server.clone(),
        authority.issue(shape("partner")),
        authority.issue(expired),
        authority.issue(shape("other")),
        shape("partner").self_signed(),
    ];
    let root = common::fixture().app_root();
    fs::write(root.path().join("ca.pem"), authority.pem()).unwrap();
    let pins = format!("{},{}", listed.sha256(), server.sha1());
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", pins.as_str()),
        ("ALLOWED_CLIENT_CERT_COMMON_NAMES", "partner"),
        ("CLIENT_CERT_TRUST_ANCHORS", "ca.pem"),
    ];
    let lines: Vec<String> = settings
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    fs::write(root.path().join("app.settings"), lines.join("\n")).unwrap();
    let folder = root.path().to_owned();
    let handler = common::fixture().start_in(root, &settings);
    let mut reasons = Vec::new();
    for caller in callers {
        let status = handler
            .get("/api/SecuredFunction", Some(&caller.header()))
            .status;
        let decided = handler.decision();
        let report = explain_header(&folder, &caller);
        assert_eq!(report["status"].as_u64().unwrap_or(200), u64::from(status));
        let reason = report["reason"].as_str().unwrap_or("admitted");
        assert_eq!(reason, decided["reason"].as_str().unwrap());
        assert_eq!(report["rule"].as_str(), decided["rule"].as_str());
        reasons.push(reason.to_owned());
    }
    let expected = [
        "admitted",
        "extended-key-usage",
        "admitted",
        "certificate-expired",
        "not-listed",
        "path-unverified",
    ];
    assert_eq!(reasons, expected);
}

fn explain_header(folder: &Path, caller: &Issued) -> Value {
    let arguments = [
        "explain",
        "--settings",
        "app.settings",
        "--certificate",
        "-",
    ];
    let arguments = [&arguments[..], &["--function", "SecuredFunction", "--json"]].concat();
    mtls_with_input(folder, &[], &arguments, caller.header().as_bytes()).json()
}

#[test]
fn people_read_the_same_as_programs() {
    let caller = Shape::caller("caller").self_signed();
    let other = Shape::caller("other").self_signed();
    let project = Project::listing(&caller);
    let report = project.explained(&other);
    let text = project.explain(&["--certificate", "caller.pem", "--at", AT]);
    assert_eq!(text.code, 1);
    for step in report["steps"].as_array().unwrap() {
        for part in ["check", "expected", "seen"] {
            assert!(text.stdout.contains(step[part].as_str().unwrap()), "{step}");
        }
    }
    let failing: Vec<&str> = text
        .stdout
        .lines()
        .filter(|line| line.trim_start().starts_with("FAILS"))
        .collect();
    assert_eq!(failing.len(), 1, "{}", text.stdout);
    assert!(failing[0].contains("listed"));
    assert!(text.stdout.contains("REFUSED with 401: not-listed"));
}
