//! What a certificate says, as a value that can be printed and serialised.
//!
//! This page shows; it decides nothing. The handler's own reading of a certificate can take its place: everything
//! goes through [`inspect`].

use client_cert::Thumbprint;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKeyRef, Public};
use openssl::x509::X509;
use rustls_pki_types::UnixTime;
use serde::Serialize;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{ExtendedKeyUsage, KeyUsage, ParsedExtension};
use x509_parser::objects::{oid_registry, oid2sn};
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::FromDer as _;

use super::alternative_names::AlternativeNames;
use super::distinguished_name::{common_names, hexadecimal, text};
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
            let parsed = extension.parsed_extension();
            let twice = seen.contains(&&extension.oid);
            seen.push(&extension.oid);
            let malformed = parsed.error().is_some() || twice;
            if !self.take(parsed) || malformed {
                self.other_extensions.push(OtherExtension {
                    name: named(&extension.oid),
                    critical: extension.critical,
                    malformed,
                });
            }
        }
    }

    /// Whether the extension has a field of its own.
    fn take(&mut self, extension: &ParsedExtension<'_>) -> bool {
        match extension {
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
            _ => return false,
        }
        true
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
mod tests;
