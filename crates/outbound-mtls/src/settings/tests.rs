//! The table of settings.

use std::path::Path;

use app_settings::NamedFile;

use super::names::*;
use super::*;
use crate::form::Form;
use crate::source::Origin;
use crate::trust::Anchors;

/// Base64 that could be a key.
const KEY: &str =
    "MIIKcAIBAzCCCiwGCSqGSIb3DQEHAaCCCh0EggoZMIIKFTCCBDcGCSqGSIb3DQEHBqCCBCgwggQkAgEAMIIEHQ";

/// Settings with their values.
type Set<'a> = &'a [(&'a str, &'a str)];

const VAULT: &str = "https://v.vault.azure.net/certificates/a";

const DIGITS: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
const UPPER: &str = "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709";
const DIGITS_256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn parse(set: Set<'_>) -> Result<Option<OutboundSettings>, Vec<Problem>> {
    let environment: Environment = set.iter().copied().collect();
    OutboundSettings::parse(&environment, Path::new("/app"))
}

#[test]
fn nothing_and_blank_mean_not_configured() {
    let cases: [Set<'_>; 3] = [
        &[],
        &[(PATH, ""), (PFX, " \n"), (PASSWORD, "  ")],
        &[
            (TRUST_ANCHORS, "ca.pem"),
            (SELECT, "x"),
            (FOLDER, "/f"),
            (PASSWORD, "p"),
        ],
    ];
    for set in cases {
        assert!(
            parse(set).is_ok_and(|settings| settings.is_none()),
            "{set:?}"
        );
    }
}

#[test]
fn each_source_is_read_and_paths_are_relative_to_the_app_root() {
    let source = |set: Set<'_>| {
        let settings = parse(set).unwrap_or_default().unwrap();
        match settings.identity.origin {
            Origin::File { file, form, .. } => {
                let form = if form == Form::Pem { "pem" } else { "path" };
                format!("{form} {}", file.path().display())
            }
            Origin::AppService { upper, lower, .. } => {
                format!("{} or {}", upper.path().display(), lower.path().display())
            }
            Origin::Given(encoded) => format!("{} {:?}", encoded.name(), encoded.parts()[0]),
            Origin::Function { name, .. } => name,
            Origin::KeyVault(kept) => kept.name(),
        }
    };
    let cases: [(Set<'_>, String); 8] = [
        (&[(PATH, " certs/a.p12 ")], "path /app/certs/a.p12".into()),
        (
            &[(PATH, "/mnt/a.p12"), (PEM, " ")],
            "path /mnt/a.p12".into(),
        ),
        (
            &[(THUMBPRINT, DIGITS)],
            format!("/var/ssl/private/{UPPER}.p12 or /var/ssl/private/{DIGITS}.p12"),
        ),
        (
            &[(THUMBPRINT, DIGITS), (FOLDER, "c")],
            format!("/app/c/{UPPER}.p12 or /app/c/{DIGITS}.p12"),
        ),
        (&[(PFX, "MAMCAQM")], format!("{PFX} [48, 3, 2, 1, 3]")),
        (
            &[(PEM, "-----BEGIN X\\nY")],
            format!("{PEM} {:?}", b"-----BEGIN X\\nY"),
        ),
        (&[(PEM, "key.pem")], "pem /app/key.pem".into()),
        (
            &[(KEY_VAULT, " https://v.vault.azure.net/secrets/a ")],
            format!("{KEY_VAULT}: https://v.vault.azure.net/certificates/a"),
        ),
    ];
    for (set, expected) in cases {
        assert_eq!(source(set), expected, "{set:?}");
    }
}

#[test]
fn wrong_text_is_a_problem_with_the_settings_name() {
    let cases: [(Set<'_>, &str, &str); 23] = [
        (&[(PATH, "a"), (PFX, "MAMCAQM=")], PATH, "keep one"),
        (&[(THUMBPRINT, "xyz")], THUMBPRINT, "40 hexadecimal digits"),
        (&[(THUMBPRINT, DIGITS_256)], THUMBPRINT, "SHA-1"),
        (&[(PFX, "certs/a.p12")], PFX, "OUTBOUND_CLIENT_CERT_PATH"),
        (&[(PFX, "aGVsbG8=")], PFX, "something else"),
        (&[(PATH, "a"), (FOLDER, "f")], FOLDER, "no effect"),
        (
            &[(PATH, "a"), (TRUST_ANCHORS_ONLY, "true")],
            TRUST_ANCHORS_ONLY,
            "no server",
        ),
        (
            &[(TRUST_ANCHORS, "a"), (TRUST_ANCHORS_ONLY, "Ture")],
            TRUST_ANCHORS_ONLY,
            "expected true, false, 1 or 0, found \"ture\"; did you mean true?",
        ),
        (
            &[(TRUST_ANCHORS, "a"), (TRUST_ANCHORS_ONLY, "yep")],
            TRUST_ANCHORS_ONLY,
            "yep",
        ),
        (
            &[(PASSWORD, "@Microsoft.KeyVault(SecretUri=x)")],
            PASSWORD,
            "unresolved",
        ),
        (&[(PFX, " @microsoft.keyvault(x")], PFX, "unresolved"),
        (&[(PFX, "\"MAMCAQM=\"")], PFX, "quotes"),
        (&[(PFX, "MAMC\r\nAQM=")], PFX, "line break"),
        (&[(PFX, "MAMCAQM=\r\n")], PFX, "line break"),
        (&[(PATH, "a.p12\r\n")], PATH, "line break"),
        (&[(PATH, "'a.p12'")], PATH, "quotes"),
        (
            &[(PATH, "a.p12"), (PASSWORD, "p\n")],
            PASSWORD,
            "line break",
        ),
        (&[(PATH, KEY)], PATH, "look like base64"),
        (&[(PEM, KEY)], PEM, "look like base64"),
        (&[(KEY_VAULT, KEY)], KEY_VAULT, "not a URL"),
        (
            &[(KEY_VAULT, "https://v.example/certificates/a")],
            KEY_VAULT,
            "not a vault",
        ),
        (&[(KEY_VAULT, VAULT), (PATH, "a")], PATH, "keep one"),
        (
            &[
                (KEY_VAULT, VAULT),
                ("IDENTITY_ENDPOINT", "x"),
                ("IDENTITY_HEADER", "y"),
            ],
            "IDENTITY_ENDPOINT",
            "http or https",
        ),
    ];
    for (set, at, part) in cases {
        let problems = parse(set).err().unwrap_or_default();
        assert_eq!(problems.len(), 1, "{set:?} {problems:?}");
        assert_eq!(problems[0].at(), at);
        assert!(problems[0].text().contains(part), "{}", problems[0]);
    }
}

#[test]
fn all_problems_are_reported_at_once_and_none_contains_a_secret() {
    let problems = parse(&[
        (THUMBPRINT, "xyz"),
        (PASSWORD, "@Microsoft.KeyVault(hunter2)"),
        (TRUST_ANCHORS_ONLY, "1"),
    ])
    .err()
    .unwrap_or_default();
    let at: Vec<&str> = problems.iter().map(Problem::at).collect();
    assert_eq!(at, [PASSWORD, THUMBPRINT, TRUST_ANCHORS_ONLY]);
    assert!(!format!("{problems:?}").contains("hunter2"));
}

#[test]
fn trust_anchors_are_split_and_a_password_keeps_its_blanks() {
    let settings = parse(&[
        (PATH, "a"),
        (PASSWORD, " p "),
        (TRUST_ANCHORS, "ca.pem; /etc/b.pem;"),
        (TRUST_ANCHORS_ONLY, "TRUE"),
    ]);
    let settings = settings.unwrap_or_default().unwrap();
    let Origin::File { password, .. } = &settings.identity.origin else {
        panic!("expected a file, found {:?}", settings.identity);
    };
    assert_eq!(password.text(), " p ");
    assert!(!settings.trust.with_system());
    let file = |name| Anchors::File(NamedFile::new(TRUST_ANCHORS, name, Path::new("/app")));
    assert_eq!(settings.trust.anchors, ["ca.pem", "/etc/b.pem"].map(file));
}
