//! Each form of a certificate and of a header value.

use crate::common::Shape;
use crate::project::{AT, Project, first, pfx, utf16};

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
fn a_header_value_on_standard_input_is_taken_as_it_is() {
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
