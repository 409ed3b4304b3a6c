//! A file of certificates: PEM, one after another, or DER.

use std::fmt;

use rustls_pki_types::pem::{PemObject as _, SectionKind};

/// The UTF-8 byte order mark, which editors on Windows put before text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The object identifier of PKCS#7 signedData (RFC 5652, section 5.1), as DER.
const SIGNED_DATA: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";

/// Within how many bytes [`SIGNED_DATA`] begins in a PKCS#7 file: one or two lengths are before it.
const SIGNED_DATA_WITHIN: usize = 32;

/// The DER encodings in a file; one at least. Whether each is a certificate is not looked at.
///
/// Text around the sections of a PEM file is passed over, as tools write it. Any section that is no certificate is an error: a
/// private key in particular does not belong beside a policy.
///
/// # Errors
///
/// Everything that is wrong with the file; see [`CertificateFileError`].
pub fn certificates(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Vec<CertificateFileError>> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    if let Some(format) = other_format(bytes) {
        return Err(vec![CertificateFileError::OtherFormat(format)]);
    }
    if bytes.starts_with(b"\x30") {
        return Ok(vec![bytes.to_vec()]);
    }
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for (number, section) in (1..).zip(<(SectionKind, Vec<u8>)>::pem_slice_iter(bytes)) {
        match section {
            Ok((SectionKind::Certificate, der)) => found.push(der),
            Ok(_) => errors.push(CertificateFileError::OtherSection { number }),
            Err(_) => errors.push(CertificateFileError::UnreadableSection { number }),
        }
    }
    if found.is_empty() && errors.is_empty() {
        errors.push(CertificateFileError::NoCertificate);
    }
    match errors.is_empty() {
        true => Ok(found),
        false => Err(errors),
    }
}

/// A format of certificates that is not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum OtherFormat {
    /// PKCS#7 as PEM.
    Pkcs7,
    /// PKCS#7 as DER.
    Pkcs7Der,
    /// Text in UTF-16.
    Utf16,
    /// OpenSSL's certificate with what it is trusted for.
    Trusted,
}

fn other_format(bytes: &[u8]) -> Option<OtherFormat> {
    let contains = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let start = bytes.get(..SIGNED_DATA_WITHIN).unwrap_or(bytes);
    let is_signed_data = start
        .windows(SIGNED_DATA.len())
        .any(|part| part == SIGNED_DATA);
    if bytes.starts_with(b"\x30") {
        is_signed_data.then_some(OtherFormat::Pkcs7Der)
    } else if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        Some(OtherFormat::Utf16)
    } else if contains(b"-----BEGIN PKCS7-----") || contains(b"-----BEGIN CMS-----") {
        Some(OtherFormat::Pkcs7)
    } else {
        contains(b"-----BEGIN TRUSTED CERTIFICATE-----").then_some(OtherFormat::Trusted)
    }
}

/// What is wrong with a file of certificates. The text says what was found and what to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CertificateFileError {
    /// Nothing that looks like one.
    NoCertificate,
    /// Certificates in a form that is not read.
    OtherFormat(OtherFormat),
    /// PEM of something else, a private key for example.
    OtherSection {
        /// Which section, from 1.
        number: usize,
    },
    /// PEM that is damaged.
    UnreadableSection {
        /// Which section, from 1.
        number: usize,
    },
}

impl std::error::Error for CertificateFileError {}

impl fmt::Display for CertificateFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str("found none; export the certificate as PEM (Base64 encoded X.509) or DER"),
            Self::OtherFormat(OtherFormat::Pkcs7) => {
                f.write_str("found PKCS#7; convert it by openssl pkcs7 -print_certs -in FILE")
            }
            Self::OtherFormat(OtherFormat::Pkcs7Der) => f.write_str(
                "found PKCS#7 in DER; convert it by openssl pkcs7 -inform der -print_certs -in FILE",
            ),
            Self::OtherFormat(OtherFormat::Utf16) => f.write_str("found UTF-16 text; save the file as UTF-8"),
            Self::OtherFormat(OtherFormat::Trusted) => {
                f.write_str("found OpenSSL's TRUSTED CERTIFICATE; convert it by openssl x509 -in FILE")
            }
            Self::OtherSection { number } => write!(
                f,
                "found something else as section {number}; a private key does not belong in this file"
            ),
            Self::UnreadableSection { number } => {
                write!(f, "found a section {number} that cannot be read; export the file again")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use test_support::Shape;

    use super::*;

    #[test]
    fn certificates_are_read_in_every_form_that_tools_write() {
        let certificate = Shape::authority("CA").self_signed();
        let (pem, der) = (certificate.pem(), certificate.der().to_vec());
        let crlf = pem.replace('\n', "\r\n");
        let around = format!("subject=CN = CA\n{pem}\nissuer=CN = CA\n{pem}");
        for (bytes, count) in [
            (pem.clone().into_bytes(), 1),
            (crlf.into_bytes(), 1),
            ([BYTE_ORDER_MARK, pem.as_bytes()].concat(), 1),
            (around.into_bytes(), 2),
            (der.clone(), 1),
        ] {
            assert_eq!(certificates(&bytes), Ok(vec![der.clone(); count]));
        }
    }

    #[test]
    fn another_format_is_refused_by_its_name() {
        use CertificateFileError::{NoCertificate, OtherSection, UnreadableSection};
        let der = Shape::authority("CA").self_signed().der().to_vec();
        let signed_data = [b"\x30\x82\x05\x00".as_slice(), SIGNED_DATA, &der].concat();
        let section = |name: &str| {
            format!("-----BEGIN {name}-----\nMII=\n-----END {name}-----\n").into_bytes()
        };
        for (bytes, expected) in [
            (
                section("PKCS7"),
                CertificateFileError::OtherFormat(OtherFormat::Pkcs7),
            ),
            (
                section("CMS"),
                CertificateFileError::OtherFormat(OtherFormat::Pkcs7),
            ),
            (
                signed_data,
                CertificateFileError::OtherFormat(OtherFormat::Pkcs7Der),
            ),
            (
                b"\xFF\xFE-\0".to_vec(),
                CertificateFileError::OtherFormat(OtherFormat::Utf16),
            ),
            (
                section("TRUSTED CERTIFICATE"),
                CertificateFileError::OtherFormat(OtherFormat::Trusted),
            ),
            (section("PRIVATE KEY"), OtherSection { number: 1 }),
            (
                b"-----BEGIN CERTIFICATE-----\n?\n".to_vec(),
                UnreadableSection { number: 1 },
            ),
            (b"nothing".to_vec(), NoCertificate),
            (Vec::new(), NoCertificate),
        ] {
            assert_eq!(
                certificates(&bytes),
                Err(vec![expected]),
                "{:?}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }

    #[test]
    fn every_section_that_is_wrong_is_reported() {
        let pem = Shape::authority("CA").self_signed().pem();
        let section = "-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n";
        let file = [section, &pem, section].concat();
        let expected = [1, 3].map(|number| CertificateFileError::OtherSection { number });
        assert_eq!(certificates(file.as_bytes()), Err(expected.to_vec()));
    }
}
