//! Certificates by role, made anew in each test.

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{
    BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
};
use openssl::x509::{X509, X509Builder, X509NameBuilder};

/// A certificate with its key.
#[derive(Clone)]
pub struct Issued {
    pub certificate: X509,
    pub key: PKey<Private>,
}

/// A root, two intermediates under it, and a client certificate under the second.
pub struct Family {
    pub root: Issued,
    pub first: Issued,
    pub second: Issued,
    pub client: Issued,
}

impl Family {
    pub fn new() -> Self {
        let root = root("Test Root");
        let first = intermediate(&root, "Test Int 1");
        let second = intermediate(&first, "Test Int 2");
        let client = client(&second, "client", p256());
        Self {
            root,
            first,
            second,
            client,
        }
    }

    /// The intermediates as they must go out.
    pub fn intermediates(&self) -> Vec<X509> {
        vec![
            self.second.certificate.clone(),
            self.first.certificate.clone(),
        ]
    }

    /// The chain as it must go out.
    pub fn chain_der(&self) -> Vec<Vec<u8>> {
        [&self.client, &self.second, &self.first].map(der).to_vec()
    }
}

pub fn der(issued: &Issued) -> Vec<u8> {
    issued.certificate.to_der().unwrap()
}

pub fn p256() -> PKey<Private> {
    curve(Nid::X9_62_PRIME256V1)
}

pub fn p384() -> PKey<Private> {
    curve(Nid::SECP384R1)
}

pub fn ed25519() -> PKey<Private> {
    PKey::generate_ed25519().unwrap()
}

pub fn rsa() -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap()
}

fn curve(nid: Nid) -> PKey<Private> {
    let group = EcGroup::from_curve_name(nid).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

pub fn root(name: &str) -> Issued {
    authority(None, name)
}

pub fn intermediate(issuer: &Issued, name: &str) -> Issued {
    authority(Some(issuer), name)
}

pub fn client(issuer: &Issued, name: &str, key: PKey<Private>) -> Issued {
    let certificate = issue(Some(issuer), name, &key, (-1, 365), |_| {});
    Issued { certificate, key }
}

/// Ends so many days from now.
pub fn client_until(issuer: &Issued, days: i64) -> Issued {
    let key = p256();
    let certificate = issue(Some(issuer), "short-lived", &key, (-1, days), |_| {});
    Issued { certificate, key }
}

/// Ended yesterday.
pub fn expired_client(issuer: &Issued) -> Issued {
    let key = p256();
    let certificate = issue(Some(issuer), "expired", &key, (-10, -1), |_| {});
    Issued { certificate, key }
}

/// As New-SelfSignedCertificate makes them: no basic constraints, a usage that signs no certificates.
pub fn self_signed_client() -> Issued {
    let key = p256();
    let certificate = issue(None, "self-signed", &key, (-1, 365), |builder| {
        let usage = KeyUsage::new().digital_signature().build().unwrap();
        builder.append_extension(usage).unwrap();
    });
    Issued { certificate, key }
}

/// For 127.0.0.1.
pub fn server(issuer: &Issued) -> Issued {
    let key = p256();
    let certificate = issue(Some(issuer), "server", &key, (-1, 365), |builder| {
        let context = builder.x509v3_context(Some(&issuer.certificate), None);
        let name = SubjectAlternativeName::new()
            .ip("127.0.0.1")
            .build(&context)
            .unwrap();
        builder.append_extension(name).unwrap();
    });
    Issued { certificate, key }
}

/// For a host of this name.
pub fn server_named(issuer: &Issued, host: &str) -> Issued {
    let key = p256();
    let certificate = issue(Some(issuer), "server", &key, (-1, 365), |builder| {
        let context = builder.x509v3_context(Some(&issuer.certificate), None);
        let name = SubjectAlternativeName::new().dns(host).build(&context);
        builder.append_extension(name.unwrap()).unwrap();
    });
    Issued { certificate, key }
}

fn authority(issuer: Option<&Issued>, name: &str) -> Issued {
    let key = p256();
    let certificate = issue(issuer, name, &key, (-1, 365), |builder| {
        let constraints = BasicConstraints::new().critical().ca().build().unwrap();
        let usage = KeyUsage::new().critical().key_cert_sign().build().unwrap();
        builder.append_extension(constraints).unwrap();
        builder.append_extension(usage).unwrap();
    });
    Issued { certificate, key }
}

/// Signed by the issuer, or by its own key; valid from and to these days from now.
fn issue(
    issuer: Option<&Issued>,
    name: &str,
    key: &PKey<Private>,
    days: (i64, i64),
    extend: impl FnOnce(&mut X509Builder),
) -> X509 {
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut serial = BigNum::new().unwrap();
    serial.rand(120, MsbOption::MAYBE_ZERO, false).unwrap();
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    builder
        .set_serial_number(&serial.to_asn1_integer().unwrap())
        .unwrap();
    builder.set_subject_name(&subject).unwrap();
    let issuer_name = issuer.map_or(&*subject, |issuer| issuer.certificate.subject_name());
    builder.set_issuer_name(issuer_name).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&from_now(days.0)).unwrap();
    builder.set_not_after(&from_now(days.1)).unwrap();
    extend(&mut builder);
    let signer = issuer.map_or(key, |issuer| &issuer.key);
    let digest = match signer.id() {
        Id::ED25519 => MessageDigest::null(),
        _ => MessageDigest::sha256(),
    };
    builder.sign(signer, digest).unwrap();
    builder.build()
}

/// A client certificate whose issuer signed it with SHA-1.
pub fn client_signed_with_sha1(issuer: &Issued) -> Issued {
    let key = p256();
    let mut certificate = X509Builder::new().unwrap();
    let named = client(issuer, "client", key.clone()).certificate;
    certificate.set_version(2).unwrap();
    certificate
        .set_serial_number(named.serial_number())
        .unwrap();
    certificate.set_subject_name(named.subject_name()).unwrap();
    certificate.set_issuer_name(named.issuer_name()).unwrap();
    certificate.set_pubkey(&key).unwrap();
    certificate.set_not_before(named.not_before()).unwrap();
    certificate.set_not_after(named.not_after()).unwrap();
    certificate
        .sign(&issuer.key, MessageDigest::sha1())
        .unwrap();
    let certificate = certificate.build();
    Issued { certificate, key }
}

/// A certificate for servers alone, by its extended key usage.
pub fn server_only(issuer: &Issued) -> Issued {
    let key = p256();
    let certificate = issue(Some(issuer), "server only", &key, (-1, 365), |builder| {
        let usage = ExtendedKeyUsage::new().server_auth().build().unwrap();
        builder.append_extension(usage).unwrap();
    });
    Issued { certificate, key }
}

fn from_now(days: i64) -> Asn1Time {
    Asn1Time::from_unix(now() + days * 86_400).unwrap()
}

#[allow(
    clippy::disallowed_methods,
    reason = "real handshakes compare with the real time"
)]
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}
