//! A certificate that is to be revoked.

use std::str::FromStr;

use client_cert::{Certificate, SerialNumber};
use openssl::asn1::Asn1Integer;
use openssl::bn::BigNum;
use openssl::error::ErrorStack;
use openssl::x509::X509;

use crate::certificate::revocation_list::Signer;

/// A serial number that an authority may give: positive, at most 20 octets (RFC 5280, section 4.1.2.2).
#[derive(Clone, Debug)]
pub(super) struct Serial(SerialNumber);

/// A certificate that is to be revoked.
pub(super) struct Candidate {
    pub(super) serial: Asn1Integer,
    /// The number and, where it is known, the subject.
    pub(super) shown: String,
}

impl Candidate {
    /// A certificate, if the authority issued it.
    ///
    /// # Errors
    ///
    /// What was found instead.
    pub(super) fn of(der: &[u8], signer: &Signer<'_>) -> Result<Self, String> {
        let certificate = Certificate::parse(der).map_err(|error| error.to_string())?;
        if certificate.issuer() != signer.certificate.subject() {
            return Err(format!("one of {}", certificate.issuer()));
        }
        let parsed = X509::from_der(der).map_err(|error| error.to_string())?;
        if !signer.has_signed(&parsed) {
            return Err("one that another key signed".to_owned());
        }
        let serial = parsed.serial_number().to_bn();
        Ok(Self {
            serial: serial
                .and_then(|serial| serial.to_asn1_integer())
                .map_err(|error| error.to_string())?,
            shown: format!("{} {}", certificate.serial_number(), certificate.subject()),
        })
    }

    /// A certificate that may not be at hand: whether the authority gave the number is not known.
    ///
    /// # Errors
    ///
    /// What OpenSSL cannot do for want of memory.
    pub(super) fn numbered(Serial(serial): &Serial) -> Result<Self, ErrorStack> {
        let shown = serial.to_string();
        Ok(Self {
            serial: BigNum::from_hex_str(&shown)?.to_asn1_integer()?,
            shown,
        })
    }
}

impl FromStr for Serial {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const OCTETS: usize = 20;
        let serial: SerialNumber = text.parse().map_err(|error| format!("{error}"))?;
        match serial.to_string() {
            digits if digits == "0" => Err("expected a positive number, found 0".to_owned()),
            digits if digits.len() > 2 * OCTETS => Err(format!(
                "expected at most {OCTETS} octets, found {} hexadecimal digits",
                digits.len()
            )),
            _ => Ok(Self(serial)),
        }
    }
}
