//! Kinds of input on which a version of the tool was wrong, made here: what `mtls explain` says and what the handler
//! decides.

use std::fs;

use openssl::hash::MessageDigest;
use serde_json::Value;

use crate::common::process::reason;
use crate::common::{self, Issued, Shape, mtls_with_input};
use crate::odd_certificates;

/// One input, the settings beside the pins, and what is right.
struct Kind {
    name: &'static str,
    /// As it comes on standard input.
    input: Vec<u8>,
    /// The header value of the same request to the handler.
    value: String,
    /// The outcome, or the reason code.
    expected: &'static str,
    /// Words of the explanation.
    says: &'static str,
}

/// A certificate by itself, pinned.
fn pinned(name: &'static str, der: &[u8], expected: &'static str, says: &'static str) -> Kind {
    Kind {
        name,
        input: der.to_vec(),
        value: openssl::base64::encode_block(der),
        expected,
        says,
    }
}

/// A header value, as a proxy writes it.
fn value(name: &'static str, input: &str, value: &str, says: &'static str) -> Kind {
    Kind {
        name,
        input: input.as_bytes().to_vec(),
        value: value.to_owned(),
        expected: "header-encoding",
        says,
    }
}

#[test]
fn each_kind_is_explained_as_the_handler_decides_it() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let certificates = [
        (
            "private extension",
            odd_certificates::private_extension(),
            "admitted",
            "pin sha256:",
        ),
        (
            "UTCTime without seconds",
            odd_certificates::without_seconds(&caller.der()),
            "admitted",
            "pin sha256:",
        ),
        (
            "notBefore in 1950",
            odd_certificates::from_1950(),
            "admitted",
            "from 1950-01-01T00:00:00Z",
        ),
        (
            "explicit curve",
            odd_certificates::explicit_curve(),
            "key-unsupported",
            "explicit",
        ),
        (
            "negative modulus",
            odd_certificates::negative_modulus(),
            "key-unsupported",
            "negative",
        ),
    ];
    let mut kinds: Vec<Kind> = certificates
        .iter()
        .map(|(name, der, expected, says)| pinned(name, der, expected, says))
        .collect();
    kinds.extend(header_values(&caller));
    let pins: Vec<String> = certificates
        .iter()
        .map(|(_, der, _, _)| {
            common::hex(&openssl::hash::hash(MessageDigest::sha256(), der).unwrap())
        })
        .chain([caller.sha256()])
        .collect();
    agree(
        &kinds,
        &[("ALLOWED_CLIENT_CERT_THUMBPRINTS", &pins.join(","))],
        &[],
    );
}

/// The header as nginx and others write it.
fn header_values(caller: &Issued) -> Vec<Kind> {
    let pem = caller.pem();
    let escaped = pem
        .replace('+', "%2B")
        .replace(' ', "%20")
        .replace('\n', "%0A")
        .replace('=', "%3D");
    let folded = pem.trim_end().replace('\n', "\n\t");
    let unfolded = pem.trim_end().replace('\n', " ");
    let quoted = format!("\"{}\"", caller.header());
    let line = format!("X-ARR-ClientCert: {folded}\n");
    vec![
        value("nginx, escaped", &escaped, &escaped, "percent-encoded PEM"),
        value(
            "nginx, folded",
            &folded,
            &unfolded,
            "folded over several lines",
        ),
        value(
            "nginx, folded line",
            &line,
            &unfolded,
            "folded over several lines",
        ),
        value("one-line PEM", &unfolded, &unfolded, "PEM on one line"),
        value("quoted", &quoted, &quoted, "in quotes"),
    ]
}

#[test]
fn each_kind_of_name_is_explained_as_the_handler_decides_it() {
    let authority = Shape::authority("Authority").valid_today().self_signed();
    // The same name, another key: an impostor's.
    let other = Shape::authority("Authority").valid_today().self_signed();
    let stranger = Shape::authority("Stranger").valid_today().self_signed();
    let shape = |name: &str| Shape::caller(name).valid_today();
    let kind = |name, issued: &Issued, expected, says| pinned(name, &issued.der(), expected, says);
    let teletex = odd_certificates::teletex(&authority, "Plain Ascii");
    let kinds = [
        kind("issued", &authority.issue(shape("partner")), "admitted", ""),
        kind(
            "impostor",
            &other.issue(shape("partner")),
            "path-unverified",
            "its key did not sign",
        ),
        kind(
            "self-signed",
            &shape("partner").self_signed(),
            "path-unverified",
            "names itself as its issuer",
        ),
        kind(
            "stranger's",
            &stranger.issue(shape("partner")),
            "path-unverified",
            "CLIENT_CERT_INTERMEDIATES",
        ),
        kind(
            "other case",
            &authority.issue(shape("Partner")),
            "not-listed",
            "compared exactly",
        ),
        kind(
            "half a name",
            &authority.issue(shape("Heron")),
            "not-listed",
            "",
        ),
        pinned(
            "TeletexString",
            &teletex,
            "admitted",
            "common name \\\"Plain Ascii\\\"",
        ),
    ];
    let settings = [
        ("ALLOWED_CLIENT_CERT_COMMON_NAMES", "partner,Plain Ascii"),
        ("CLIENT_CERT_TRUST_ANCHORS", "ca.pem"),
    ];
    let reports = agree(&kinds, &settings, &[("ca.pem", authority.pem())]);
    for report in reports {
        let change = report["change"].to_string();
        assert!(!change.contains("CLIENT_CERT_TRUST_ANCHORS"), "{change}");
        let is_path = report["reason"] == "path-unverified";
        assert!(
            !is_path || !change.contains("ALLOWED_CLIENT_CERT_THUMBPRINTS"),
            "{change}"
        );
    }
}

/// The handler and the explanation decide alike; the explanations come back.
fn agree(kinds: &[Kind], settings: &[(&str, &str)], files: &[(&str, String)]) -> Vec<Value> {
    let root = common::fixture().app_root();
    for (name, text) in files {
        fs::write(root.path().join(name), text).unwrap();
    }
    let all = [&[("CLIENT_CERT_FRONT_END", "development")], settings].concat();
    let lines: Vec<String> = all
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    fs::write(root.path().join("app.settings"), lines.join("\n")).unwrap();
    let folder = root.path().to_owned();
    let handler = common::fixture().start_in(root, &all);
    let arguments = [
        "explain",
        "--settings",
        "app.settings",
        "--certificate",
        "-",
    ];
    let arguments = [&arguments[..], &["--function", "SecuredFunction", "--json"]].concat();
    kinds
        .iter()
        .map(|kind| {
            handler.get("/api/SecuredFunction", Some(&kind.value));
            let decided = handler.decision();
            let report = mtls_with_input(&folder, &[], &arguments, &kind.input).json();
            let outcome = report["reason"].as_str().unwrap_or("admitted").to_owned();
            assert_eq!(outcome, reason(&decided), "{}", kind.name);
            assert_eq!(outcome, kind.expected, "{}: {report:#}", kind.name);
            let text = report.to_string();
            assert!(text.contains(kind.says), "{}: {report:#}", kind.name);
            report
        })
        .collect()
}
