use std::time::Duration;

use openssl::x509::X509;
use rustls_pki_types::UnixTime;

use super::format::{Charset, Content, Notation};
use super::*;
use crate::certificate::issue::{Issuer, Purpose, Template, issued, self_signed};
use crate::certificate::key::KeyKind;
use crate::certificate::names::CommonName;
use crate::certificate::validity::Validity;
use crate::pfx::{self, Archive, Form};

/// A caller that an authority issued; P-256, because it is quick to make.
struct Caller {
    key: PKey<Private>,
    certificate: X509,
    authority: X509,
}

impl Caller {
    fn new() -> Self {
        let template = |common_name, purpose| Template {
            subject: CommonName::constant(common_name).into(),
            extensions: Vec::new(),
            alternative_names: Vec::new(),
            validity: Validity::starting(
                UnixTime::since_unix_epoch(Duration::from_secs(1_767_225_600)),
                30,
            ),
            purpose,
        };
        let authority_key = KeyKind::P256.generate().unwrap();
        let authority =
            self_signed(&template("Authority", Purpose::Authority), &authority_key).unwrap();
        let key = KeyKind::P256.generate().unwrap();
        let issuer = Issuer {
            certificate: &authority,
            key: &authority_key,
        };
        let certificate = issued(&template("Caller", Purpose::Caller), &key, &issuer).unwrap();
        Self {
            key,
            certificate,
            authority,
        }
    }

    fn der(&self) -> Vec<u8> {
        self.certificate.to_der().unwrap()
    }

    fn base64(&self) -> String {
        openssl::base64::encode_block(&self.der())
    }

    fn pem(&self) -> String {
        String::from_utf8(self.certificate.to_pem().unwrap()).unwrap()
    }

    fn pfx(&self, form: Form, password: &str) -> Vec<u8> {
        let archive = Archive {
            friendly_name: "A friend",
            key: &self.key,
            certificate: &self.certificate,
            chain: std::slice::from_ref(&self.authority),
        };
        pfx::write(&archive, form, password).unwrap().to_vec()
    }
}

fn password(text: &str) -> Password {
    text.parse().unwrap()
}

fn utf16(text: &str, mark: [u8; 2], unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(unit);
    mark.into_iter().chain(units).collect()
}

fn in_lines(text: &str) -> String {
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    lines.join("\r\n") + "\r\n"
}

#[test]
fn a_certificate_is_found_in_every_form_that_people_have_it_in() {
    let caller = Caller::new();
    let der = caller.der();
    let base64 = caller.base64();
    let pem = caller.pem();
    let hex: String = der.iter().map(|byte| format!("{byte:02x}")).collect();
    let colons: Vec<_> = der.iter().map(|byte| format!("{byte:02X}")).collect();
    let le = |text: &str| utf16(text, [0xff, 0xfe], u16::to_le_bytes);
    let be = |text: &str| utf16(text, [0xfe, 0xff], u16::to_be_bytes);
    let marked = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for (bytes, expected) in [
        (der.clone(), "DER"),
        (base64.clone().into_bytes(), "DER in base64"),
        (format!("{base64}\n").into_bytes(), "DER in base64"),
        (
            in_lines(&base64).into_bytes(),
            "DER in base64 on several lines",
        ),
        (
            format!("X-ARR-ClientCert: {base64}\r\n").into_bytes(),
            "DER in base64",
        ),
        (hex.into_bytes(), "DER in hexadecimal"),
        (colons.join(":").into_bytes(), "DER in hexadecimal"),
        (pem.clone().into_bytes(), "PEM"),
        (pem.replace('\n', "\r\n").into_bytes(), "PEM"),
        (format!("Bag Attributes\n  x\n{pem}").into_bytes(), "PEM"),
        (
            openssl::base64::encode_block(pem.as_bytes()).into_bytes(),
            "PEM in base64",
        ),
        (marked(&pem), "PEM, UTF-8 with byte order mark"),
        (marked(&base64), "DER in base64, UTF-8 with byte order mark"),
        (le(&pem), "PEM, UTF-16LE with byte order mark"),
        (
            le(&in_lines(&base64)),
            "DER in base64 on several lines, UTF-16LE with byte order mark",
        ),
        (be(&base64), "DER in base64, UTF-16BE with byte order mark"),
    ] {
        let found = parse(&bytes, None).unwrap_or_else(|error| panic!("{expected}: {error}"));
        assert_eq!(found.format.to_string(), expected);
        assert_eq!(found.certificates, std::slice::from_ref(&der), "{expected}");
        assert!(!found.has_private_key(), "{expected}");
    }
}

#[test]
fn pkcs12_gives_the_certificate_its_chain_the_key_and_the_name() {
    let caller = Caller::new();
    for (form, content) in [
        (Form::Compatible, Content::Pkcs12),
        (Form::Modern, Content::Pkcs12),
        (Form::Legacy, Content::LegacyPkcs12),
    ] {
        for text in ["Pa@@word123", "pä$$", ""] {
            let found = parse(&caller.pfx(form, text), Some(&password(text))).unwrap();
            assert_eq!(found.format, Format::plain(content), "{form:?} {text}");
            let chain = [caller.der(), caller.authority.to_der().unwrap()];
            assert_eq!(found.certificates, chain, "{form:?} {text}");
            assert!(matches!(&found.key, FoundKey::Open(key) if key.public_eq(&caller.key)));
            assert_eq!(found.friendly_name.as_deref(), Some("A friend"));
        }
    }
}

#[test]
fn pkcs12_may_be_text_and_may_have_no_password() {
    let caller = Caller::new();
    let text = openssl::base64::encode_block(&caller.pfx(Form::Compatible, ""));
    let found = parse(in_lines(&text).as_bytes(), None).unwrap();
    let expected = Format {
        content: Content::Pkcs12,
        notation: Notation::Base64Lines,
        charset: Charset::Utf8,
        oddities: Vec::new(),
    };
    assert_eq!(found.format, expected);
    assert!(found.has_private_key());
}

#[test]
fn in_pem_the_keys_own_certificate_comes_first() {
    let caller = Caller::new();
    let authority = String::from_utf8(caller.authority.to_pem().unwrap()).unwrap();
    let key = String::from_utf8(caller.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    let found = parse(format!("{authority}{key}{}", caller.pem()).as_bytes(), None).unwrap();
    assert_eq!(found.leaf(), caller.der());
    assert_eq!(found.certificates.len(), 2);
    assert!(found.has_private_key());
    let without_key = parse(format!("{authority}{}", caller.pem()).as_bytes(), None).unwrap();
    assert_eq!(without_key.leaf(), caller.authority.to_der().unwrap());
}

#[test]
fn a_locked_key_does_not_hide_the_certificate() {
    let caller = Caller::new();
    let cipher = openssl::symm::Cipher::aes_256_cbc();
    let key = caller
        .key
        .private_key_to_pem_pkcs8_passphrase(cipher, b"pw")
        .unwrap();
    let text = caller.pem() + &String::from_utf8(key).unwrap();
    let state = |password: Option<Password>| {
        parse(text.as_bytes(), password.as_ref()).map(|found| found.key)
    };
    assert!(matches!(state(None), Ok(FoundKey::Locked)));
    assert!(matches!(state(Some(password("pw"))), Ok(FoundKey::Open(_))));
    assert!(matches!(
        state(Some(password("no"))),
        Err(Unreadable::WrongKeyPassword)
    ));
}

#[test]
fn what_cannot_be_read_says_why() {
    let caller = Caller::new();
    let der = caller.der();
    let pfx = caller.pfx(Form::Compatible, "right");
    let base64 = caller.base64();
    let key = caller.key.private_key_to_pem_pkcs8().unwrap();
    let some = |text: &str| Some(password(text));
    let mut flipped = pfx.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let cases: Vec<(&str, Vec<u8>, Option<Password>, &str)> = vec![
        ("empty", vec![], None, "found nothing"),
        ("blank", b" \r\n".to_vec(), None, "found nothing"),
        (
            "truncated",
            der[..der.len() - 1].to_vec(),
            None,
            "truncated",
        ),
        (
            "truncated text",
            base64[..base64.len() - 8].into(),
            None,
            "truncated",
        ),
        (
            "truncated pfx",
            pfx[..100].to_vec(),
            some("right"),
            "truncated",
        ),
        (
            "trailing",
            [&der[..], b"\0\0"].concat(),
            None,
            "2 bytes follow",
        ),
        ("no password", pfx.clone(), None, "has a password"),
        (
            "wrong password",
            pfx.clone(),
            some("wrong"),
            "the password is wrong",
        ),
        (
            "bit flipped",
            flipped,
            some("right"),
            "the password is wrong, or the file is damaged",
        ),
        ("NUL", pfx.clone(), some("a\0b"), "the password is wrong"),
        (
            "quoted",
            format!("\"{base64}\"").into_bytes(),
            None,
            "quotation marks",
        ),
        ("base64url", b"MIIC-_aa".to_vec(), None, "base64url"),
        (
            "joined",
            format!("{base64},{base64}").into_bytes(),
            None,
            "a comma",
        ),
        (
            "prose",
            b"Dear colleague".to_vec(),
            None,
            "expected a certificate as",
        ),
        (
            "binary",
            vec![0x89, b'P', b'N', b'G', 0xff],
            None,
            "found other bytes",
        ),
        ("key", key, None, "private key without a certificate"),
        (
            "empty sequence",
            vec![0x30, 0x80, 0, 0],
            None,
            "found other bytes",
        ),
        ("length alone", vec![0x30, 0x84], None, "found other bytes"),
        (
            "damaged PEM",
            caller.pem().replace("MII", "MI*").into_bytes(),
            None,
            "is not a certificate",
        ),
        (
            "odd UTF-16",
            b"\xff\xfeM".to_vec(),
            None,
            "found other bytes",
        ),
    ];
    for (name, bytes, password, expected) in cases {
        let error = parse(&bytes, password.as_ref()).unwrap_err().to_string();
        assert!(error.contains(expected), "{name}: {error}");
        assert!(!error.contains("right"), "{name}: {error}");
    }
}

#[test]
fn no_truncation_and_no_flipped_bit_makes_a_panic() {
    let caller = Caller::new();
    let pem = caller.pem().into_bytes();
    for bytes in [caller.der(), caller.pfx(Form::Compatible, ""), pem] {
        for index in 0..bytes.len() {
            let _ = parse(&bytes[..index], None);
            let mut flipped = bytes.clone();
            flipped[index] ^= 0x41;
            let _ = parse(&flipped, None);
        }
    }
}
