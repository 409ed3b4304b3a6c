//! `mtls certificate revoke`: what is refused, and that nothing is written then.

use std::fs;

use test_support::Shape;
use test_support::crl::{List, extension};

use crate::partner::Partner;

#[test]
fn nothing_is_written_where_something_is_wrong() {
    let partner = Partner::new();
    partner.caller("revoked");
    partner.caller("good");
    let stranger = Shape::authority("Other CA").valid_today().self_signed();
    let namesake = Shape::authority("Partner CA").valid_today().self_signed();
    let callers = [("stranger", &stranger), ("forged", &namesake)];
    for (name, authority) in callers {
        let caller = authority.issue(Shape::caller(name).valid_today());
        partner.folder.write(&format!("{name}.pem"), caller.pem());
    }
    assert_eq!(partner.revoke(&["revoked.pem"]).code, 0);
    let before = fs::read(partner.folder.path("ca.crl")).unwrap();
    for (arguments, code, expected) in [
        (&["revoked.pem"][..], 1, "CN=revoked is revoked since 20"),
        (&["good.pem", "revoked.pem"], 1, "nothing was written"),
        (
            &["stranger.pem", "good.pem"],
            64,
            "stranger.pem: expected a certificate that CN=Partner CA issued, found one of CN=Other CA; name its issuer",
        ),
        (&["forged.pem"], 64, "found one that another key signed"),
        (&["stranger.pem", "forged.pem"], 64, "mtls: forged.pem"),
        (&["absent.pem"], 64, "absent.pem"),
        (&["--issuer", "good.pem"], 2, "--issuer"),
        (&["--serial", "0"], 2, "found 0"),
        (&["--serial", "-1"], 2, "'-1'"),
        (
            &["--serial", "111111111111111111111111111111111111111111"],
            2,
            "20 octets",
        ),
        (&["--reason", "remove-from-crl"], 2, "key-compromise"),
        (&["--days", "0"], 2, "--days"),
        (
            &["--crl", "ca.pem"],
            64,
            "found neither DER nor PEM of a revocation list",
        ),
    ] {
        let answer = partner.revoke(arguments);
        assert_eq!(answer.code, code, "{arguments:?}: {}", answer.stderr);
        assert!(
            answer.stderr.contains(expected),
            "{arguments:?}: {}",
            answer.stderr
        );
        assert_eq!(
            fs::read(partner.folder.path("ca.crl")).unwrap(),
            before,
            "{arguments:?}"
        );
    }
}

/// Lists that are not continued: what they say would be lost, or somebody else's would be signed.
#[test]
fn a_list_of_another_kind_or_authority_is_kept() {
    let partner = Partner::new();
    let caller = partner.authority.issue(Shape::caller("a").valid_today());
    let plain = List::of(&[&caller]);
    let with = |oid: &[u8], critical, value: &[u8]| List {
        extensions: vec![extension(oid, critical, value)],
        ..plain.clone()
    };
    let namesake = Shape::authority("Partner CA").valid_today().self_signed();
    let other = Shape::authority("Other CA").valid_today().self_signed();
    for (list, expected) in [
        (plain.signed_by(&other), "found a list of CN=Other CA"),
        (
            plain.signed_by(&namesake),
            "found a list that another key signed",
        ),
        // A delta, and one for authorities alone.
        (
            with(b"\x55\x1d\x1b", true, b"\x02\x01\x01").signed_by(&partner.authority),
            "2.5.29.27",
        ),
        (
            with(b"\x55\x1d\x1c", true, b"\x30\x03\x82\x01\xff").signed_by(&partner.authority),
            "2.5.29.28",
        ),
        (
            with(b"\x2a\x03", true, b"\x05\x00").signed_by(&partner.authority),
            "the handler refuses",
        ),
        (
            with(
                b"\x55\x1d\x14",
                false,
                &[&[2, 20, 0x7f][..], &[0xff; 19]].concat(),
            )
            .signed_by(&partner.authority),
            "the greatest number",
        ),
    ] {
        partner.folder.write("ca.crl", &list);
        let answer = partner.revoke(&[]);
        assert_eq!(answer.code, 64, "{expected}: {}", answer.stderr);
        assert!(answer.stderr.contains(expected), "{}", answer.stderr);
        assert_eq!(
            fs::read(partner.folder.path("ca.crl")).unwrap(),
            list,
            "{expected}"
        );
    }
    // Numbers whose first bit is set, and none at all.
    for (number, next) in [(&[2, 2, 0, 0xff][..], "256"), (&[2, 1, 0x7f], "128")] {
        partner.folder.write(
            "ca.crl",
            with(b"\x55\x1d\x14", false, number).signed_by(&partner.authority),
        );
        let answer = partner.revoke(&[]);
        let expected = format!("ca.crl: list {next} of CN=Partner CA; 1 revoked");
        assert!(
            answer.stdout.starts_with(&expected),
            "{} {}",
            answer.stdout,
            answer.stderr
        );
        assert!(partner.revoke(&[]).code == 0, "{next}");
    }
    partner
        .folder
        .write("ca.crl", plain.signed_by(&partner.authority));
    assert!(partner.revoke(&[]).stdout.starts_with("ca.crl: list 1 of "));
}

#[test]
fn an_authority_that_may_not_sign_lists_is_refused() {
    let partner = Partner::of(Shape {
        key_usage: Some(vec!["keyCertSign"]),
        ..Shape::authority("Partner CA")
    });
    let answer = partner.revoke(&[]);
    assert_eq!(answer.code, 64, "{}", answer.stderr);
    assert!(
        answer
            .stderr
            .contains("CN=Partner CA, whose keyUsage lacks cRLSign"),
        "{}",
        answer.stderr
    );
    assert!(!partner.folder.path("ca.crl").exists());
}

/// One run says everything that is wrong, whatever is wrong with each.
#[test]
fn every_problem_is_reported_at_once_and_nothing_is_revoked() {
    let partner = Partner::new();
    partner.caller("good");
    let stranger = Shape::authority("Other CA").valid_today().self_signed();
    let stranger = stranger.issue(Shape::caller("stranger").valid_today());
    partner.folder.write("stranger.pem", stranger.pem());
    partner.folder.write("nonsense.pem", "nonsense");
    partner.folder.write("ca.crl", "no list");
    let files = ["absent.pem", "nonsense.pem", "good.pem", "stranger.pem"];
    let answer = partner.revoke(&files);
    assert_eq!(answer.code, 64, "{}", answer.stderr);
    let found: Vec<bool> = [
        "ca.crl: ",
        "absent.pem: ",
        "nonsense.pem: ",
        "good.pem: ",
        "stranger.pem: ",
    ]
    .iter()
    .map(|name| answer.stderr.contains(&format!("mtls: {name}")))
    .collect();
    assert_eq!(found, [true, true, true, false, true], "{}", answer.stderr);
    assert_eq!(fs::read(partner.folder.path("ca.crl")).unwrap(), b"no list");
}

/// A list in the folder of the test certificates is written under that folder's lock, however it is named.
#[cfg(unix)]
#[test]
fn a_list_among_the_test_certificates_is_written_under_their_lock() {
    let partner = Partner::new();
    let certs = partner.folder.path("certs");
    fs::create_dir_all(certs.join("callers")).unwrap();
    std::os::unix::fs::symlink("certs/callers", partner.folder.path("link")).unwrap();
    // What is in the place of the lock shows who takes it.
    fs::create_dir(certs.join(".lock")).unwrap();
    let whole = certs.join("callers/a.crl");
    for (name, takes_lock) in [
        ("certs/a.crl", true),
        ("./certs/callers/a.crl", true),
        ("certs/../certs/a.crl", true),
        ("link/a.crl", true),
        (whole.to_str().unwrap(), true),
        ("a.crl", false),
        ("./a.crl", false),
        ("certs.crl", false),
    ] {
        let answer = partner.revoke(&["--crl", name]);
        let expected = if takes_lock { 64 } else { 0 };
        assert_eq!(answer.code, expected, "{name}: {}", answer.stderr);
        assert_eq!(
            answer.stderr.contains("certs/.lock: "),
            takes_lock,
            "{name}"
        );
    }
}
