//! `mtls certificate revoke`: lists that the handler's core and OpenSSL take, each continued from the one before.

use crate::folder::Folder;
use crate::partner::Partner;

#[test]
fn each_list_has_the_entries_of_the_one_before_and_the_next_number() {
    let partner = Partner::new();
    let [first, second, third] = ["first", "second", "third"].map(|name| partner.caller(name));
    let answer = partner.revoke(&["first.pem", "first.pem", "--reason", "key-compromise"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let expected = "ca.crl: list 1 of CN=Partner CA; 1 revoked; stale from ";
    assert!(answer.stdout.starts_with(expected), "{}", answer.stdout);
    assert!(
        answer.stdout.contains("CN=first (keyCompromise)"),
        "{}",
        answer.stdout
    );
    let serial = second.serial_number().to_string();
    let answer = partner.revoke(&["--serial", &serial.to_uppercase(), "--days", "7"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert_eq!(partner.list().len(), 2);
    let listed = [&first, &second, &third].map(|certificate| partner.lists(certificate));
    assert_eq!(listed, [true, true, false]);
    let list = partner.list();
    // The seventh day ends with it.
    assert_eq!(list.next_update() - list.this_update(), 7 * 86_400);
    let renewed = partner.revoke(&[]);
    assert!(
        renewed.stdout.starts_with("ca.crl: list 3 "),
        "{}",
        renewed.stdout
    );
    assert_eq!(partner.list().len(), 2);
    if let Some(number) = partner.number() {
        assert_eq!(number, "crlNumber=0x03");
    }
}

#[test]
fn openssl_refuses_who_is_revoked_and_reads_each_reason() {
    let partner = Partner::new();
    partner.caller("good");
    let reasons = [
        ("unspecified", None),
        ("key-compromise", Some("Key Compromise")),
        ("ca-compromise", Some("CA Compromise")),
        ("affiliation-changed", Some("Affiliation Changed")),
        ("superseded", Some("Superseded")),
        ("cessation-of-operation", Some("Cessation Of Operation")),
        ("certificate-hold", Some("Certificate Hold")),
        ("privilege-withdrawn", Some("Privilege Withdrawn")),
        ("aa-compromise", Some("AA Compromise")),
    ];
    for (reason, _) in reasons {
        partner.caller(reason);
        let file = format!("{reason}.pem");
        let answer = partner.revoke(&[&file, "--reason", reason]);
        assert_eq!(answer.code, 0, "{reason}: {}", answer.stderr);
    }
    let Some((verified, text)) = partner.openssl(&[
        "crl", "-in", "ca.crl", "-CAfile", "ca.pem", "-noout", "-text",
    ]) else {
        return;
    };
    assert!(verified && text.contains("verify OK"), "{text}");
    for (reason, shown) in reasons {
        assert!(
            shown.is_none_or(|shown| text.contains(shown)),
            "{reason}: {text}"
        );
    }
    assert_eq!(text.matches("CRL Reason Code").count(), reasons.len() - 1);
    for (name, is_good) in [
        ("good", true),
        ("superseded", false),
        ("unspecified", false),
    ] {
        let file = format!("{name}.pem");
        let verify = [
            "verify",
            "-crl_check",
            "-CRLfile",
            "ca.crl",
            "-CAfile",
            "ca.pem",
            &file,
        ];
        let (verified, text) = partner.openssl(&verify).unwrap();
        assert_eq!(verified, is_good, "{name}: {text}");
        assert_eq!(text.contains("certificate revoked"), !is_good, "{text}");
    }
}

#[test]
fn a_list_is_signed_by_every_kind_of_key() {
    for key in ["rsa2048", "rsa3072", "p256", "p384", "ed25519"] {
        let folder = Folder::new();
        let password = ["--password", "x"];
        let authority = [
            "--ca",
            "--common-name",
            "CA",
            "--key",
            key,
            "--out",
            "ca.pfx",
        ];
        folder.new_certificate(&[&authority[..], &password].concat());
        let issuer = ["--issuer", "ca.pfx", "--issuer-password", "x"];
        let caller = ["--key", "p256", "--out", "a.pfx"];
        folder.new_certificate(&[&issuer[..], &caller, &password].concat());
        let answer =
            folder.mtls(&[&["certificate", "revoke", "a.pfx"], &issuer[..], &password].concat());
        assert_eq!(answer.code, 0, "{key}: {}", answer.stderr);
        // Whatever is continued has a signature that was verified.
        let again = folder.mtls(&[&["certificate", "revoke"], &issuer[..]].concat());
        assert!(
            again
                .stdout
                .starts_with("ca.crl: list 2 of CN=CA; 1 revoked"),
            "{key}: {}",
            again.stderr
        );
    }
}
