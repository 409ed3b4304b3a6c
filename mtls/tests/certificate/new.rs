//! `mtls certificate new`: keys, forms, files and mistakes.

use std::fs;

use serde_json::Value;

use crate::folder::Folder;

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
