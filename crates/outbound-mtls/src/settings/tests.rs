//! The table of settings.

use super::*;

/// Settings with their values.
type Set<'a> = &'a [(&'a str, &'a str)];

const DIGITS: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
const DIGITS_256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn parse(set: Set<'_>) -> Result<Option<OutboundSettings>, Vec<Problem>> {
    let get = |name: &str| {
        set.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    };
    OutboundSettings::parse(&get, Path::new("/app"))
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
    let source = |set: Set<'_>| match parse(set).unwrap_or_default().unwrap().source {
        Source::Path(path) => format!("path {}", path.display()),
        Source::Thumbprint { folder, thumbprint } => {
            format!("{} in {}", thumbprint.hex(), folder.display())
        }
        Source::Pfx(bytes) => format!("pfx {:?}", bytes.as_slice()),
        Source::PemText(text) => format!("text {:?}", text.as_str()),
        Source::PemFile(path) => format!("pem {}", path.display()),
    };
    let cases: [(Set<'_>, String); 8] = [
        (&[(PATH, " certs/a.p12 ")], "path /app/certs/a.p12".into()),
        (
            &[(PATH, "/mnt/a.p12"), (PEM, " ")],
            "path /mnt/a.p12".into(),
        ),
        (
            &[(THUMBPRINT, DIGITS)],
            format!("{DIGITS} in /var/ssl/private"),
        ),
        (
            &[(THUMBPRINT, DIGITS), (FOLDER, "c")],
            format!("{DIGITS} in /app/c"),
        ),
        (&[(PFX, "MAMC\nAQM=")], "pfx [48, 3, 2, 1, 3]".into()),
        (&[(PFX, "MAMCAQM")], "pfx [48, 3, 2, 1, 3]".into()),
        (
            &[(PEM, "-----BEGIN X\\nY")],
            "text \"-----BEGIN X\\nY\"".into(),
        ),
        (&[(PEM, "key.pem")], "pem /app/key.pem".into()),
    ];
    for (set, expected) in cases {
        assert_eq!(source(set), expected, "{set:?}");
    }
}

#[test]
fn wrong_text_is_a_problem_with_the_settings_name() {
    let cases: [(Set<'_>, &str, &str); 10] = [
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
            &[(TRUST_ANCHORS, "a"), (TRUST_ANCHORS_ONLY, "yep")],
            TRUST_ANCHORS_ONLY,
            "yep",
        ),
        (
            &[(PASSWORD, "@Microsoft.KeyVault(SecretUri=x)")],
            PASSWORD,
            "unresolved",
        ),
        (&[(PFX, " @Microsoft.KeyVault(x")], PFX, "unresolved"),
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
    assert_eq!(settings.password.text(), " p ");
    assert!(settings.trust.files_only);
    assert_eq!(
        settings.trust.files,
        [PathBuf::from("/app/ca.pem"), PathBuf::from("/etc/b.pem")]
    );
}
