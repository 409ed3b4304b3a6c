//! `mtls certificate` as people run it: exit codes, files and their rights, every form that can be read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says aloud what it skips"
)]

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_cert::Thumbprint;
use serde_json::Value;

/// A temporary folder in which commands run.
struct Folder(tempfile::TempDir);

/// What a command answered.
struct Answer {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn mtls(&self, arguments: &[&str]) -> Answer {
        self.mtls_with_input(arguments, b"")
    }

    fn mtls_with_input(&self, arguments: &[&str], input: &[u8]) -> Answer {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mtls"))
            .args(arguments)
            .current_dir(self.0.path())
            .env("MTLS_TEST_PASSWORD", "from the environment")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that has refused its arguments may have closed its input already.
        let _ = child.stdin.take().unwrap().write_all(input);
        Answer::from(child.wait_with_output().unwrap())
    }

    /// Makes a certificate, which must succeed.
    fn new_certificate(&self, arguments: &[&str]) {
        let answer = self.mtls(&[&["certificate", "new"], arguments].concat());
        assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.stderr);
    }

    /// What `show --json` says of a file, which must succeed.
    fn show(&self, arguments: &[&str]) -> Value {
        let answer = self.mtls(&[&["certificate", "show", "--json"], arguments].concat());
        assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.stderr);
        serde_json::from_str(&answer.stdout).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

#[test]
fn every_kind_of_key_in_every_form_is_made_and_read_back() {
    for key in ["rsa2048", "rsa3072", "p256", "p384", "ed25519"] {
        for (form, format) in [
            (None, "PKCS#12"),
            (Some("--modern"), "PKCS#12"),
            (Some("--legacy"), "PKCS#12 with obsolete encryption"),
        ] {
            let folder = Folder::new();
            let arguments = ["--key", key, "--out", "a.pfx", "--password", "pä$$"];
            folder.new_certificate(&[&arguments, form.as_slice()].concat());
            let report = folder.show(&["a.pfx", "--password", "pä$$"]);
            assert_eq!(report["format"], format, "{key} {form:?}");
            assert_eq!(report["hasPrivateKey"], true, "{key} {form:?}");
            assert_eq!(report["friendlyName"], "Test Caller", "{key} {form:?}");
            assert_eq!(report["certificates"][0]["subject"], "CN=Test Caller");
            assert_eq!(report["certificates"][0]["validity"], "valid");
            assert_eq!(report["certificates"][0]["basicConstraints"], Value::Null);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_new_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    folder.new_certificate(&[
        "--key",
        "p256",
        "--out",
        "a.pfx",
        "--pem",
        "--password",
        "x",
    ]);
    let mode = |name| {
        fs::metadata(folder.path(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("a.pfx"), 0o600);
    // The certificate is public; how far is the umask's matter.
    assert_eq!(mode("a.pem") & 0o600, 0o600);
    let pem = fs::read_to_string(folder.path("a.pem")).unwrap();
    assert!(!pem.contains("PRIVATE"), "{pem}");
    folder.new_certificate(&[
        "--key",
        "p256",
        "--out",
        "a.pfx",
        "--pem",
        "--password",
        "x",
        "--force",
    ]);
    assert_eq!(mode("a.pfx"), 0o600);
}

#[test]
fn nothing_is_overwritten_without_force() {
    let folder = Folder::new();
    folder.write("a.pfx", "mine");
    folder.write("a.pem", "mine too");
    let arguments = [
        "certificate",
        "new",
        "--key",
        "p256",
        "--out",
        "a.pfx",
        "--pem",
        "--password",
        "x",
    ];
    let answer = folder.mtls(&arguments);
    assert_eq!(answer.code, 64, "{}", answer.stderr);
    assert!(
        answer.stderr.contains("a.pfx: it exists"),
        "{}",
        answer.stderr
    );
    assert!(
        answer.stderr.contains("a.pem: it exists"),
        "{}",
        answer.stderr
    );
    assert_eq!(fs::read(folder.path("a.pfx")).unwrap(), b"mine");
    assert_eq!(fs::read(folder.path("a.pem")).unwrap(), b"mine too");
    assert_eq!(
        folder.mtls(&[&arguments[..], &["--force"]].concat()).code,
        0
    );
    assert_eq!(folder.show(&["a.pem"])["format"], "PEM");
}

#[test]
fn an_authority_issues_and_the_chain_goes_along() {
    let folder = Folder::new();
    folder.new_certificate(&[
        "--ca",
        "--common-name",
        "Authority",
        "--key",
        "p384",
        "--out",
        "ca.pfx",
        "--pem",
        "--password",
        "ca",
    ]);
    let issue = [
        "--issuer",
        "ca.pfx",
        "--issuer-password",
        "ca",
        "--key",
        "p256",
        "--password-env",
        "MTLS_TEST_PASSWORD",
    ];
    let names = [
        "--common-name",
        "Partner",
        "--san",
        "partner.example",
        "--san",
        "10.0.0.1",
        "--san",
        "spiffe://a/b",
    ];
    folder
        .new_certificate(&[&issue[..], &names, &["--out", "partner.pfx", "--days", "7"]].concat());
    let report = folder.show(&["partner.pfx", "--password", "from the environment"]);
    let chain = report["certificates"].as_array().unwrap();
    assert_eq!(chain.len(), 2);
    assert_eq!(chain[0]["issuer"], "CN=Authority");
    assert_eq!(chain[0]["selfIssued"], false);
    assert_eq!(chain[0]["alternativeNames"]["dns"][0], "partner.example");
    assert_eq!(chain[0]["alternativeNames"]["ip"][0], "10.0.0.1");
    assert_eq!(chain[0]["alternativeNames"]["uri"][0], "spiffe://a/b");
    // The seventh day began with the certificate, so a second later six whole days are left.
    let days_left = chain[0]["daysLeft"].as_i64().unwrap();
    assert!((6..=7).contains(&days_left), "{days_left}");
    assert_eq!(chain[1]["basicConstraints"]["ca"], true);
    assert_eq!(
        chain[1]["thumbprints"],
        folder.show(&["ca.pem"])["certificates"][0]["thumbprints"]
    );
}

#[test]
fn what_cannot_issue_is_refused_and_nothing_is_written() {
    let folder = Folder::new();
    folder.new_certificate(&[
        "--key",
        "p256",
        "--out",
        "caller.pfx",
        "--pem",
        "--password",
        "x",
    ]);
    for (issuer, password, expected) in [
        ("caller.pfx", "x", "the certificate of an end entity"),
        ("caller.pfx", "wrong", "the password is wrong"),
        ("caller.pem", "x", "without its key"),
        ("absent.pfx", "x", "absent.pfx"),
    ] {
        let arguments = ["certificate", "new", "--out", "new.pfx", "--password", "y"];
        let issuer = ["--issuer", issuer, "--issuer-password", password];
        let answer = folder.mtls(&[&arguments[..], &issuer].concat());
        assert_eq!(answer.code, 64, "{issuer:?}: {}", answer.stderr);
        assert!(
            answer.stderr.contains(expected),
            "{issuer:?}: {}",
            answer.stderr
        );
        assert!(!folder.path("new.pfx").exists(), "{issuer:?}");
    }
}

#[test]
fn mistakes_on_the_command_line_are_usage_and_exit_2() {
    let folder = Folder::new();
    let long = "x".repeat(65);
    let new = ["certificate", "new", "--out", "a.pfx", "--password", "x"];
    for wrong in [
        &["--days", "0"][..],
        &["--days", "-1"],
        &["--key", "dsa"],
        &["--common-name", ""],
        &["--common-name", &long],
        &["--common-name", "a\nb"],
        &["--san", "a b"],
        &["--san", "ip:localhost"],
        &["--password-env", "X"],
        &["--issuer-password", "x"],
        &["--modern", "--legacy"],
    ] {
        let answer = folder.mtls(&[&new[..], wrong].concat());
        assert_eq!(answer.code, 2, "{wrong:?}: {}", answer.stderr);
        assert!(!folder.path("a.pfx").exists(), "{wrong:?}");
    }
}

#[test]
fn without_a_password_and_without_a_terminal_the_command_says_what_to_give() {
    let folder = Folder::new();
    let answer = folder.mtls(&["certificate", "new", "--key", "p256", "--out", "a.pfx"]);
    assert_eq!(answer.code, 64);
    assert!(
        answer.stderr.contains("--password-env"),
        "{}",
        answer.stderr
    );
    assert!(!folder.path("a.pfx").exists());
    folder.new_certificate(&["--key", "p256", "--out", "a.pfx", "--password", "x"]);
    let answer = folder.mtls(&["certificate", "show", "a.pfx"]);
    assert_eq!(answer.code, 64);
    assert!(
        answer.stderr.contains("a.pfx: it has a password"),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_password_is_never_printed() {
    let folder = Folder::new();
    let answer = folder.mtls(&[
        "certificate",
        "new",
        "--key",
        "p256",
        "--out",
        "a.pfx",
        "--password",
        "geheim",
    ]);
    assert!(!answer.stdout.contains("geheim"), "{}", answer.stdout);
    for wrong in ["falsch", "geheim2"] {
        let answer = folder.mtls(&["certificate", "show", "a.pfx", "--password", wrong]);
        assert_eq!(answer.code, 64);
        assert!(
            answer.stderr.contains("the password is wrong"),
            "{}",
            answer.stderr
        );
        assert!(!answer.stderr.contains(wrong), "{}", answer.stderr);
    }
    let unset = folder.mtls(&[
        "certificate",
        "show",
        "a.pfx",
        "--password-env",
        "MTLS_TEST_UNSET",
    ]);
    assert_eq!(unset.code, 64);
    assert!(
        unset.stderr.contains("MTLS_TEST_UNSET: "),
        "{}",
        unset.stderr
    );
}

#[test]
fn the_header_is_the_leaf_on_one_line() {
    let folder = Folder::new();
    folder.new_certificate(&[
        "--ca",
        "--key",
        "p256",
        "--out",
        "ca.pfx",
        "--password",
        "x",
    ]);
    let issue = [
        "--issuer",
        "ca.pfx",
        "--issuer-password",
        "x",
        "--key",
        "p256",
    ];
    folder.new_certificate(&[&issue[..], &["--out", "a.pfx", "--password", ""]].concat());
    let answer = folder.mtls(&["certificate", "header", "a.pfx"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let value = answer.stdout.strip_suffix('\n').unwrap();
    let der = STANDARD.decode(value).unwrap();
    let report = folder.show(&["a.pfx"]);
    let leaf = &report["certificates"][0]["thumbprints"];
    assert_eq!(leaf["sha256"], Thumbprint::sha256_of(&der).hex());
    assert_eq!(leaf["sha1"], Thumbprint::sha1_of(&der).hex());
}

#[test]
fn show_reads_every_form_from_a_file_and_from_standard_input() {
    let folder = Folder::new();
    folder.new_certificate(&["--key", "p256", "--out", "a.pfx", "--pem", "--password", ""]);
    let value = folder.mtls(&["certificate", "header", "a.pem"]).stdout;
    let der = STANDARD.decode(value.trim()).unwrap();
    let pem = fs::read_to_string(folder.path("a.pem")).unwrap();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(value.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let hex: String = der.iter().map(|byte| format!("{byte:02x}")).collect();
    let expected = folder.show(&["a.pfx"])["certificates"][0]["thumbprints"]["sha256"].clone();
    for (bytes, format) in [
        (der, "DER"),
        (value.clone().into_bytes(), "DER in base64"),
        (
            format!("x-arr-clientcert: {value}").into_bytes(),
            "DER in base64",
        ),
        (utf16, "DER in base64, UTF-16LE with byte order mark"),
        (hex.into_bytes(), "DER in hexadecimal"),
        (pem.into_bytes(), "PEM"),
        (fs::read(folder.path("a.pfx")).unwrap(), "PKCS#12"),
        (
            STANDARD
                .encode(fs::read(folder.path("a.pfx")).unwrap())
                .into_bytes(),
            "PKCS#12 in base64",
        ),
    ] {
        folder.write("file.pfx", &bytes);
        let from_file = folder.show(&["file.pfx"]);
        let piped = folder.mtls_with_input(&["certificate", "show", "-", "--json"], &bytes);
        let from_input: Value = serde_json::from_str(&piped.stdout).unwrap();
        assert_eq!(from_file["file"], "file.pfx");
        assert_eq!(from_input["file"], "standard input");
        for report in [from_file, from_input] {
            assert_eq!(report["format"], format);
            assert_eq!(
                report["certificates"][0]["thumbprints"]["sha256"], expected,
                "{format}"
            );
        }
    }
}

#[test]
fn text_and_json_say_the_same() {
    let folder = Folder::new();
    folder.new_certificate(&[
        "--common-name",
        "Ünïcode, Ltd",
        "--key",
        "p384",
        "--san",
        "a.example",
        "--out",
        "a.pfx",
        "--password",
        "",
    ]);
    let text = folder.mtls(&["certificate", "show", "a.pfx"]).stdout;
    let report = folder.show(&["a.pfx"]);
    let facts = &report["certificates"][0];
    for value in [
        &facts["subject"],
        &facts["serial"],
        &facts["notBefore"],
        &facts["notAfter"],
        &facts["thumbprints"]["sha1"],
        &facts["thumbprints"]["sha256"],
        &facts["key"]["curve"],
        &facts["alternativeNames"]["dns"][0],
        &facts["keyUsage"][0],
        &facts["extendedKeyUsage"][0],
    ] {
        let value = value.as_str().unwrap();
        assert!(text.contains(value), "{value} not in {text}");
    }
    assert_eq!(facts["commonNames"][0], "Ünïcode, Ltd");
    assert_eq!(facts["subject"], "CN=Ünïcode\\, Ltd");
}

#[test]
fn what_is_no_certificate_is_refused_by_its_name() {
    let folder = Folder::new();
    folder.write("prose.txt", "Dear colleague");
    folder.write("empty.pfx", "");
    folder.write("large.pem", vec![b'A'; (1 << 20) + 1]);
    for (file, expected) in [
        ("prose.txt", "found text that is none of them"),
        ("empty.pfx", "found nothing"),
        ("large.pem", "more than 1048576 bytes"),
        ("absent.pem", "expected a file that can be read"),
        (".", "expected a file that can be read"),
    ] {
        for command in ["show", "header"] {
            let answer = folder.mtls(&["certificate", command, file]);
            assert_eq!(answer.code, 64, "{file}: {}", answer.stderr);
            assert_eq!(answer.stdout, "", "{file}");
            assert!(
                answer.stderr.contains(&format!("mtls: {file}: ")),
                "{}",
                answer.stderr
            );
            assert!(
                answer.stderr.contains(expected),
                "{file}: {}",
                answer.stderr
            );
        }
    }
}

#[test]
fn without_arguments_the_tool_shows_worked_examples() {
    let answer = Folder::new().mtls(&[]);
    assert_eq!(answer.code, 0);
    assert!(answer.stdout.contains("mtls local"), "{}", answer.stdout);
    assert!(
        answer.stdout.contains("mtls certificate show"),
        "{}",
        answer.stdout
    );
}

#[test]
fn other_peoples_tools_open_what_was_made() {
    let folder = Folder::new();
    let password = "Pa@@word123";
    folder.new_certificate(&[
        "--ca",
        "--key",
        "p256",
        "--out",
        "ca.pfx",
        "--pem",
        "--password",
        "x",
    ]);
    let issuer = ["--issuer", "ca.pfx", "--issuer-password", "x"];
    let node = "require('tls').createSecureContext({pfx: require('fs').readFileSync(process.argv[1]), passphrase: process.argv[2]})";
    let pass = format!("pass:{password}");
    for (file, form) in [("compatible.pfx", None), ("modern.pfx", Some("--modern"))] {
        let made = ["--out", file, "--password", password];
        folder.new_certificate(&[&issuer[..], &made, form.as_slice()].concat());
        for (tool, arguments) in [
            (
                "openssl",
                &[
                    "pkcs12", "-in", file, "-passin", &pass, "-nodes", "-out", "all.txt",
                ][..],
            ),
            (
                "openssl",
                &[
                    "verify",
                    "-purpose",
                    "sslclient",
                    "-CAfile",
                    "ca.pem",
                    "all.txt",
                ],
            ),
            ("node", &["-e", node, file, password]),
        ] {
            let run = Command::new(tool)
                .args(arguments)
                .current_dir(folder.0.path())
                .output();
            match run {
                Ok(output) => assert!(output.status.success(), "{tool} {arguments:?}: {output:?}"),
                Err(error) => {
                    test_support::skipped(&format!("{tool} did not look at {file}: {error}"));
                }
            }
        }
    }
}
