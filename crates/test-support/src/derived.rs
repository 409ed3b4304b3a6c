//! PKCS#12 files whose keys another implementation derives: the `openssl` program.

use std::process::Command;

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use openssl::symm::{self, Cipher};

use crate::hierarchy::Issued;
use crate::pfx::{Bag, Kdf, SALT, archive, encrypted_safe, mac_data, safe};

/// No password as some programs encode it: no bytes at all.
pub const ABSENT: &str = "";

/// The empty password as RFC 7292, appendix B.1, encodes it: its terminator alone.
pub const EMPTY: &str = "0000";

/// A file with key and certificate, its integrity check under one encoding of a password and its contents under another,
/// both in hexadecimal; nothing without an `openssl` that has PKCS12KDF.
pub fn pfx(issued: &Issued, of_check: &str, of_contents: &str) -> Option<Vec<u8>> {
    let contents = triple_des_contents(issued, of_contents)?;
    let key = derived_by_openssl(of_check, 3, 32, "SHA256")?;
    let mac = mac_data(&hmac(&key, &contents), &SALT, 2048);
    Some(archive(&contents, &mac))
}

/// A safe with key and certificate, encrypted with what the `openssl` program derives.
fn triple_des_contents(issued: &Issued, password_hex: &str) -> Option<Vec<u8>> {
    let plain = safe(&[
        Bag::Key(&issued.key, None),
        Bag::Certificate(&issued.certificate, None),
    ]);
    let key = derived_by_openssl(password_hex, 1, 24, "SHA1")?;
    let iv = derived_by_openssl(password_hex, 2, 8, "SHA1")?;
    let cipher = Cipher::des_ede3_cbc();
    let ciphertext = symm::encrypt(cipher, &key, Some(&iv), &plain).unwrap();
    let kdf = Kdf::Pkcs12 { iterations: 2048 };
    Some(encrypted_safe(kdf, &ciphertext))
}

/// Bytes that the `openssl` program derives from [`SALT`] in 2048 iterations, an implementation apart from ours.
fn derived_by_openssl(
    password_hex: &str,
    purpose: u8,
    length: usize,
    digest: &str,
) -> Option<Vec<u8>> {
    let options = [
        format!("digest:{digest}"),
        format!("hexpass:{password_hex}"),
        "hexsalt:0102030405060708".to_owned(),
        "iter:2048".to_owned(),
        format!("id:{purpose}"),
    ];
    let mut command = Command::new("openssl");
    command.args(["kdf", "-binary", "-keylen", &length.to_string()]);
    for option in options {
        command.args(["-kdfopt", &option]);
    }
    let output = command.arg("PKCS12KDF").output().ok()?;
    (output.status.success() && output.stdout.len() == length).then_some(output.stdout)
}

/// HMAC-SHA-256.
pub fn hmac(key: &[u8], contents: &[u8]) -> Vec<u8> {
    let key = PKey::hmac(key).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    signer.update(contents).unwrap();
    signer.sign_to_vec().unwrap()
}
