//! What does not load as our identity, and what each refusal says.

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::symm::Cipher;
use outbound_mtls::{Form, Found, Identity, LoadErrorKind, Password};

use crate::loader::{AT, kind, load, select};
use test_support::hierarchy::{Issued, client, der, p256, root, rsa, self_signed_client};
use test_support::pfx::{self, Bag, PASSWORD};

#[test]
fn keys_that_tls_does_not_sign_with_are_refused_instead_of_called_without() {
    let root = root("Test Root");
    let group = openssl::ec::EcGroup::from_curve_name(Nid::SECP256K1).unwrap();
    let koblitz = openssl::ec::EcKey::generate(&group).unwrap();
    let dsa = openssl::dsa::Dsa::generate(2048).unwrap();
    for key in [
        PKey::from_ec_key(koblitz).unwrap(),
        PKey::from_dsa(dsa).unwrap(),
    ] {
        let client = client(&root, "client", key);
        let refusal = load(&pfx::ordinary(&client, &[]), PASSWORD).unwrap_err();
        assert_eq!(refusal.kind(), LoadErrorKind::Unsupported);
        assert!(
            refusal.to_string().contains("without a certificate"),
            "{refusal}"
        );
    }
}

/// Two identities and a key whose certificate is not there, in one file.
fn crowd() -> (Issued, Issued, Issued, Vec<u8>) {
    let root = root("Test Root");
    let [one, two, three] = ["one", "two", "three"].map(|name| client(&root, name, p256()));
    let bags = [
        Bag::Key(&one.key, Some("first")),
        Bag::Inner(vec![
            Bag::ShroudedKey(&two.key, None),
            Bag::Certificate(&two.certificate, Some("zw\u{F6}lf")),
        ]),
        Bag::Certificate(&one.certificate, None),
        Bag::Key(&three.key, Some("orphan")),
        Bag::Certificate(&root.certificate, None),
    ];
    let bytes = pfx::plain(&bags);
    (one, two, three, bytes)
}

#[test]
fn of_several_keys_none_is_taken_unless_it_is_selected() {
    let (one, two, _, bytes) = crowd();
    let refusal = load(&bytes, PASSWORD).unwrap_err();
    assert_eq!(refusal.kind(), LoadErrorKind::SeveralIdentities);
    let text = refusal.to_string();
    for part in [
        AT,
        "\"first\"",
        "\"zw\u{F6}lf\"",
        "\"orphan\"",
        "thumbprint or friendly name",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let thumbprint = |issued: &Issued, algorithm| {
        let digest = issued.certificate.digest(algorithm).unwrap();
        digest
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect::<String>()
    };
    for (text, issued) in [
        ("first".to_owned(), &one),
        ("zw\u{F6}lf".to_owned(), &two),
        (thumbprint(&one, MessageDigest::sha1()), &one),
        (thumbprint(&two, MessageDigest::sha256()), &two),
    ] {
        let identity = select(&bytes, &text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(identity.chain_der().unwrap(), [der(issued)], "{text}");
    }
    assert_eq!(kind(select(&bytes, "orphan")), LoadErrorKind::KeyDoesNotFit);
    assert_eq!(kind(select(&bytes, "ours")), LoadErrorKind::NotSelected);
}

#[test]
fn keys_that_are_encrypted_count_too() {
    let root = root("Test Root");
    let [one, two] = ["one", "two"].map(|name| client(&root, name, p256()));
    let bytes = pfx::plain(&[
        Bag::ShroudedKey(&one.key, None),
        Bag::Certificate(&one.certificate, None),
        Bag::ShroudedKey(&two.key, None),
        Bag::Certificate(&two.certificate, None),
    ]);
    assert_eq!(
        kind(load(&bytes, PASSWORD)),
        LoadErrorKind::SeveralIdentities
    );
    assert_eq!(kind(load(&bytes, "wrong")), LoadErrorKind::WrongPassword);
}

#[test]
fn a_selection_that_the_only_identity_does_not_meet_is_refused() {
    let client = self_signed_client();
    let bytes = pfx::ordinary(&client, &[]);
    assert!(select(&bytes, "ours").is_ok());
    assert_eq!(kind(select(&bytes, "theirs")), LoadErrorKind::NotSelected);
}

#[test]
fn a_renewed_certificate_beside_the_old_one_is_not_guessed() {
    let root = root("Test Root");
    let old = client(&root, "client", p256());
    let new = client(&root, "client", old.key.clone());
    let bytes = pfx::plain(&[
        Bag::Key(&old.key, None),
        Bag::Certificate(&old.certificate, Some("old")),
        Bag::Certificate(&new.certificate, Some("new")),
    ]);
    assert_eq!(kind(load(&bytes, "")), LoadErrorKind::SeveralIdentities);
    assert_eq!(
        select(&bytes, "new").unwrap().chain_der().unwrap(),
        [der(&new)]
    );
}

#[test]
fn halves_and_mismatches_are_refused_by_name() {
    let root = root("Test Root");
    let one = client(&root, "one", p256());
    let two = client(&root, "two", p256());
    let rsa = client(&root, "rsa", rsa());
    let key = Bag::Key(&one.key, None);
    let cases: [(&[Bag<'_>], LoadErrorKind); 5] = [
        (&[], LoadErrorKind::NoKey),
        (
            &[Bag::Certificate(&one.certificate, None)],
            LoadErrorKind::NoKey,
        ),
        (&[Bag::Key(&one.key, None)], LoadErrorKind::NoCertificate),
        (
            &[
                Bag::Key(&one.key, None),
                Bag::Certificate(&two.certificate, None),
            ],
            LoadErrorKind::KeyDoesNotFit,
        ),
        (
            &[key, Bag::Certificate(&rsa.certificate, None)],
            LoadErrorKind::KeyDoesNotFit,
        ),
    ];
    for (bags, expected) in cases {
        let refusal = load(&pfx::plain(bags), "").unwrap_err();
        assert_eq!(refusal.kind(), expected, "{refusal}");
        assert!(refusal.to_string().starts_with(AT), "{refusal}");
    }
}

#[test]
fn what_is_not_pkcs12_is_distinguished_from_what_ends_early() {
    let client = self_signed_client();
    let bytes = pfx::ordinary(&client, &[]);
    let pem = client.certificate.to_pem().unwrap();
    let base64 = openssl::base64::encode_block(&bytes);
    let wrong = |found| LoadErrorKind::WrongFormat {
        expected: Form::Pkcs12,
        found,
    };
    let (half, but_one) = (&bytes[..bytes.len() / 2], &bytes[..bytes.len() - 1]);
    let cases: [(&[u8], LoadErrorKind, &str); 8] = [
        (b"", wrong(Found::Nothing), "found nothing"),
        (b" \n", wrong(Found::Nothing), "found nothing"),
        (b"hello", wrong(Found::Other), "other bytes"),
        (&pem, wrong(Found::Pem), "found PEM text"),
        (base64.as_bytes(), wrong(Found::Base64), "found base64 text"),
        (&der(&client), wrong(Found::Other), "other bytes"),
        (half, LoadErrorKind::Truncated, "ends early"),
        (but_one, LoadErrorKind::Truncated, "ends early"),
    ];
    for (bytes, expected, part) in cases {
        let refusal = load(bytes, PASSWORD).unwrap_err();
        assert_eq!(refusal.kind(), expected, "{refusal}");
        assert!(refusal.to_string().contains(part), "{refusal}");
    }
}

#[test]
fn no_prefix_and_no_flipped_bit_makes_the_loader_panic() {
    let client = self_signed_client();
    let bags = [
        Bag::Key(&client.key, Some("ours")),
        Bag::Certificate(&client.certificate, Some("ours")),
    ];
    let bytes = pfx::plain(&bags);
    for length in 0..bytes.len() {
        assert!(load(&bytes[..length], "").is_err(), "{length}");
    }
    let mut loaded = 0;
    for position in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[position / 8] ^= 1 << (position % 8);
        loaded += usize::from(load(&flipped, "").is_ok());
    }
    assert!(loaded < bytes.len() * 8, "some flip must be noticed");
}

#[test]
fn a_flipped_bit_under_an_integrity_check_is_refused() {
    let client = self_signed_client();
    let bytes = pfx::made(&client, &[], PASSWORD, |builder| {
        builder.key_iter(1).mac_iter(1);
    });
    let middle = bytes.len() / 2;
    for bit in 0..8 {
        let mut flipped = bytes.clone();
        flipped[middle] ^= 1 << bit;
        assert!(load(&flipped, PASSWORD).is_err());
    }
}

#[test]
fn pem_text_that_does_not_load_says_why() {
    let client = self_signed_client();
    let other = self_signed_client();
    let text = |parts: &[Vec<u8>]| String::from_utf8(parts.concat()).unwrap();
    let certificate = client.certificate.to_pem().unwrap();
    let key = client.key.private_key_to_pem_pkcs8().unwrap();
    let aes = Cipher::aes_256_cbc();
    let locked = client.key.private_key_to_pem_pkcs8_passphrase(aes, b"x");
    let old_locked = client
        .key
        .ec_key()
        .unwrap()
        .private_key_to_pem_passphrase(aes, b"x");
    let damaged = text(&[certificate.clone(), key.clone()]).replace("KEY-----\nMI", "KEY-----\nXX");
    let cases = [
        (
            "nothing".to_owned(),
            LoadErrorKind::WrongFormat {
                expected: Form::Pem,
                found: Found::Other,
            },
        ),
        (
            text(std::slice::from_ref(&certificate)),
            LoadErrorKind::NoKey,
        ),
        (
            text(std::slice::from_ref(&key)),
            LoadErrorKind::NoCertificate,
        ),
        (
            text(&[key.clone(), other.certificate.to_pem().unwrap()]),
            LoadErrorKind::KeyDoesNotFit,
        ),
        (
            text(&[certificate.clone(), locked.unwrap()]),
            LoadErrorKind::WrongPassword,
        ),
        (
            text(&[certificate.clone(), old_locked.unwrap()]),
            LoadErrorKind::WrongPassword,
        ),
        (damaged, LoadErrorKind::Damaged),
        (
            text(&[certificate, key[..key.len() - 10].to_vec()]),
            LoadErrorKind::Truncated,
        ),
    ];
    for (text, expected) in cases {
        let refusal = Identity::from_pem("p.pem", &text, &Password::none(), None).unwrap_err();
        assert_eq!(refusal.kind(), expected, "{refusal}");
    }
}

#[test]
fn a_password_with_a_nul_is_a_password() {
    let client = self_signed_client();
    let bytes = pfx::ordinary(&client, &[]);
    assert_eq!(kind(load(&bytes, "Pa\0")), LoadErrorKind::WrongPassword);
}
