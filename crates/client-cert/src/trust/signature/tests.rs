//! Every key beside every signature: each verifies its own, by the algorithms that are its own.

use openssl::hash::MessageDigest;
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Signer};
use test_support::{Key, KeyKind, key};

use super::*;

const MESSAGE: &[u8] = b"to be signed";

/// The encoding of a SubjectPublicKeyInfo, and what can be verified with it.
fn read(info: &[u8]) -> Option<VerifyingKey> {
    let (_, parsed) = SubjectPublicKeyInfo::from_der(info).unwrap();
    VerifyingKey::read(&PublicKey::new(&parsed), info)
}

/// The same RSA key under the identifier of RSASSA-PSS.
fn under_pss(info: &[u8]) -> Vec<u8> {
    let rsa = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    let place = info.windows(rsa.len()).position(|part| part == rsa);
    let mut info = info.to_vec();
    info[place.unwrap() + rsa.len() - 1] = 0x0a;
    info
}

fn openssl_digest(hash: Hash) -> MessageDigest {
    match hash {
        Hash::Sha256 => MessageDigest::sha256(),
        Hash::Sha384 => MessageDigest::sha384(),
        Hash::Sha512 => MessageDigest::sha512(),
    }
}

/// A signature of the message, by OpenSSL.
fn sign(key: &Key, algorithm: &SignatureAlgorithm) -> Vec<u8> {
    let mut signer = match algorithm {
        SignatureAlgorithm::RsaPkcs1(hash)
        | SignatureAlgorithm::RsaPss(hash)
        | SignatureAlgorithm::Ecdsa(hash) => Signer::new(openssl_digest(*hash), key).unwrap(),
        SignatureAlgorithm::Ed25519 => Signer::new_without_digest(key).unwrap(),
        SignatureAlgorithm::Unsupported { .. } => return Vec::new(),
    };
    if let SignatureAlgorithm::RsaPss(_) = algorithm {
        signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
        let salt = RsaPssSaltlen::DIGEST_LENGTH;
        signer.set_rsa_pss_saltlen(salt).unwrap();
    }
    signer.sign_oneshot_to_vec(MESSAGE).unwrap()
}

#[test]
fn a_key_verifies_its_own_signatures_by_its_own_algorithms() {
    use Hash::{Sha256, Sha384, Sha512};
    use SignatureAlgorithm::{Ecdsa, Ed25519, RsaPkcs1, RsaPss};
    let hashes = [Sha256, Sha384, Sha512];
    let rsa = key(KeyKind::Rsa2048);
    let curves = [KeyKind::P256, KeyKind::P384, KeyKind::P521].map(key);
    let edwards = key(KeyKind::Ed25519);
    let unsupported = SignatureAlgorithm::Unsupported {
        found: "sha1WithRSAEncryption".to_owned(),
    };
    let mut signatures = vec![("Ed25519", &edwards, Ed25519), ("any", &rsa, unsupported)];
    for hash in hashes {
        signatures.push(("RSA", &rsa, RsaPkcs1(hash)));
        signatures.push(("RSA", &rsa, RsaPss(hash)));
        for (curve, key) in ["P-256", "P-384", "P-521"].into_iter().zip(&curves) {
            signatures.push((curve, key, Ecdsa(hash)));
        }
    }
    let info = |key: &Key| key.public_key_to_der().unwrap();
    let keys = [
        ("RSA", info(&rsa)),
        ("RSASSA-PSS", under_pss(&info(&rsa))),
        ("P-256", info(&curves[0])),
        ("P-384", info(&curves[1])),
        ("P-521", info(&curves[2])),
        ("Ed25519", info(&edwards)),
    ];
    for (by, signer, algorithm) in &signatures {
        let signature = sign(signer, algorithm);
        for (name, info) in &keys {
            let expected = match (*name, algorithm) {
                (_, SignatureAlgorithm::Unsupported { .. }) => Err(SignatureError::Algorithm),
                ("P-256" | "P-384", Ecdsa(Sha512)) => Err(SignatureError::Algorithm),
                ("RSASSA-PSS", RsaPss(_)) => Ok(()),
                (name, _) if name == *by => Ok(()),
                _ => Err(SignatureError::OtherKey),
            };
            let key = read(info).unwrap();
            let verify = |message| {
                key.verify(Signed {
                    algorithm,
                    message,
                    signature: &signature,
                })
            };
            let what = format!("{name} beside {algorithm} by {by}");
            assert_eq!(verify(MESSAGE), expected, "{what}");
            let of_another = expected.and(Err(SignatureError::OtherKey));
            assert_eq!(verify(b"something else"), of_another, "{what}, changed");
        }
    }
}

#[test]
fn a_key_is_one_that_can_verify() {
    let read_kind = |kind: KeyKind| read(&key(kind).public_key_to_der().unwrap());
    for (kind, cost) in [
        (KeyKind::Rsa1024, None),
        (KeyKind::Rsa2048, Some(32)),
        (KeyKind::P256, Some(60)),
        (KeyKind::P256Explicit, None),
        (KeyKind::P384, Some(800)),
        (KeyKind::P521, Some(1000)),
        (KeyKind::Secp256k1, None),
        (KeyKind::Ed25519, Some(60)),
        (KeyKind::Ed448, None),
    ] {
        let found = read_kind(kind).map(|key| key.cost());
        assert_eq!(found, cost, "{kind:?}");
    }
    assert!(matches!(
        read(&under_pss(
            &key(KeyKind::Rsa2048).public_key_to_der().unwrap()
        )),
        Some(VerifyingKey::RsaPss(_))
    ));
}
