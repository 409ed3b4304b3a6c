//! A caller's certificate, changed at random: signed again by its issuer, or left with a signature that is now wrong.

use client_cert::{Certificate, CommonName};
use openssl::pkey::{Id, PKey};
use openssl::sign::Signer;
use test_support::{Issued, KeyKind, Shape};

use super::judges::{NAME, Ours, openssl_accepts};
use super::random::Random;

/// How many changed certificates of each kind are judged.
const ROUNDS: usize = 6000;

/// A hierarchy whose end entity and its signature are the same bytes in every run.
struct Base {
    root: Issued,
    issuer: Issued,
    /// tbsCertificate.
    signed: Vec<u8>,
}

/// AlgorithmIdentifier of Ed25519.
const ED25519: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70";

impl Base {
    fn new() -> Self {
        let root = Shape::authority("Root").self_signed();
        let key = |byte| PKey::private_key_from_raw_bytes(&[byte; 32], Id::ED25519).unwrap();
        let issuer = root.issue_for(ed25519(Shape::authority("Issuer")), key(1));
        let leaf = Shape {
            dns: vec![NAME.to_owned()],
            basic_constraints: Some(false),
            extensions: vec![
                ("2.5.29.35", false, b"\x30\x06\x80\x04abcd".to_vec()),
                (
                    "2.5.29.32",
                    false,
                    b"\x30\x06\x30\x04\x06\x02\x2a\x03".to_vec(),
                ),
                ("1.2.3.4.5", false, b"\x04\x03abc".to_vec()),
            ],
            ..Shape::caller("Jane Doe")
        };
        let leaf = issuer.issue_for(ed25519(leaf), key(2)).der();
        let (outer, _) = header(&leaf);
        let (inner, length) = header(&leaf[outer..]);
        let mut signed = leaf[outer..outer + inner + length].to_vec();
        // The serial number is a random one of eight octets, which follows the version.
        let serial = signed
            .windows(2)
            .position(|bytes| bytes[0] == 2 && (8..10).contains(&bytes[1]));
        let serial = serial.unwrap();
        let length = usize::from(signed[serial + 1]);
        signed.splice(serial..serial + 2 + length, *b"\x02\x03\x01\x02\x03");
        let change = u16::try_from(length - 3).unwrap();
        let total = u16::from_be_bytes([signed[2], signed[3]]) - change;
        signed[2..4].copy_from_slice(&total.to_be_bytes());
        Self {
            root,
            issuer,
            signed,
        }
    }

    fn certificate(&self, signed: &[u8], over: &[u8]) -> Vec<u8> {
        let mut signer = Signer::new_without_digest(&self.issuer.key).unwrap();
        let signature = signer.sign_oneshot_to_vec(over).unwrap();
        let content = [signed, ED25519, b"\x03\x41\x00", &signature].concat();
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[0x30, 0x82][..], &length, &content].concat()
    }
}

fn ed25519(shape: Shape) -> Shape {
    Shape {
        key: KeyKind::Ed25519,
        ..shape
    }
}

/// The lengths of the header of an element and of its content.
fn header(der: &[u8]) -> (usize, usize) {
    match der[1] {
        0x82 => (4, usize::from(u16::from_be_bytes([der[2], der[3]]))),
        0x81 => (3, usize::from(der[2])),
        short => (2, usize::from(short)),
    }
}

/// One to three small changes.
fn changed(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..=random.below(3) {
        let place = random.below(changed.len());
        match random.below(5) {
            0 | 1 => changed[place] ^= 1 << random.below(8),
            2 => changed[place] = random.byte(),
            3 => changed[place] = random.pick(&[0, 1, 2, 3, 4, 5, 6, 12, 0x30, 0x31, 0x80, 0xff]),
            // A length or a tag that moves: two octets change places.
            _ => {
                let other = random.below(changed.len());
                changed.swap(place, other);
            }
        }
    }
    changed
}

/// Why this crate refuses what OpenSSL takes, by how the reason begins.
const STRICTER: [(&str, &str); 7] = [
    (
        "not listed",
        "OpenSSL compares no name: the certificate has another one",
    ),
    (
        "expected the DER encoding of a certificate, found: an element in the place of another",
        "OpenSSL takes constructed elements with a primitive tag",
    ),
    (
        "expected the DER encoding of a certificate, found: Parsing Error: InvalidVersion",
        "OpenSSL takes versions that X.509 does not have",
    ),
    (
        "expected the DER encoding of a certificate, found: Parsing Error: InvalidSPKI",
        "OpenSSL takes keys that are no whole number of octets",
    ),
    (
        "expected readable extensions, found 2.5.29.",
        "OpenSSL takes encodings that are no DER: constructed elements with a primitive tag, superfluous bits",
    ),
    (
        "expected a verified path to a trust anchor, found a certificate that is not X.509 version 3",
        "OpenSSL takes extensions in versions that have none",
    ),
    (
        "expected a verified path to a trust anchor, found a path with an extension about certificate policies that cannot be read",
        "OpenSSL does not look at policies unless it is asked to",
    ),
];

/// Why this crate takes what OpenSSL refuses: parts of the certificate that decide nothing here.
fn lax(der: &[u8]) -> bool {
    let certificate = Certificate::parse(der).unwrap();
    let extensions = certificate.extensions();
    // An authorityKeyIdentifier says which key to try first; whether it can be read, or is right, changes no verdict.
    let identifier = extensions.authority_key_identifier.as_ref();
    let hint = identifier.is_none_or(|identifier| *identifier.0 != *b"abcd");
    // A common name that is no text in its encoding is no name, and the certificate is listed by another one.
    let unreadable = certificate.subject().common_name() != CommonName::One("Jane Doe");
    hint || unreadable
}

#[test]
fn a_changed_certificate_that_is_signed_again_is_judged_as_openssl_does() {
    let base = Base::new();
    let [anchors, intermediates] = [[base.root.der()], [base.issuer.der()]];
    let ours = Ours::new(&anchors, &intermediates).unwrap();
    let original = base.certificate(&base.signed, &base.signed);
    assert_eq!(ours.accepts(&original), Ok(()));
    assert_eq!(openssl_accepts(&anchors, &intermediates, &original), Ok(()));
    let mut random = Random::new(1);
    let (mut both, mut unexplained) = (0, std::collections::BTreeMap::new());
    for round in 0..ROUNDS {
        let signed = changed(&base.signed, &mut random);
        let der = base.certificate(&signed, &signed);
        let theirs = openssl_accepts(&anchors, &intermediates, &der);
        let difference = match (ours.accepts(&der), theirs) {
            (Ok(()), Ok(())) => {
                both += 1;
                continue;
            }
            (Err(_), Err(_)) => continue,
            (Err(reason), Ok(())) if explained(&STRICTER, &reason) => continue,
            (Ok(()), Err(_)) if lax(&der) => continue,
            (Err(reason), Ok(())) => format!("refused, and OpenSSL takes it: {reason}"),
            (Ok(()), Err(error)) => format!("admitted, and OpenSSL says: {error}"),
        };
        unexplained
            .entry(difference)
            .or_insert_with(|| (round, test_support::hex(&der)));
    }
    println!("{ROUNDS} certificates, {both} of which both take");
    assert!(both > 50, "changes are small enough to be taken");
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}

fn explained(rules: &[(&str, &str)], reason: &str) -> bool {
    rules.iter().any(|(start, _)| reason.starts_with(start))
}

#[test]
fn a_changed_certificate_is_refused_under_its_old_signature() {
    let base = Base::new();
    let ours = Ours::new(&[base.root.der()], &[base.issuer.der()]).unwrap();
    let mut random = Random::new(2);
    for round in 0..ROUNDS {
        let signed = changed(&base.signed, &mut random);
        if signed == base.signed {
            continue;
        }
        let der = base.certificate(&signed, &base.signed);
        assert!(
            ours.accepts(&der).is_err(),
            "round {round}: {}",
            test_support::hex(&der)
        );
        let whole = base.certificate(&base.signed, &base.signed);
        let der = changed(&whole, &mut random);
        assert!(
            der == whole || ours.accepts(&der).is_err(),
            "round {round}: {}",
            test_support::hex(&der)
        );
    }
}

#[test]
fn whatever_is_no_certificate_is_refused_without_a_panic() {
    let base = Base::new();
    let ours = Ours::new(&[base.root.der()], &[base.issuer.der()]).unwrap();
    let whole = base.certificate(&base.signed, &base.signed);
    let mut random = Random::new(3);
    for _ in 0..ROUNDS {
        let cut = whole.get(..random.below(whole.len())).unwrap();
        assert!(ours.accepts(cut).is_err());
        let noise: Vec<u8> = (0..random.below(200)).map(|_| random.byte()).collect();
        assert!(ours.accepts(&noise).is_err());
    }
}
