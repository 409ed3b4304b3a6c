//! Certificates that a strict server would turn away, made for one test run.

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::ExtendedKeyUsage;
use openssl::x509::{X509, X509NameBuilder};

/// A name, a certificate and its key.
pub type Odd = (&'static str, X509, PKey<Private>);

/// One of each kind.
pub fn all() -> Vec<Odd> {
    let rsa = |bits| PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap();
    let curve = |nid| {
        let group = EcGroup::from_curve_name(nid).unwrap();
        PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
    };
    let p256 = || curve(Nid::X9_62_PRIME256V1);
    let sha256 = MessageDigest::sha256();
    vec![
        make(
            "expired",
            p256(),
            2,
            (1_000_000_000, 1_100_000_000),
            Some("client"),
            sha256,
        ),
        make(
            "not-yet-valid",
            p256(),
            2,
            (4_000_000_000, 4_100_000_000),
            Some("client"),
            sha256,
        ),
        make("version-1", p256(), 0, ALWAYS, None, sha256),
        make("rsa-1024", rsa(1024), 2, ALWAYS, Some("client"), sha256),
        // Below what OpenSSL takes at its default level.
        make("rsa-768", rsa(768), 2, ALWAYS, Some("client"), sha256),
        make(
            "p-521",
            curve(Nid::SECP521R1),
            2,
            ALWAYS,
            Some("client"),
            sha256,
        ),
        make(
            "ed25519",
            PKey::generate_ed25519().unwrap(),
            2,
            ALWAYS,
            Some("client"),
            MessageDigest::null(),
        ),
        make("no-eku", p256(), 2, ALWAYS, None, sha256),
        make("server-eku", p256(), 2, ALWAYS, Some("server"), sha256),
        make(
            "sha-1",
            rsa(2048),
            2,
            ALWAYS,
            Some("client"),
            MessageDigest::sha1(),
        ),
    ]
}

const ALWAYS: (i64, i64) = (1_000_000_000, 4_000_000_000);

fn make(
    name: &'static str,
    key: PKey<Private>,
    version: i32,
    (from, to): (i64, i64),
    usage: Option<&str>,
    digest: MessageDigest,
) -> Odd {
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_text("CN", name).unwrap();
    let subject = subject.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(version).unwrap();
    builder
        .set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap())
        .unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(&subject).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder
        .set_not_before(&Asn1Time::from_unix(from).unwrap())
        .unwrap();
    builder
        .set_not_after(&Asn1Time::from_unix(to).unwrap())
        .unwrap();
    if let Some(usage) = usage {
        let mut extension = ExtendedKeyUsage::new();
        match usage {
            "client" => extension.client_auth(),
            _ => extension.server_auth(),
        };
        builder
            .append_extension(extension.build().unwrap())
            .unwrap();
    }
    builder.sign(&key, digest).unwrap();
    (name, builder.build(), key)
}
