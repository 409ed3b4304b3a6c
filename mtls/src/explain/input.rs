//! What `mtls explain` is given: header lines as a proxy writes them, or a file that holds a certificate.
//!
//! Only the form is recognized here. Whether a value is acceptable is for the handler's reader alone, so that no form is
//! refused or corrected before.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::certificate_file::{self, HEADER_NAME};

/// How PEM begins, as it is and with the blanks percent-encoded.
const PEM: &str = "-----BEGIN";

/// DER of a certificate: a SEQUENCE with a long length, and another SEQUENCE as its first element.
const SEQUENCE: u8 = 0x30;

/// The input, if its form is known here.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Input {
    /// Values of `X-ARR-ClientCert`, one a line of the request.
    Header(HeaderForm, Vec<String>),
    /// A certificate that a front end would encode itself.
    Certificate(FileForm, Vec<u8>),
}

/// What a header value looks like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum HeaderForm {
    Plain,
    PercentEncodedPem,
    FoldedPem,
    OneLinePem,
    Quoted,
}

/// What a file with one certificate looks like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum FileForm {
    Der,
    Pem,
    Base64Lines,
}

impl Input {
    /// Recognizes the form; `None` for files that only the tool's reader of files can open, such as PKCS#12.
    pub(super) fn recognize(bytes: &[u8]) -> Option<Self> {
        if is_certificate(bytes) {
            return Some(Self::Certificate(FileForm::Der, bytes.to_vec()));
        }
        let (text, _) = certificate_file::decode(bytes)?;
        let text = text.trim_matches(['\r', '\n']);
        Self::of_header_lines(text).or_else(|| match text.trim().lines().count() {
            0 => None,
            1 => Some(text.trim())
                .filter(|line| is_field_value(line) && !is_hexadecimal(line))
                .map(Self::of_value),
            _ => Self::of_lines(text),
        })
    }

    /// Lines that begin with the header's name, one of them perhaps folded.
    fn of_header_lines(text: &str) -> Option<Self> {
        let first = value_of(text.lines().next()?)?;
        if text.lines().skip(1).all(is_continuation) && text.lines().count() > 1 {
            let value = unfolded(&text.replacen(text.lines().next()?, &first, 1));
            let form = match value.starts_with(PEM) {
                true => HeaderForm::FoldedPem,
                false => HeaderForm::Plain,
            };
            return Some(Self::Header(form, vec![value]));
        }
        let values: Vec<String> = text.lines().map(value_of).collect::<Option<_>>()?;
        Some(match values.as_slice() {
            [value] => Self::of_value(value),
            _ => Self::Header(HeaderForm::Plain, values),
        })
    }

    /// One value, as it is.
    fn of_value(value: &str) -> Self {
        let form = if value.starts_with(PEM) && value.contains('%') {
            HeaderForm::PercentEncodedPem
        } else if value.starts_with(PEM) {
            HeaderForm::OneLinePem
        } else if value.starts_with(['"', '\'']) {
            HeaderForm::Quoted
        } else {
            HeaderForm::Plain
        };
        Self::Header(form, vec![value.to_owned()])
    }

    fn of_lines(text: &str) -> Option<Self> {
        if text.starts_with(PEM) {
            if text.lines().nth(1).is_some_and(is_continuation) {
                return Some(Self::Header(HeaderForm::FoldedPem, vec![unfolded(text)]));
            }
            return certificate_in_pem(text).map(|der| Self::Certificate(FileForm::Pem, der));
        }
        let compact: String = text.split_whitespace().collect();
        let der = STANDARD.decode(compact).ok()?;
        is_certificate(&der).then_some(Self::Certificate(FileForm::Base64Lines, der))
    }

    /// The lines of the request's header.
    pub(super) fn values(&self) -> Vec<String> {
        match self {
            Self::Header(_, values) => values.clone(),
            Self::Certificate(_, der) => vec![STANDARD.encode(der)],
        }
    }

    /// The certificate that is meant, whether or not the handler's reader finds it in this form.
    pub(super) fn meant(&self) -> Option<Vec<u8>> {
        let (form, value) = match self {
            Self::Certificate(_, der) => return Some(der.clone()),
            Self::Header(form, values) => match values.as_slice() {
                [value] => (form, value.as_str()),
                _ => return None,
            },
        };
        match form {
            HeaderForm::Plain => STANDARD.decode(value).ok(),
            HeaderForm::Quoted => STANDARD.decode(value.trim_matches(['"', '\''])).ok(),
            HeaderForm::PercentEncodedPem => certificate_in_pem(&percent_decoded(value)?),
            HeaderForm::FoldedPem | HeaderForm::OneLinePem => {
                certificate_in_pem(&lines_restored(value)?)
            }
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header(HeaderForm::Plain, _) => "header value",
            Self::Header(HeaderForm::PercentEncodedPem, _) => {
                "header value: percent-encoded PEM, as nginx writes $ssl_client_escaped_cert"
            }
            Self::Header(HeaderForm::FoldedPem, _) => {
                "header value: PEM folded over several lines, as nginx writes $ssl_client_cert"
            }
            Self::Header(HeaderForm::OneLinePem, _) => "header value: PEM on one line",
            Self::Header(HeaderForm::Quoted, _) => "header value: text in quotes",
            Self::Certificate(FileForm::Der, _) => "DER",
            Self::Certificate(FileForm::Pem, _) => "PEM",
            Self::Certificate(FileForm::Base64Lines, _) => "DER in base64 on several lines",
        })
    }
}

/// Whether a line continues the one before it (obs-fold; RFC 9112, section 5.2).
fn is_continuation(line: &str) -> bool {
    line.starts_with([' ', '\t'])
}

/// Whether text can be the value of a header (RFC 9110, section 5.5).
fn is_field_value(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() && c != '\t')
}

/// Whether a line is DER in hexadecimal, which no front end forwards.
fn is_hexadecimal(line: &str) -> bool {
    line.starts_with("30")
        && line
            .chars()
            .all(|c| c.is_ascii_hexdigit() || c == ':' || c == ' ')
}

fn is_certificate(bytes: &[u8]) -> bool {
    match bytes {
        [SEQUENCE, length @ 0x81..=0x84, rest @ ..] => {
            rest.get(usize::from(length - 0x80)) == Some(&SEQUENCE)
        }
        _ => false,
    }
}

/// The first certificate, if there are certificates alone: which of several belongs to a key is for the reader of files.
fn certificate_in_pem(text: &str) -> Option<Vec<u8>> {
    if text.contains("PRIVATE KEY") {
        return None;
    }
    let der = CertificateDer::from_pem_slice(text.as_bytes()).ok()?;
    is_certificate(&der).then(|| der.to_vec())
}

/// The value of a whole header line. HTTP removes the blanks around a value.
fn value_of(line: &str) -> Option<String> {
    let (name, value) = line.split_at_checked(HEADER_NAME.len())?;
    name.eq_ignore_ascii_case(HEADER_NAME)
        .then(|| value.trim().to_owned())
}

/// A folded value as its recipient reads it: a line end with blanks after it is one blank (RFC 9112, section 5.2).
fn unfolded(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.join(" ")
}

/// PEM with its lines back, from text that has blanks in their place.
fn lines_restored(text: &str) -> Option<String> {
    let (head, rest) = text.split_once("-----BEGIN CERTIFICATE-----")?;
    let (base64, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let base64: String = base64.split_whitespace().collect();
    head.is_empty()
        .then(|| format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n"))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let (digits, after) = after.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
