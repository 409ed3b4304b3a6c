//! Derived bytes against another implementation, and the table of costs.

use super::*;
use crate::Password;

/// `openssl kdf -keylen .. -kdfopt digest:.. -kdfopt hexpass:.. -kdfopt hexsalt:0102030405060708 -kdfopt iter:..
/// -kdfopt id:.. PKCS12KDF`, for the password "ab\u{E4}" and for none at all.
#[test]
fn derived_bytes_are_the_ones_that_openssl_derives() {
    let secrets = |text: &str| Secrets::of(&Password::new(text.to_owned()));
    let (word, absent) = (secrets("ab\u{E4}"), secrets(""));
    let (word, absent) = (&word.wide()[0], &absent.wide()[1]);
    let long = "13fc0a07572bb61588e13bd49f92e681b40cb88008f6deb8768abe3cac8600b6";
    let other = "4a3d64fdf1e86c5bc5c37f2eb377b6ecd82e4aa4726e2e186521e06f42e24194";
    let key = "10842be2191d91a8d4cfb76b2b91ffd2929d6075028c7e99";
    let cases = [
        (Digest::Sha1, 1, Purpose::Key, word, key),
        (Digest::Sha512, 3, Purpose::Iv, word, "3530c5159846d381"),
        (Digest::Sha256, 2048, Purpose::Mac, word, long),
        (Digest::Sha256, 2048, Purpose::Mac, absent, other),
    ];
    for (digest, iterations, purpose, secret, expected) in cases {
        let derivation = Derivation {
            function: Function::Pkcs12 { digest, iterations },
            salt: vec![1, 2, 3, 4, 5, 6, 7, 8],
        };
        let derived = derivation
            .derive(purpose, secret, expected.len() / 2)
            .unwrap();
        let hex: String = derived.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected);
    }
}

#[test]
fn blocks_are_added_with_carry() {
    let mut part = [0x00, 0xFF, 0xFF];
    add(&mut part, &[0x00, 0x00, 0x00]);
    assert_eq!(part, [0x01, 0x00, 0x00]);
    let mut part = [0xFF, 0xFF];
    add(&mut part, &[0xFF, 0xFF]);
    assert_eq!(part, [0xFF, 0xFF]);
}

#[test]
fn a_cost_counts_iterations_chunks_and_salt_and_never_overflows() {
    let (digest, iterations) = (Digest::Sha256, 1_000);
    let sha1 = Digest::Sha1;
    let scrypt = |cost, block, lanes| Function::Scrypt { cost, block, lanes };
    let table = [
        (Function::Pbkdf2 { digest, iterations }, 64, 32, 2_001),
        (Function::Pbkdf2 { digest, iterations }, 64, 33, 4_002),
        (
            Function::Pbkdf2 {
                digest: sha1,
                iterations,
            },
            64,
            32,
            4_002,
        ),
        (Function::Pkcs12 { digest, iterations }, 64, 32, 4_002),
        (
            Function::Pkcs12 {
                digest: sha1,
                iterations,
            },
            64,
            24,
            8_004,
        ),
        (
            Function::Pkcs12 {
                digest,
                iterations: 1,
            },
            1 << 20,
            32,
            32_772,
        ),
        (
            Function::Pbkdf1 {
                digest: sha1,
                iterations,
            },
            8,
            16,
            4_001,
        ),
        (scrypt(16_384, 8, 1), 0, 32, 655_360),
        (scrypt(u64::MAX, u64::MAX, 2), 8, 32, u64::MAX),
        (
            Function::Pbkdf2 {
                digest,
                iterations: u64::MAX,
            },
            8,
            99,
            u64::MAX,
        ),
        (
            Function::Pkcs12 {
                digest,
                iterations: u64::MAX,
            },
            8,
            99,
            u64::MAX,
        ),
    ];
    for (function, salt, length, expected) in table {
        let salt = vec![0; salt];
        let derivation = Derivation { function, salt };
        assert_eq!(derivation.cost(length), expected, "{derivation}");
    }
}
