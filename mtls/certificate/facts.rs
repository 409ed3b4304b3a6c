//! What a certificate says, as a value that can be printed and serialised.
//!
//! This page shows; it decides nothing. The handler's own reading of a certificate can take its place: everything
//! goes through [`inspect`].

use std::net::{Ipv4Addr, Ipv6Addr};

use handler::auth::Thumbprint;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKeyRef, Public};
use openssl::x509::X509;
use rustls_pki_types::UnixTime;
use serde::Serialize;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{ExtendedKeyUsage, GeneralName, KeyUsage, ParsedExtension};
use x509_parser::objects::{oid_registry, oid2sn};
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::FromDer as _;

use super::distinguished_name::{common_names, hexadecimal, text, visible};
use super::validity::{Validity, rfc3339};

/// What one certificate says. Names are made visible: control characters stand as `\u{…}`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Facts {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// Whether subject and issuer are the same name, byte for byte; the signature is not verified.
    pub(crate) self_issued: bool,
    pub(crate) common_names: Vec<String>,
    /// Hexadecimal, as the file has it.
    pub(crate) serial: String,
    pub(crate) version: u32,
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    pub(crate) validity: State,
    /// Whole days; negative once the certificate has expired.
    pub(crate) days_left: i64,
    pub(crate) thumbprints: Thumbprints,
    pub(crate) key: KeyFacts,
    pub(crate) signature_algorithm: String,
    /// Absent where the extension is.
    pub(crate) key_usage: Option<Vec<&'static str>>,
    /// Absent where the extension is.
    pub(crate) extended_key_usage: Option<Vec<String>>,
    pub(crate) alternative_names: AlternativeNames,
    /// Absent where the extension is.
    pub(crate) basic_constraints: Option<BasicConstraints>,
    /// Those that are shown nowhere else, by number or name.
    pub(crate) other_extensions: Vec<OtherExtension>,
}

/// Where the given instant lies.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum State {
    Valid,
    Expired,
    NotYetValid,
}

/// Digests of the whole DER in lower-case hexadecimal.
#[derive(Debug, Serialize)]
pub(crate) struct Thumbprints {
    pub(crate) sha1: String,
    pub(crate) sha256: String,
}

/// The public key.
#[derive(Debug, Serialize)]
pub(crate) struct KeyFacts {
    pub(crate) algorithm: String,
    /// Zero where the library cannot read the key.
    pub(crate) bits: u32,
    pub(crate) curve: Option<&'static str>,
}

/// Subject alternative names by type.
#[derive(Debug, Default, Serialize)]
pub(crate) struct AlternativeNames {
    pub(crate) dns: Vec<String>,
    pub(crate) ip: Vec<String>,
    pub(crate) uri: Vec<String>,
    pub(crate) email: Vec<String>,
    /// Microsoft's user principal name.
    pub(crate) upn: Vec<String>,
    pub(crate) directory: Vec<String>,
    pub(crate) other: Vec<String>,
}

/// RFC 5280, section 4.2.1.9.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BasicConstraints {
    pub(crate) ca: bool,
    pub(crate) path_length: Option<u32>,
}

/// An extension without a field of its own.
#[derive(Debug, Serialize)]
pub(crate) struct OtherExtension {
    pub(crate) name: String,
    pub(crate) critical: bool,
    /// Whether its contents could not be parsed, or it stands there twice.
    pub(crate) malformed: bool,
}

/// Reads one certificate. Nothing about it is verified.
///
/// # Errors
///
/// What the parser met, where the bytes are no certificate, or are followed by others.
pub(crate) fn inspect(der: &[u8], now: UnixTime) -> Result<Facts, String> {
    let (rest, certificate) = X509Certificate::from_der(der).map_err(|error| error.to_string())?;
    if !rest.is_empty() {
        return Err(format!("{} bytes follow its end", rest.len()));
    }
    let validity = Validity {
        not_before: certificate.validity().not_before.timestamp(),
        not_after: certificate.validity().not_after.timestamp(),
    };
    let mut facts = Facts {
        subject: text(certificate.subject()),
        issuer: text(certificate.issuer()),
        self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
        common_names: common_names(certificate.subject()),
        serial: hexadecimal(certificate.raw_serial()),
        version: certificate.version().0 + 1,
        not_before: rfc3339(validity.not_before),
        not_after: rfc3339(validity.not_after),
        validity: state(validity, now),
        days_left: validity.days_left(now),
        thumbprints: Thumbprints {
            sha1: Thumbprint::sha1_of(der).hex(),
            sha256: Thumbprint::sha256_of(der).hex(),
        },
        key: key(der, &certificate),
        signature_algorithm: named(&certificate.signature_algorithm.algorithm),
        key_usage: None,
        extended_key_usage: None,
        alternative_names: AlternativeNames::default(),
        basic_constraints: None,
        other_extensions: Vec::new(),
    };
    facts.read_extensions(&certificate);
    Ok(facts)
}

fn state(validity: Validity, now: UnixTime) -> State {
    if validity.lasts(now, 0) {
        State::Valid
    } else if validity.days_left(now) < 0 {
        State::Expired
    } else {
        State::NotYetValid
    }
}

impl Facts {
    fn read_extensions(&mut self, certificate: &X509Certificate<'_>) {
        let mut seen: Vec<&Oid<'_>> = Vec::new();
        for extension in certificate.extensions() {
            let twice = seen.contains(&&extension.oid);
            seen.push(&extension.oid);
            let malformed = extension.parsed_extension().error().is_some() || twice;
            match extension.parsed_extension() {
                ParsedExtension::KeyUsage(usage) => self.key_usage = Some(usages(usage)),
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    self.extended_key_usage = Some(extended_usages(usage));
                }
                ParsedExtension::BasicConstraints(basic) => {
                    self.basic_constraints = Some(BasicConstraints {
                        ca: basic.ca,
                        path_length: basic.path_len_constraint,
                    });
                }
                ParsedExtension::SubjectAlternativeName(names) => {
                    for name in &names.general_names {
                        self.alternative_names.add(name);
                    }
                }
                _ => {
                    self.other_extensions.push(OtherExtension {
                        name: named(&extension.oid),
                        critical: extension.critical,
                        malformed,
                    });
                    continue;
                }
            }
            if malformed {
                self.other_extensions.push(OtherExtension {
                    name: named(&extension.oid),
                    critical: extension.critical,
                    malformed,
                });
            }
        }
    }
}

impl AlternativeNames {
    fn add(&mut self, name: &GeneralName<'_>) {
        match name {
            GeneralName::DNSName(name) => self.dns.push(visible(name)),
            GeneralName::IPAddress(bytes) => self.ip.push(address(bytes)),
            GeneralName::URI(uri) => self.uri.push(visible(uri)),
            GeneralName::RFC822Name(address) => self.email.push(visible(address)),
            GeneralName::DirectoryName(name) => self.directory.push(text(name)),
            GeneralName::OtherName(oid, value) => match user_principal_name(oid, value) {
                Some(upn) => self.upn.push(visible(upn)),
                None => self.other.push(oid.to_id_string()),
            },
            GeneralName::RegisteredID(oid) => self.other.push(oid.to_id_string()),
            GeneralName::X400Address(_) => self.other.push("X.400 address".to_owned()),
            GeneralName::EDIPartyName(_) => self.other.push("EDI party name".to_owned()),
            GeneralName::Invalid(_, bytes) => {
                self.other
                    .push(format!("malformed: {}", hexadecimal(bytes)));
            }
        }
    }
}

fn address(bytes: &[u8]) -> String {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        Ipv4Addr::from(v4).to_string()
    } else if let Ok(v6) = <[u8; 16]>::try_from(bytes) {
        Ipv6Addr::from(v6).to_string()
    } else {
        format!("malformed: {}", hexadecimal(bytes))
    }
}

/// `[0] { UTF8String }` with short lengths; a longer one is shown as its type alone.
fn user_principal_name<'a>(oid: &Oid<'_>, value: &'a [u8]) -> Option<&'a str> {
    const USER_PRINCIPAL_NAME: &str = "1.3.6.1.4.1.311.20.2.3";
    match value {
        [0xa0, _, 0x0c, length @ 0..0x80, name @ ..]
            if oid.to_id_string() == USER_PRINCIPAL_NAME && name.len() == usize::from(*length) =>
        {
            std::str::from_utf8(name).ok()
        }
        _ => None,
    }
}

/// RFC 5280, section 4.2.1.3, in its order and spelling.
fn usages(usage: &KeyUsage) -> Vec<&'static str> {
    [
        (usage.digital_signature(), "digitalSignature"),
        (usage.non_repudiation(), "nonRepudiation"),
        (usage.key_encipherment(), "keyEncipherment"),
        (usage.data_encipherment(), "dataEncipherment"),
        (usage.key_agreement(), "keyAgreement"),
        (usage.key_cert_sign(), "keyCertSign"),
        (usage.crl_sign(), "cRLSign"),
        (usage.encipher_only(), "encipherOnly"),
        (usage.decipher_only(), "decipherOnly"),
    ]
    .into_iter()
    .filter_map(|(set, name)| set.then_some(name))
    .collect()
}

/// RFC 5280, section 4.2.1.12; others by number.
fn extended_usages(usage: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let known = [
        (usage.client_auth, "clientAuth"),
        (usage.server_auth, "serverAuth"),
        (usage.code_signing, "codeSigning"),
        (usage.email_protection, "emailProtection"),
        (usage.time_stamping, "timeStamping"),
        (usage.ocsp_signing, "OCSPSigning"),
        (usage.any, "anyExtendedKeyUsage"),
    ];
    known
        .into_iter()
        .filter(|(set, _)| *set)
        .map(|(_, name)| name.to_owned())
        .chain(usage.other.iter().map(Oid::to_id_string))
        .collect()
}

fn key(der: &[u8], certificate: &X509Certificate<'_>) -> KeyFacts {
    match X509::from_der(der).and_then(|certificate| certificate.public_key()) {
        Ok(key) => KeyFacts {
            algorithm: algorithm(&key).map_or_else(
                || named(&certificate.public_key().algorithm.algorithm),
                str::to_owned,
            ),
            bits: key.bits(),
            curve: curve(&key),
        },
        Err(_) => KeyFacts {
            algorithm: named(&certificate.public_key().algorithm.algorithm),
            bits: 0,
            curve: None,
        },
    }
}

fn algorithm(key: &PKeyRef<Public>) -> Option<&'static str> {
    match key.id() {
        Id::RSA => Some("RSA"),
        Id::RSA_PSS => Some("RSA-PSS"),
        Id::EC => Some("EC"),
        Id::ED25519 => Some("Ed25519"),
        Id::ED448 => Some("Ed448"),
        _ => None,
    }
}

fn curve(key: &PKeyRef<Public>) -> Option<&'static str> {
    match key.ec_key().ok()?.group().curve_name()? {
        Nid::X9_62_PRIME256V1 => Some("P-256"),
        Nid::SECP384R1 => Some("P-384"),
        Nid::SECP521R1 => Some("P-521"),
        other => other.short_name().ok(),
    }
}

fn named(oid: &Oid<'_>) -> String {
    oid2sn(oid, oid_registry()).map_or_else(|_| oid.to_id_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use openssl::asn1::Asn1Type;
    use openssl::x509::{X509Builder, X509Name};

    use super::*;
    use crate::certificate::issue::{Purpose, Template, self_signed};
    use crate::certificate::key::KeyKind;
    use crate::certificate::names::{AlternativeName, CommonName};

    const START: u64 = 1_767_225_600;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    fn template(purpose: Purpose) -> Template {
        Template {
            common_name: CommonName::constant("Caller"),
            alternative_names: Vec::new(),
            validity: Validity::starting(at(START), 30),
            purpose,
        }
    }

    fn facts(template: &Template, kind: KeyKind) -> Facts {
        let certificate = self_signed(template, &kind.generate().unwrap()).unwrap();
        inspect(&certificate.to_der().unwrap(), at(START)).unwrap()
    }

    #[test]
    fn a_caller_has_the_shape_of_new_self_signed_certificate() {
        let facts = facts(&template(Purpose::Caller), KeyKind::Rsa2048);
        assert_eq!(facts.version, 3);
        assert_eq!(facts.subject, "CN=Caller");
        assert!(facts.self_issued);
        assert_eq!(facts.serial.len(), 32);
        assert_eq!(
            (facts.key.algorithm.as_str(), facts.key.bits),
            ("RSA", 2048)
        );
        assert_eq!(facts.signature_algorithm, "sha256WithRSAEncryption");
        assert_eq!(
            facts.key_usage.unwrap(),
            ["digitalSignature", "keyEncipherment"]
        );
        assert_eq!(
            facts.extended_key_usage.unwrap(),
            ["clientAuth", "serverAuth"]
        );
        assert!(facts.basic_constraints.is_none());
        assert_eq!(facts.not_before, "2025-12-31T23:50:00Z");
        assert_eq!(facts.not_after, "2026-01-31T00:00:00Z");
        assert_eq!(facts.days_left, 30);
        let others: Vec<_> = facts
            .other_extensions
            .iter()
            .map(|other| other.name.as_str())
            .collect();
        assert_eq!(others, ["subjectKeyIdentifier"]);
    }

    #[test]
    fn keys_are_named_with_their_size_and_curve() {
        for (kind, algorithm, bits, curve) in [
            (KeyKind::Rsa3072, "RSA", 3072, None),
            (KeyKind::P256, "EC", 256, Some("P-256")),
            (KeyKind::P384, "EC", 384, Some("P-384")),
            (KeyKind::Ed25519, "Ed25519", 256, None),
        ] {
            let facts = facts(&template(Purpose::Caller), kind);
            assert_eq!(facts.key.algorithm, algorithm, "{kind:?}");
            assert_eq!(facts.key.bits, bits, "{kind:?}");
            assert_eq!(facts.key.curve, curve, "{kind:?}");
            // Only RSA keys encipher.
            let enciphers = facts.key_usage.unwrap().contains(&"keyEncipherment");
            assert_eq!(enciphers, algorithm == "RSA", "{kind:?}");
        }
    }

    #[test]
    fn authorities_say_so_and_the_localhost_one_is_critically_constrained() {
        let authority = facts(&template(Purpose::Authority), KeyKind::P256);
        let basic = authority.basic_constraints.unwrap();
        assert_eq!((basic.ca, basic.path_length), (true, None));
        assert_eq!(authority.key_usage.unwrap(), ["keyCertSign", "cRLSign"]);
        let localhost = facts(&template(Purpose::LocalhostAuthority), KeyKind::P256);
        let basic = localhost.basic_constraints.unwrap();
        assert_eq!((basic.ca, basic.path_length), (true, Some(0)));
        let constraints = &localhost.other_extensions[0];
        assert_eq!(
            (constraints.name.as_str(), constraints.critical),
            ("nameConstraints", true)
        );
        let server = facts(&template(Purpose::Server), KeyKind::P256);
        assert!(!server.basic_constraints.unwrap().ca);
        assert_eq!(server.extended_key_usage.unwrap(), ["serverAuth"]);
    }

    #[test]
    fn alternative_names_are_sorted_by_type() {
        let texts = [
            "a.example",
            "10.0.0.1",
            "::1",
            "spiffe://a/b",
            "u@a.example",
        ];
        let names = texts
            .iter()
            .map(|text| text.parse::<AlternativeName>().unwrap());
        let facts = facts(
            &Template {
                alternative_names: names.collect(),
                ..template(Purpose::Caller)
            },
            KeyKind::P256,
        );
        let names = facts.alternative_names;
        assert_eq!(names.dns, ["a.example"]);
        assert_eq!(names.ip, ["10.0.0.1", "::1"]);
        assert_eq!(names.uri, ["spiffe://a/b"]);
        assert_eq!(names.email, ["u@a.example"]);
    }

    #[test]
    fn the_state_follows_the_instant() {
        let key = KeyKind::P256.generate().unwrap();
        let der = self_signed(&template(Purpose::Caller), &key)
            .unwrap()
            .to_der()
            .unwrap();
        let end = START + 30 * 86_400;
        for (now, state, days_left) in [
            (START - 601, State::NotYetValid, 30),
            (START - 600, State::Valid, 30),
            (end, State::Valid, 0),
            (end + 1, State::Expired, -1),
        ] {
            let facts = inspect(&der, at(now)).unwrap();
            assert_eq!(
                (facts.validity, facts.days_left),
                (state, days_left),
                "{now}"
            );
        }
    }

    #[test]
    fn what_a_stranger_wrote_into_a_name_cannot_reach_the_terminal() {
        let mut name = X509Name::builder().unwrap();
        for (text, kind) in [
            ("a\x1b[2J", Asn1Type::UTF8STRING),
            ("b, CN=Allowed", Asn1Type::UTF8STRING),
            ("\u{202e}c", Asn1Type::UTF8STRING),
        ] {
            name.append_entry_by_nid_with_type(Nid::COMMONNAME, text, kind)
                .unwrap();
        }
        let facts = inspect(&bare(&name.build()), at(START)).unwrap();
        assert_eq!(
            facts.common_names,
            ["a\\u{1b}[2J", "b, CN=Allowed", "\\u{202e}c"]
        );
        let expected = "CN=a\\u{1b}[2J, CN=b\\, CN=Allowed, CN=\\u{202e}c";
        assert_eq!(facts.subject, expected);
        assert_eq!(facts.version, 1);
        assert!(facts.key_usage.is_none());
    }

    /// A version 1 certificate for `name`, without extensions.
    fn bare(name: &X509Name) -> Vec<u8> {
        let key = KeyKind::P256.generate().unwrap();
        let mut builder = X509Builder::new().unwrap();
        builder.set_subject_name(name).unwrap();
        builder.set_issuer_name(name).unwrap();
        builder.set_pubkey(&key).unwrap();
        let instant = openssl::asn1::Asn1Time::from_unix(i64::try_from(START).unwrap()).unwrap();
        builder.set_not_before(&instant).unwrap();
        builder.set_not_after(&instant).unwrap();
        builder
            .sign(&key, openssl::hash::MessageDigest::sha256())
            .unwrap();
        builder.build().to_der().unwrap()
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        let key = KeyKind::P256.generate().unwrap();
        let der = self_signed(&template(Purpose::Caller), &key)
            .unwrap()
            .to_der()
            .unwrap();
        assert!(inspect(&[], at(START)).is_err());
        assert!(inspect(&der[1..], at(START)).is_err());
        let longer = [&der[..], b"xx"].concat();
        assert_eq!(
            inspect(&longer, at(START)).unwrap_err(),
            "2 bytes follow its end"
        );
    }
}
