//! Files that ask for more work than any file may: each is refused before the work, and the refusal names what the
//! file asks for and the limit.

use std::time::{Duration, Instant};

use outbound_mtls::{Identity, LoadError, LoadErrorKind, Password};

use crate::loader::load;
use test_support::hierarchy::self_signed_client;
use test_support::pfx::{self, Bag, Kdf};

/// A refusal takes this long at most: it is before the work.
const AT_ONCE: Duration = Duration::from_secs(1);

const LIMIT: &str = "15000000";

fn refused_at_once(name: &str, bytes: &[u8], found: &str) {
    for password in ["", "x", "p\u{E4}ss"] {
        let begun = Instant::now();
        let refusal = load(bytes, password).unwrap_err();
        let took = begun.elapsed();
        assert_eq!(
            refusal.kind(),
            LoadErrorKind::TooCostly,
            "{name}: {refusal}"
        );
        let text = refusal.to_string();
        assert!(text.contains(found), "{name}: {found} in {text}");
        assert!(took < AT_ONCE, "{name}: {took:?}");
    }
}

/// Shrouded keys under these parameters, in a plain safe without an integrity check.
fn keys(kdfs: &[Kdf]) -> Vec<u8> {
    let bags: Vec<Bag<'_>> = kdfs.iter().map(|kdf| Bag::Locked(*kdf, &[0; 64])).collect();
    pfx::plain(&bags)
}

const BOMB: u64 = 1 << 31;

#[test]
fn one_derivation_beyond_the_limit_is_refused_wherever_it_is() {
    let contents = pfx::authenticated_safe(&[]);
    let mac = |iterations| pfx::archive(&contents, &pfx::mac_data(&[0; 32], &[1; 8], iterations));
    let pbmac1 = |iterations| pfx::archive(&contents, &pfx::pbmac1_data(&[0; 32], iterations));
    let safe = |kdf| pfx::archive(&pfx::encrypted_safe(kdf, &[0; 64]), &[]);
    let scrypt = |n, r, p| Kdf::Scrypt { n, r, p };
    for iterations in [7_500_001, BOMB, u64::from(u32::MAX), 1 << 40, u64::MAX] {
        let found = iterations.to_string();
        for (name, bytes) in [
            ("integrity check", mac(iterations)),
            ("PBMAC1", pbmac1(iterations)),
            ("key, PBKDF2", keys(&[Kdf::Pbkdf2 { iterations }])),
            ("key, RFC 7292", keys(&[Kdf::Pkcs12 { iterations }])),
            ("safe, PBKDF2", safe(Kdf::Pbkdf2 { iterations })),
            ("safe, RFC 7292", safe(Kdf::Pkcs12 { iterations })),
        ] {
            refused_at_once(name, &bytes, &format!("{found} iterations"));
            refused_at_once(name, &bytes, LIMIT);
            refused_at_once(name, &pfx::indefinite(&bytes), &found);
        }
    }
    for (kdf, found) in [
        (scrypt(1 << 15, 8, 16), "N=32768, r=8, p=16"),
        (scrypt(2, 8, 1 << 20), "p=1048576"),
        (scrypt(1 << 31, 8, 1), "N=2147483648"),
        (scrypt(1 << 17, 8, 1), "128 MiB of memory, expected 64 MiB"),
        (scrypt(u64::MAX, u64::MAX, u64::MAX), "scrypt"),
    ] {
        refused_at_once("scrypt key", &keys(&[kdf]), found);
        refused_at_once("scrypt safe", &safe(kdf), found);
    }
}

#[test]
fn parts_below_the_limit_are_refused_for_their_sum() {
    let mixed = |count: usize| -> Vec<Kdf> {
        let scrypt = Kdf::Scrypt {
            n: 1 << 14,
            r: 8,
            p: 1,
        };
        let pbkdf2 = Kdf::Pbkdf2 {
            iterations: 300_000,
        };
        let pkcs12 = Kdf::Pkcs12 { iterations: 50_000 };
        [scrypt, pbkdf2, pkcs12].repeat(count)
    };
    refused_at_once("mixed", &keys(&mixed(10)), "scrypt with N=16384, r=8, p=1");
    let many = vec![Kdf::Pbkdf2 { iterations: 10_000 }; 900];
    refused_at_once("900 keys", &keys(&many), "10000 iterations");
    refused_at_once("900 keys", &keys(&many), LIMIT);
    // The check alone, and the keys alone, are within the limit.
    let bags = [Bag::Locked(
        Kdf::Pbkdf2 {
            iterations: 5_000_000,
        },
        &[0; 64],
    )];
    let contents = pfx::authenticated_safe(&bags);
    let mac = pfx::mac_data(&[0; 32], &[1; 8], 2_000_000);
    refused_at_once(
        "check and key",
        &pfx::archive(&contents, &mac),
        "iterations",
    );
}

#[test]
fn a_salt_that_fills_the_file_is_counted_too() {
    let contents = pfx::authenticated_safe(&[]);
    let salt = vec![0; (1 << 20) - 1_000];
    let cheap = pfx::archive(&contents, &pfx::mac_data(&[0; 32], &salt, 1));
    let begun = Instant::now();
    let refusal = load(&cheap, "").unwrap_err();
    assert_eq!(refusal.kind(), LoadErrorKind::WrongPassword, "{refusal}");
    assert!(begun.elapsed() < AT_ONCE);
    let dear = pfx::mac_data(&[0; 32], &salt, 3_749_000);
    refused_at_once("salt", &pfx::archive(&contents, &dear), "3749000");
}

/// What an encrypted safe hides is seen only when it has been opened: then the rest of the budget counts.
#[test]
fn what_is_hidden_under_encryption_spends_the_same_budget() {
    let password = b"x";
    let kdf = Kdf::Pbkdf2 { iterations: 1_000 };
    let hidden: Vec<Bag<'_>> = (0..999)
        .map(|_| {
            Bag::Locked(
                Kdf::Pbkdf2 {
                    iterations: 100_000,
                },
                &[0; 64],
            )
        })
        .collect();
    let bytes = pfx::archive(
        &pfx::encrypted_safe(kdf, &aes(password, 1_000, &pfx::safe(&hidden))),
        &[],
    );
    let refusal = load(&bytes, "x").unwrap_err();
    // The first of them does not decrypt under the password, so the file is refused there.
    assert_eq!(refusal.kind(), LoadErrorKind::WrongPassword, "{refusal}");
    let client = self_signed_client();
    let key = client.key.private_key_to_pkcs8().unwrap();
    let ciphertext = aes(password, 1_000_000, &key);
    let hidden: Vec<Bag<'_>> = (0..20)
        .map(|_| {
            Bag::Locked(
                Kdf::Pbkdf2 {
                    iterations: 1_000_000,
                },
                &ciphertext,
            )
        })
        .collect();
    let bytes = pfx::archive(
        &pfx::encrypted_safe(kdf, &aes(password, 1_000, &pfx::safe(&hidden))),
        &[],
    );
    let refusal = load(&bytes, "x").unwrap_err();
    assert_eq!(refusal.kind(), LoadErrorKind::TooCostly, "{refusal}");
    assert!(
        refusal.to_string().contains("1000000 iterations"),
        "{refusal}"
    );
}

fn aes(password: &[u8], iterations: usize, plain: &[u8]) -> Vec<u8> {
    let mut key = [0; 32];
    let digest = openssl::hash::MessageDigest::sha256();
    openssl::pkcs5::pbkdf2_hmac(password, &pfx::SALT, iterations, digest, &mut key).unwrap();
    let cipher = openssl::symm::Cipher::aes_256_cbc();
    openssl::symm::encrypt(cipher, &key, Some(&pfx::IV), plain).unwrap()
}

#[test]
fn keys_in_pem_have_the_same_budget() {
    let read = |kdfs: &[Kdf]| -> LoadError {
        let blocks = kdfs.iter().map(|kdf| {
            let der = kdf.encrypted(&[0; 64]);
            let base64 = openssl::base64::encode_block(&der);
            format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{base64}\n-----END ENCRYPTED PRIVATE KEY-----\n")
        });
        let text: String = blocks.collect();
        let begun = Instant::now();
        let refusal = Identity::from_pem("p.pem", &text, &Password::none(), None).unwrap_err();
        assert!(begun.elapsed() < AT_ONCE);
        refusal
    };
    let cases: [(Vec<Kdf>, &str); 3] = [
        (
            vec![Kdf::Pbkdf2 { iterations: BOMB }],
            "2147483648 iterations",
        ),
        (
            vec![Kdf::Scrypt {
                n: 1 << 15,
                r: 8,
                p: 16,
            }],
            "N=32768",
        ),
        (
            vec![Kdf::Pbkdf2 { iterations: 10_000 }; 900],
            "10000 iterations",
        ),
    ];
    for (kdfs, found) in cases {
        let refusal = read(&kdfs);
        assert_eq!(refusal.kind(), LoadErrorKind::TooCostly, "{refusal}");
        let text = refusal.to_string();
        assert!(text.contains(found) && text.contains(LIMIT), "{text}");
    }
}

/// What strong settings of today's tools ask for must stay within the limit, under every encoding of a password.
#[test]
fn six_hundred_thousand_iterations_everywhere_are_within_the_limit() {
    let client = self_signed_client();
    for password in ["", "p\u{E4}ss"] {
        let bytes = pfx::made(&client, &[], password, |builder| {
            builder.key_iter(600_000).mac_iter(600_000);
            builder.mac_md(openssl::hash::MessageDigest::sha512());
        });
        load(&bytes, password).unwrap();
        assert!(load(&bytes, "wrong").is_err());
    }
}

#[test]
fn a_thousand_certificates_of_one_name_and_a_hundred_keys_take_no_time() {
    let roots: Vec<_> = (0..400)
        .map(|_| test_support::hierarchy::root("One Name"))
        .collect();
    let mut bags: Vec<Bag<'_>> = roots
        .iter()
        .map(|root| Bag::Certificate(&root.certificate, None))
        .collect();
    bags.extend(roots.iter().take(99).map(|root| Bag::Key(&root.key, None)));
    let bytes = pfx::plain(&bags);
    let begun = Instant::now();
    let refusal = load(&bytes, "").unwrap_err();
    assert_eq!(refusal.kind(), LoadErrorKind::SeveralIdentities);
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
}
