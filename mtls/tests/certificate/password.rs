//! Passwords of certificate files: asked for, given, and never printed.

use crate::folder::Folder;

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
