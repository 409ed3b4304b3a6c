//! Certificates by role, made when a test runs, and instants that stand still.
//!
//! Each integration test uses its own part of this.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::asn1::{Asn1Integer, Asn1Object, Asn1OctetString, Asn1Time, Asn1Type};
use openssl::bn::BigNum;
use openssl::ec::{Asn1Flag, EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{
    BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
};
use openssl::x509::{X509, X509Extension, X509Name, X509NameBuilder};

/// The instant at which decisions are made: 2026-01-01T00:00:00Z.
pub const NOW: i64 = 1_767_225_600;
/// One day, in seconds.
pub const DAY: i64 = 24 * 60 * 60;

/// A private key.
pub type Key = PKey<Private>;

/// Kinds of key. Each is made once per run: making RSA keys takes a while.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyKind {
    Rsa1024,
    Rsa2048,
    P256,
    /// P-256 by its parameters instead of its name.
    P256Explicit,
    P384,
    P521,
    Secp256k1,
    Ed25519,
    Ed448,
}

static RSA_1024: LazyLock<Key> =
    LazyLock::new(|| PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap());
static RSA_2048: LazyLock<Key> =
    LazyLock::new(|| PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap());

/// A fresh key of a kind; RSA keys are shared by the whole run.
pub fn key(kind: KeyKind) -> Key {
    let curve = |nid| {
        let group = EcGroup::from_curve_name(nid).unwrap();
        PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
    };
    match kind {
        KeyKind::Rsa1024 => RSA_1024.clone(),
        KeyKind::Rsa2048 => RSA_2048.clone(),
        KeyKind::P256 => curve(Nid::X9_62_PRIME256V1),
        KeyKind::P256Explicit => {
            let mut group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
            group.set_asn1_flag(Asn1Flag::EXPLICIT_CURVE);
            PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
        }
        KeyKind::P384 => curve(Nid::SECP384R1),
        KeyKind::P521 => curve(Nid::SECP521R1),
        KeyKind::Secp256k1 => curve(Nid::SECP256K1),
        KeyKind::Ed25519 => PKey::generate_ed25519().unwrap(),
        KeyKind::Ed448 => PKey::generate_ed448().unwrap(),
    }
}

/// What a certificate is to look like. [`Shape::caller`] is the usual one; tests change one thing of it.
#[derive(Clone)]
pub struct Shape {
    pub version: i32,
    pub names: Vec<(Nid, String)>,
    pub not_before: i64,
    pub not_after: i64,
    pub key: KeyKind,
    pub basic_constraints: Option<bool>,
    pub path_length: Option<u32>,
    pub key_usage: Option<Vec<&'static str>>,
    pub extended_key_usage: Option<Vec<&'static str>>,
    pub dns: Vec<String>,
    pub extensions: Vec<(&'static str, bool, Vec<u8>)>,
}

impl Shape {
    /// A caller's certificate as authorities issue them.
    pub fn caller(common_name: &str) -> Self {
        Self {
            version: 3,
            names: vec![(Nid::COMMONNAME, common_name.to_owned())],
            not_before: NOW - DAY,
            not_after: NOW + 365 * DAY,
            key: KeyKind::P256,
            basic_constraints: None,
            path_length: None,
            key_usage: Some(vec!["digitalSignature"]),
            extended_key_usage: Some(vec!["clientAuth"]),
            dns: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// An authority's certificate.
    pub fn authority(common_name: &str) -> Self {
        Self {
            basic_constraints: Some(true),
            key_usage: Some(vec!["keyCertSign", "cRLSign"]),
            extended_key_usage: None,
            ..Self::caller(common_name)
        }
    }

    /// The certificate that `openssl req -x509` makes: CA:TRUE and nothing else.
    pub fn openssl_req(common_name: &str) -> Self {
        Self {
            key: KeyKind::Rsa2048,
            basic_constraints: Some(true),
            key_usage: None,
            extended_key_usage: None,
            ..Self::caller(common_name)
        }
    }

    /// With a path length constraint.
    #[must_use]
    pub fn path_length(self, length: u32) -> Self {
        Self {
            path_length: Some(length),
            ..self
        }
    }

    /// Valid around the real present, for tests with a real process.
    pub fn valid_today(self) -> Self {
        let today = today();
        Self {
            not_before: today - DAY,
            not_after: today + 365 * DAY,
            ..self
        }
    }

    /// Signed by its own key.
    pub fn self_signed(self) -> Issued {
        let key = key(self.key);
        self.self_signed_by(key)
    }

    /// Signed by this key, which is its own.
    pub fn self_signed_by(self, key: Key) -> Issued {
        self.build(key.clone(), None, &key)
    }

    fn build(self, key: Key, issuer: Option<&X509>, issuer_key: &Key) -> Issued {
        let name = name(&self.names);
        let mut builder = X509::builder().unwrap();
        builder.set_version(self.version - 1).unwrap();
        let mut serial = BigNum::new().unwrap();
        serial.rand(64, openssl::bn::MsbOption::ONE, false).unwrap();
        builder
            .set_serial_number(&Asn1Integer::from_bn(&serial).unwrap())
            .unwrap();
        builder.set_subject_name(&name).unwrap();
        builder
            .set_issuer_name(issuer.map_or(&name, |issuer| issuer.subject_name()))
            .unwrap();
        builder
            .set_not_before(&Asn1Time::from_unix(self.not_before).unwrap())
            .unwrap();
        builder
            .set_not_after(&Asn1Time::from_unix(self.not_after).unwrap())
            .unwrap();
        builder.set_pubkey(&key).unwrap();
        if self.version == 3 {
            for extension in self.extensions() {
                builder.append_extension(extension).unwrap();
            }
        }
        builder.sign(issuer_key, digest(issuer_key)).unwrap();
        Issued {
            certificate: builder.build(),
            key,
        }
    }

    fn extensions(&self) -> Vec<X509Extension> {
        let mut list = Vec::new();
        if let Some(ca) = self.basic_constraints {
            let mut constraints = BasicConstraints::new();
            constraints.critical();
            if ca {
                constraints.ca();
            }
            if let Some(length) = self.path_length {
                constraints.pathlen(length);
            }
            list.push(constraints.build().unwrap());
        }
        if let Some(usages) = &self.key_usage {
            list.push(key_usage(usages));
        }
        if let Some(purposes) = &self.extended_key_usage {
            let mut usage = ExtendedKeyUsage::new();
            for purpose in purposes {
                usage.other(purpose);
            }
            list.push(usage.build().unwrap());
        }
        if !self.dns.is_empty() {
            let builder = X509::builder().unwrap();
            let mut names = SubjectAlternativeName::new();
            for name in &self.dns {
                names.dns(name);
            }
            list.push(names.build(&builder.x509v3_context(None, None)).unwrap());
        }
        for (oid, critical, value) in &self.extensions {
            let oid = Asn1Object::from_str(oid).unwrap();
            let value = Asn1OctetString::new_from_bytes(value).unwrap();
            list.push(X509Extension::new_from_der(&oid, *critical, &value).unwrap());
        }
        list
    }
}

fn key_usage(usages: &[&str]) -> X509Extension {
    let mut usage = KeyUsage::new();
    usage.critical();
    for name in usages {
        match *name {
            "digitalSignature" => usage.digital_signature(),
            "keyEncipherment" => usage.key_encipherment(),
            "keyCertSign" => usage.key_cert_sign(),
            "cRLSign" => usage.crl_sign(),
            other => panic!("no such usage here: {other}"),
        };
    }
    usage.build().unwrap()
}

fn digest(key: &Key) -> MessageDigest {
    match key.id() {
        openssl::pkey::Id::ED25519 | openssl::pkey::Id::ED448 => MessageDigest::null(),
        _ => MessageDigest::sha256(),
    }
}

/// A name of UTF8Strings, so that any character can stand in it.
fn name(entries: &[(Nid, String)]) -> X509Name {
    let mut builder = X509NameBuilder::new().unwrap();
    for (nid, value) in entries {
        builder
            .append_entry_by_nid_with_type(*nid, value, Asn1Type::UTF8STRING)
            .unwrap();
    }
    builder.build()
}

/// A certificate and its key.
#[derive(Clone)]
pub struct Issued {
    pub certificate: X509,
    pub key: Key,
}

impl Issued {
    pub fn der(&self) -> Vec<u8> {
        self.certificate.to_der().unwrap()
    }

    pub fn pem(&self) -> String {
        String::from_utf8(self.certificate.to_pem().unwrap()).unwrap()
    }

    /// The value of `X-ARR-ClientCert`.
    pub fn header(&self) -> String {
        STANDARD.encode(self.der())
    }

    /// The value of `X-Forwarded-Client-Cert`, as Envoy writes it without a chain.
    pub fn envoy_element(&self) -> String {
        let pem = self.pem().replace('\n', "%0A").replace(' ', "%20");
        let pem = pem
            .replace('+', "%2B")
            .replace('/', "%2F")
            .replace('=', "%3D");
        format!("Hash={};Cert=\"{pem}\"", self.sha256())
    }

    /// Signs another certificate with this one's key.
    pub fn issue(&self, shape: Shape) -> Issued {
        let key = key(shape.key);
        shape.build(key, Some(&self.certificate), &self.key)
    }

    /// Signs a certificate for a key that exists already: a renewal, or a cross-certificate.
    pub fn issue_for(&self, shape: Shape, key: Key) -> Issued {
        shape.build(key, Some(&self.certificate), &self.key)
    }

    /// The content octets of the serial number's encoding.
    pub fn serial(&self) -> Vec<u8> {
        let number = self.certificate.serial_number().to_bn().unwrap().to_vec();
        match number.first() {
            Some(first) if first & 0x80 == 0 => number,
            _ => [&[0][..], &number].concat(),
        }
    }

    pub fn sha1(&self) -> String {
        hex(&self.certificate.digest(MessageDigest::sha1()).unwrap())
    }

    pub fn sha256(&self) -> String {
        hex(&self.certificate.digest(MessageDigest::sha256()).unwrap())
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The real present, for tests with a real process, whose clock cannot be set.
#[expect(
    clippy::disallowed_methods,
    reason = "certificates for a real process must be valid when it runs"
)]
pub fn today() -> i64 {
    let elapsed = std::time::SystemTime::now()
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .unwrap();
    i64::try_from(elapsed.as_secs()).unwrap()
}
