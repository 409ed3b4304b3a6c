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
    /// Ciphertext as it is, under parameters of any cost.
    Locked(Kdf, &'a [u8]),
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

/// The same value as old tools write it: with indefinite lengths, and long octet strings in pieces.
pub fn indefinite(value: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    let mut rest = value;
    while !rest.is_empty() {
        let (tag, contents, after) = first(rest);
        rest = after;
        match tag {
            0x04 if contents.len() > 16 => {
                written.extend([0x24, 0x80]);
                contents
                    .chunks(100)
                    .for_each(|piece| written.extend(tlv(0x04, piece)));
                written.extend([0, 0]);
            }
            tag if tag & 0x20 != 0 => {
                written.extend([tag, 0x80]);
                written.extend(indefinite(contents));
                written.extend([0, 0]);
            }
            tag => written.extend(tlv(tag, contents)),
        }
    }
    written
}

/// What the integrity check of a file covers; the file is DER.
pub fn contents_of(file: &[u8]) -> Vec<u8> {
    let (_, fields, _) = first(file);
    let (_, _, rest) = first(fields);
    let (_, info, _) = first(rest);
    let (_, _, rest) = first(info);
    let (_, explicit, _) = first(rest);
    first(explicit).1.to_vec()
}

/// The first value of DER: its tag, its contents, and what follows it.
fn first(der: &[u8]) -> (u8, &[u8], &[u8]) {
    let (header, length) = match der[1] {
        short @ 0..0x80 => (2, usize::from(short)),
        long => {
            let digits = usize::from(long & 0x7F);
            let number = der[2..2 + digits].iter();
            (
                2 + digits,
                number.fold(0, |sum, byte| sum * 256 + usize::from(*byte)),
            )
        }
    };
    let (contents, rest) = der[header..].split_at(length);
    (der[0], contents, rest)
}

/// `MacData` with SHA-256.
pub fn mac_data(value: &[u8], salt: &[u8], iterations: u64) -> Vec<u8> {
    let algorithm = sequence(&[oid("608648016503040201"), vec![0x05, 0x00]]);
    let info = sequence(&[algorithm, tlv(0x04, value)]);
    sequence(&[info, tlv(0x04, salt), integer(iterations)])
}

/// `MacData` by PBMAC1 (RFC 9579) with SHA-256 throughout and a key of 32 bytes.
pub fn pbmac1_data(value: &[u8], iterations: u64) -> Vec<u8> {
    let hmac = sequence(&[oid("2a864886f70d0209"), vec![0x05, 0x00]]);
    let parameters = sequence(&[
        tlv(0x04, &SALT),
        integer(iterations),
        integer(32),
        hmac.clone(),
    ]);
    let kdf = sequence(&[oid("2a864886f70d01050c"), parameters]);
    let algorithm = sequence(&[oid("2a864886f70d01050e"), sequence(&[kdf, hmac])]);
    let info = sequence(&[algorithm, tlv(0x04, value)]);
    sequence(&[info, tlv(0x04, b"NOT USED"), integer(1)])
}

/// The salt of every derivation in files written by hand.
pub const SALT: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// How a key is made of a password, in files written by hand.
#[derive(Clone, Copy, Debug)]
pub enum Kdf {
    /// PBES2 with HMAC-SHA-256 and AES-256.
    Pbkdf2 { iterations: u64 },
    /// PBES2 with AES-256.
    Scrypt { n: u64, r: u64, p: u64 },
    /// The derivation of RFC 7292 with triple DES.
    Pkcs12 { iterations: u64 },
}

/// The initialization vector of AES in files written by hand.
pub const IV: [u8; 16] = [7; 16];

impl Kdf {
    fn algorithm(self) -> Vec<u8> {
        let salt = tlv(0x04, &SALT);
        let kdf = match self {
            Self::Pkcs12 { iterations } => {
                let parameters = sequence(&[salt, integer(iterations)]);
                return sequence(&[oid("2a864886f70d010c0103"), parameters]);
            }
            Self::Pbkdf2 { iterations } => {
                let prf = sequence(&[oid("2a864886f70d0209"), vec![0x05, 0x00]]);
                let parameters = sequence(&[salt, integer(iterations), prf]);
                sequence(&[oid("2a864886f70d01050c"), parameters])
            }
            Self::Scrypt { n, r, p } => {
                let parameters = sequence(&[salt, integer(n), integer(r), integer(p)]);
                sequence(&[oid("2b06010401da47040b"), parameters])
            }
        };
        let cipher = sequence(&[oid("60864801650304012a"), tlv(0x04, &IV)]);
        sequence(&[oid("2a864886f70d01050d"), sequence(&[kdf, cipher])])
    }

    /// An `EncryptedPrivateKeyInfo`.
    pub fn encrypted(self, ciphertext: &[u8]) -> Vec<u8> {
        sequence(&[self.algorithm(), tlv(0x04, ciphertext)])
    }
}

/// The contents of a file whose one safe is encrypted.
pub fn encrypted_safe(kdf: Kdf, ciphertext: &[u8]) -> Vec<u8> {
    let info = [
        oid("2a864886f70d010701"),
        kdf.algorithm(),
        tlv(0x80, ciphertext),
    ];
    let data = sequence(&[integer(0), sequence(&info)]);
    let info = sequence(&[oid("2a864886f70d010706"), tlv(0xA0, &data)]);
    sequence(&[info])
}

/// The `SafeContents` of bags, as it is encrypted.
pub fn safe(bags: &[Bag<'_>]) -> Vec<u8> {
    sequence(&[safe_contents(bags)])
}

fn integer(number: u64) -> Vec<u8> {
    tlv(0x02, &[&[0][..], &number.to_be_bytes()].concat())
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
        Bag::Locked(kdf, ciphertext) => (2, kdf.encrypted(ciphertext), &None),
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
