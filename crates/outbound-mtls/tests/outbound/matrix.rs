//! Every protection with every integrity check, password and encoding of lengths: all load.

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12Builder;
use openssl::provider::Provider;

use crate::loader::{kind, load};
use outbound_mtls::LoadErrorKind;
use test_support::derived::{self, ABSENT, EMPTY};
use test_support::hierarchy::{Family, der, self_signed_client};
use test_support::pfx::{self, Bag, Kdf, PASSWORD};

/// Of the key and of the certificates.
const CIPHERS: [Nid; 9] = [
    Nid::AES_128_CBC,
    Nid::AES_192_CBC,
    Nid::AES_256_CBC,
    Nid::PBE_WITHSHA1AND3_KEY_TRIPLEDES_CBC,
    Nid::PBE_WITHSHA1AND2_KEY_TRIPLEDES_CBC,
    Nid::PBE_WITHSHA1AND40BITRC2_CBC,
    Nid::PBE_WITHSHA1AND128BITRC2_CBC,
    Nid::PBE_WITHSHA1AND128BITRC4,
    Nid::PBE_WITHSHA1AND40BITRC4,
];

const PASSWORDS: [&str; 5] = [
    PASSWORD,
    "",
    "p\u{E4}$$",
    "\u{20AC}\u{1F511}",
    "a long password with blanks, of more than sixty-four characters, for HMAC",
];

fn digests() -> [MessageDigest; 6] {
    [
        MessageDigest::md5(),
        MessageDigest::sha1(),
        MessageDigest::sha224(),
        MessageDigest::sha256(),
        MessageDigest::sha384(),
        MessageDigest::sha512(),
    ]
}

/// Files that OpenSSL writes, each also with indefinite lengths and constructed octet strings: 540 of them.
#[test]
fn every_cipher_check_and_password_loads_in_der_and_in_ber() {
    let family = Family::new();
    let mut count = 0;
    for (index, cipher) in CIPHERS.into_iter().enumerate() {
        let other = CIPHERS[(index + 1) % CIPHERS.len()];
        for digest in digests() {
            for password in PASSWORDS {
                let der = file(&family, password, |builder| {
                    builder.key_algorithm(other).cert_algorithm(cipher);
                    builder.mac_md(digest).key_iter(3).mac_iter(3);
                });
                for bytes in [pfx::indefinite(&der), der] {
                    let name = format!("{cipher:?} {:?} {password}", digest.type_());
                    let identity = load(&bytes, password).unwrap_or_else(|e| panic!("{name}: {e}"));
                    assert_eq!(identity.chain_der().unwrap(), family.chain_der(), "{name}");
                    let wrong = load(&bytes, "wrong").unwrap_err();
                    assert_eq!(wrong.kind(), LoadErrorKind::WrongPassword, "{name}");
                    count += 1;
                }
            }
        }
    }
    assert_eq!(count, 540);
}

fn file(family: &Family, password: &str, change: impl FnOnce(&mut Pkcs12Builder)) -> Vec<u8> {
    let _lock = pfx::LEGACY.lock().unwrap();
    let _legacy = Provider::try_load(None, "legacy", true).unwrap();
    pfx::made(&family.client, &family.intermediates(), password, change)
}

/// What OpenSSL does not write: scrypt, PBMAC1, and no check at all.
#[test]
fn scrypt_and_pbmac1_load_in_der_and_in_ber() {
    let client = self_signed_client();
    let plain = client.key.private_key_to_pkcs8().unwrap();
    for password in PASSWORDS {
        let (n, r, p) = (1 << 10, 8, 2);
        let mut key = [0; 32];
        let memory = 64 << 20;
        let secret = password.as_bytes();
        openssl::pkcs5::scrypt(secret, &pfx::SALT, n, r, p, memory, &mut key).unwrap();
        let cipher = openssl::symm::Cipher::aes_256_cbc();
        let locked = openssl::symm::encrypt(cipher, &key, Some(&pfx::IV), &plain).unwrap();
        let bags = [
            Bag::Locked(Kdf::Scrypt { n, r, p }, &locked),
            Bag::Certificate(&client.certificate, None),
        ];
        let contents = pfx::authenticated_safe(&bags);
        let digest = MessageDigest::sha256();
        openssl::pkcs5::pbkdf2_hmac(secret, &pfx::SALT, 1_000, digest, &mut key).unwrap();
        let check = pfx::pbmac1_data(&derived::hmac(&key, &contents), 1_000);
        for mac in [vec![], check] {
            let file = pfx::archive(&contents, &mac);
            for bytes in [pfx::indefinite(&file), file] {
                let identity = load(&bytes, password).unwrap_or_else(|e| panic!("{password}: {e}"));
                assert_eq!(identity.chain_der().unwrap(), [der(&client)]);
                assert_eq!(kind(load(&bytes, "wrong")), LoadErrorKind::WrongPassword);
            }
        }
    }
}

/// The two encodings of no password, one in the check and one in the contents, in every combination.
#[test]
fn no_password_loads_in_each_encoding_and_in_both_at_once() {
    let client = self_signed_client();
    for (check, of_check) in [("absent", ABSENT), ("empty", EMPTY)] {
        for (data, of_data) in [("absent", ABSENT), ("empty", EMPTY)] {
            let Some(bytes) = derived::pfx(&client, of_check, of_data) else {
                test_support::skipped("no openssl with PKCS12KDF: apt-get install openssl");
                return;
            };
            let identity = load(&bytes, "");
            let identity = identity.unwrap_or_else(|e| panic!("{check} {data}: {e}"));
            assert_eq!(identity.chain_der().unwrap(), [der(&client)]);
            assert_eq!(kind(load(&bytes, "x")), LoadErrorKind::WrongPassword);
        }
    }
}
