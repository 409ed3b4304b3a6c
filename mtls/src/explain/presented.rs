//! What the front end would forward: a certificate from a file, or a header value as it stands.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_cert::{Certificate, HeaderLine};

use crate::Failure;
use crate::certificate_file::{self, HEADER_NAME};
use crate::password::PasswordArguments;

/// How PEM begins.
const PEM: &str = "-----BEGIN";

/// The lines of `X-ARR-ClientCert` that a request would have, and what is in them.
pub(super) struct Presented {
    /// Where it comes from.
    pub(super) source: String,
    /// In which form.
    pub(super) form: String,
    /// The certificate, where the handler's parser reads it.
    pub(super) certificate: Option<Certificate>,
    values: Vec<String>,
}

impl Presented {
    /// Reads a file, or standard input for `-`.
    ///
    /// Text on standard input that is neither PEM nor several lines is a header value, and is taken as it stands: what
    /// the handler would refuse of it must be seen to be refused.
    ///
    /// # Errors
    ///
    /// See [`certificate_file::read`].
    pub(super) fn read(
        path: &Path,
        password: &PasswordArguments,
        notes: &mut Vec<String>,
    ) -> Result<Self, Failure> {
        let bytes = certificate_file::load(path)?;
        let source = crate::printable::printable(&certificate_file::name_of(path));
        if let Some(values) = header_values(&bytes)
            && certificate_file::is_standard_input(path)
        {
            return Ok(Self::of_header(source, values));
        }
        let found = certificate_file::open(path, &bytes, password)?;
        if found.certificates.len() > 1 {
            notes.push(format!(
                "{source} holds {} certificates; a front end forwards the caller's own and no other",
                found.certificates.len()
            ));
        }
        Ok(Self {
            source,
            form: found.format.to_string(),
            certificate: Certificate::parse(found.leaf()).ok(),
            values: vec![STANDARD.encode(found.leaf())],
        })
    }

    fn of_header(source: String, values: Vec<String>) -> Self {
        let der = match values.as_slice() {
            [value] => STANDARD.decode(value).ok(),
            _ => None,
        };
        Self {
            source,
            form: "header value".to_owned(),
            certificate: der.and_then(|der| Certificate::parse(&der).ok()),
            values,
        }
    }

    /// The header of the request.
    pub(super) fn header(&self) -> HeaderLine<'_> {
        HeaderLine::from_values(self.values.iter().map(String::as_bytes))
    }
}

/// The values of the header, if the text is one value, or lines that each begin with the header's name.
fn header_values(bytes: &[u8]) -> Option<Vec<String>> {
    let (text, _) = certificate_file::decode(bytes)?;
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let named: Vec<String> = lines.iter().filter_map(|line| value_of(line)).collect();
    match lines.as_slice() {
        _ if !named.is_empty() && named.len() == lines.len() => Some(named),
        // DER and PKCS#12 begin with a control character at their second byte, or are no UTF-8.
        [line] if !line.starts_with(PEM) && !line.contains(char::is_control) => {
            Some(vec![(*line).to_owned()])
        }
        _ => None,
    }
}

/// The value of a whole header line. HTTP takes the blanks around a value off.
fn value_of(line: &str) -> Option<String> {
    let (name, value) = line.split_at_checked(HEADER_NAME.len())?;
    name.eq_ignore_ascii_case(HEADER_NAME)
        .then(|| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_value_is_told_from_a_file() {
        let values = |bytes: &[u8]| header_values(bytes).unwrap_or_default();
        let utf16: Vec<u8> = "\u{FEFF}QUJD\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let table: [(&[u8], &[&str]); 10] = [
            (b"QUJD\n", &["QUJD"]),
            (b" QUJD, QUJD ", &["QUJD, QUJD"]),
            (b"x-arr-clientcert: QUJD\r\n", &["QUJD"]),
            (b"X-ARR-ClientCert: A\nX-ARR-ClientCert: B\n", &["A", "B"]),
            (b"X-ARR-ClientCert:\n", &[""]),
            (&utf16, &["QUJD"]),
            (b"QUJD\nQUJD\n", &[]),
            (b"-----BEGIN CERTIFICATE-----", &[]),
            (b"0\x82\x01", &[]),
            (b"", &[]),
        ];
        for (bytes, expected) in table {
            assert_eq!(values(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}
