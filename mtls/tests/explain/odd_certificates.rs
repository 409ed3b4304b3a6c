//! Certificates that are unlike those that OpenSSL makes: some as real authorities issue them, some with unusable keys.

use openssl::asn1::{Asn1Time, Asn1Type};
use openssl::bn::BigNum;
use openssl::ec::{Asn1Flag, EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Builder, X509Name};

use crate::common::{self, DAY, Issued, Shape, today};

/// A non-critical extension that holds any bytes (RFC 5280, section 4.2).
pub fn private_extension() -> Vec<u8> {
    Shape {
        extensions: vec![("1.3.6.1.4.1.55555.1", false, b"hello".to_vec())],
        ..Shape::caller("private").valid_today()
    }
    .self_signed()
    .der()
}

/// The earliest instant of UTCTime (RFC 5280, section 4.1.2.5.1).
pub fn from_1950() -> Vec<u8> {
    Shape {
        not_before: -631_152_000,
        ..Shape::caller("1950").valid_today()
    }
    .self_signed()
    .der()
}

/// A common name in TeletexString, as older authorities write it.
pub fn teletex(issuer: &Issued, text: &str) -> Vec<u8> {
    let key = common::key(common::KeyKind::P256);
    let name = named(text, Asn1Type::T61STRING);
    bare(&name, &key, Some(issuer)).to_der().unwrap()
}

/// P-256 by its parameters and not by its name (RFC 5480, section 2.1.1, forbids it).
pub fn explicit_curve() -> Vec<u8> {
    let mut group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    group.set_asn1_flag(Asn1Flag::EXPLICIT_CURVE);
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let name = named("explicit", Asn1Type::UTF8STRING);
    bare(&name, &key, None).to_der().unwrap()
}

/// RSA whose modulus lacks the zero byte that makes it positive.
pub fn negative_modulus() -> Vec<u8> {
    let key = common::key(common::KeyKind::Rsa2048);
    let name = named("negative", Asn1Type::UTF8STRING);
    let mut der = bare(&name, &key, None).to_der().unwrap();
    // INTEGER of 257 bytes that begins with zero, inside the key.
    let start = [0x02, 0x82, 0x01, 0x01, 0x00];
    let at = der.windows(5).position(|part| part == start).unwrap();
    // One byte later the modulus begins with a one bit: move the zero behind it, and the length stays right.
    der.swap(at + 4, at + 5);
    der
}

/// The same certificate with its validity in UTCTime without seconds, which DER does not allow. Its serial number is
/// longer by as many bytes, so that the lengths around both stay right.
pub fn without_seconds(der: &[u8]) -> Vec<u8> {
    let mut der = der.to_vec();
    let find =
        |der: &[u8], wanted: &[u8]| der.windows(wanted.len()).position(|part| part == wanted);
    // Version 3, and the tag of the serial number.
    let serial = find(&der, &[0xa0, 3, 2, 1, 2, 2]).unwrap() + 6;
    der[serial] += 4;
    der.splice(serial + 2..serial + 2, [1; 4]);
    // Two UTCTimes of 13 bytes.
    let at = find(&der, &[0x30, 30, 0x17, 13]).unwrap();
    let minutes = |start: usize| [&[0x17, 11], &der[start..start + 10], b"Z"].concat();
    let validity = [vec![0x30, 26], minutes(at + 4), minutes(at + 19)].concat();
    der.splice(at..at + 32, validity);
    der
}

/// A certificate for a key, with nothing else in it.
fn bare(name: &X509Name, key: &PKey<Private>, issuer: Option<&Issued>) -> X509 {
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(name).unwrap();
    let issuer_name = issuer.map_or(&**name, |issuer| issuer.certificate.subject_name());
    builder.set_issuer_name(issuer_name).unwrap();
    builder.set_pubkey(key).unwrap();
    let at = |seconds| Asn1Time::from_unix(seconds).unwrap();
    builder.set_not_before(&at(today() - DAY)).unwrap();
    builder.set_not_after(&at(today() + DAY)).unwrap();
    let signer = issuer.map_or(key, |issuer| &issuer.key);
    builder.sign(signer, MessageDigest::sha256()).unwrap();
    builder.build()
}

fn named(text: &str, kind: Asn1Type) -> X509Name {
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_nid_with_type(Nid::COMMONNAME, text, kind)
        .unwrap();
    name.build()
}
