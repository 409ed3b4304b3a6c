//! PKCS#12 files: as OpenSSL makes them, and written by hand where it cannot.

use std::sync::Mutex;

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::{Pkcs12, Pkcs12Builder};
use openssl::pkey::{PKey, Private};
use openssl::provider::Provider;
use openssl::stack::Stack;
use openssl::symm::Cipher;
use openssl::x509::X509;

use crate::hierarchy::Issued;

pub const PASSWORD: &str = "Pa@@word123";

/// OpenSSL's own form, AES-256 and SHA-256, with further certificates.
pub fn ordinary(issued: &Issued, others: &[X509]) -> Vec<u8> {
    made(issued, others, PASSWORD, |_| {})
}

/// OpenSSL's form with changes.
pub fn made(
    issued: &Issued,
    others: &[X509],
    password: &str,
    change: impl FnOnce(&mut Pkcs12Builder),
) -> Vec<u8> {
    let mut builder = Pkcs12::builder();
    let mut pool = Stack::new().unwrap();
    for certificate in others {
        pool.push(certificate.clone()).unwrap();
    }
    builder
        .name("ours")
        .pkey(&issued.key)
        .cert(&issued.certificate)
        .ca(pool);
    change(&mut builder);
    builder.build2(password).unwrap().to_der().unwrap()
}

/// Held while old ciphers are switched on in this process, and by whoever must know that they are off.
pub static LEGACY: Mutex<()> = Mutex::new(());

/// OpenSSL's form with the certificates under an old cipher, as Windows and OpenSSL used to write it.
pub fn made_with_old(issued: &Issued, others: &[X509], password: &str, old: Nid) -> Vec<u8> {
    let _lock = LEGACY.lock().unwrap();
    let _legacy = Provider::try_load(None, "legacy", true).unwrap();
    made(issued, others, password, |builder| {
        triple_des(builder);
        builder.cert_algorithm(old);
    })
}

/// What Windows exports: triple DES and SHA-1.
pub fn triple_des(builder: &mut Pkcs12Builder) {
    let nid = Nid::PBE_WITHSHA1AND3_KEY_TRIPLEDES_CBC;
    builder.key_algorithm(nid).cert_algorithm(nid);
    builder.mac_md(MessageDigest::sha1());
}

/// One entry of a file written by hand.
pub enum Bag<'a> {
    Key(&'a PKey<Private>, Option<&'a str>),
    ShroudedKey(&'a PKey<Private>, Option<&'a str>),
    Certificate(&'a X509, Option<&'a str>),
    Inner(Vec<Bag<'a>>),
}

/// A file without encryption around its bags, and without an integrity check.
pub fn plain(bags: &[Bag<'_>]) -> Vec<u8> {
    archive(&authenticated_safe(bags), &[])
}

/// The contents that the integrity check of a file covers.
pub fn authenticated_safe(bags: &[Bag<'_>]) -> Vec<u8> {
    let safe = sequence(&[safe_contents(bags)]);
    sequence(&[data(&safe)])
}

/// A file around contents, with an integrity check if one is given.
pub fn archive(authenticated_safe: &[u8], mac: &[u8]) -> Vec<u8> {
    sequence(&[tlv(0x02, &[3]), data(authenticated_safe), mac.to_vec()])
}

/// The same value as old tools write it: without lengths, and long octet strings in pieces.
pub fn indefinite(value: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    let mut rest = value;
    while let [tag, 0x84, a, b, c, d, body @ ..] = rest {
        let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap();
        let (contents, after) = body.split_at(length);
        rest = after;
        match tag {
            0x04 if length > 16 => {
                written.extend([0x24, 0x80]);
                contents
                    .chunks(100)
                    .for_each(|piece| written.extend(tlv(0x04, piece)));
                written.extend([0, 0]);
            }
            tag if tag & 0x20 != 0 => {
                written.extend([*tag, 0x80]);
                written.extend(indefinite(contents));
                written.extend([0, 0]);
            }
            tag => written.extend(tlv(*tag, contents)),
        }
    }
    assert!(rest.is_empty(), "only what tlv wrote");
    written
}

/// `MacData` with SHA-256.
pub fn mac_data(value: &[u8], salt: &[u8], iterations: u32) -> Vec<u8> {
    let algorithm = sequence(&[oid("608648016503040201"), vec![0x05, 0x00]]);
    let info = sequence(&[algorithm, tlv(0x04, value)]);
    let mut number = vec![0];
    number.extend(iterations.to_be_bytes());
    sequence(&[info, tlv(0x04, salt), tlv(0x02, &number)])
}

fn safe_contents(bags: &[Bag<'_>]) -> Vec<u8> {
    bags.iter().flat_map(bag).collect()
}

fn bag(bag: &Bag<'_>) -> Vec<u8> {
    let (kind, value, name) = match bag {
        Bag::Key(key, name) => (1, key.private_key_to_pkcs8().unwrap(), name),
        Bag::ShroudedKey(key, name) => {
            let cipher = Cipher::aes_256_cbc();
            let value = key.private_key_to_pkcs8_passphrase(cipher, PASSWORD.as_bytes());
            (2, value.unwrap(), name)
        }
        Bag::Certificate(certificate, name) => {
            let value = tlv(0xA0, &tlv(0x04, &certificate.to_der().unwrap()));
            (3, sequence(&[oid("2a864886f70d01091601"), value]), name)
        }
        Bag::Inner(bags) => (6, sequence(&[safe_contents(bags)]), &None),
    };
    let kind = oid(&format!("2a864886f70d010c0a01{kind:02x}"));
    sequence(&[
        kind,
        tlv(0xA0, &value),
        name.map(friendly_name).unwrap_or_default(),
    ])
}

fn friendly_name(name: &str) -> Vec<u8> {
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let value = tlv(0x31, &tlv(0x1E, &units));
    tlv(0x31, &sequence(&[oid("2a864886f70d010914"), value]))
}

fn data(bytes: &[u8]) -> Vec<u8> {
    sequence(&[oid("2a864886f70d010701"), tlv(0xA0, &tlv(0x04, bytes))])
}

fn oid(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect();
    tlv(0x06, &bytes)
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = u32::try_from(contents.len()).unwrap().to_be_bytes();
    [&[tag, 0x84], &length[..], contents].concat()
}
