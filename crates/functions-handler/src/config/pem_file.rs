//! A file of PEM certificates, and what people have in its place.

use app_settings::{NamedFile, Problem};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{PemObject as _, SectionKind};

/// The UTF-8 byte order mark, which editors on Windows put before text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The object identifier of PKCS#7 signedData, as DER.
const SIGNED_DATA: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";

/// Where [`SIGNED_DATA`] is in a PKCS#7 file: behind one or two lengths.
const SIGNED_DATA_WITHIN: usize = 32;

/// A certificate and where it was found, for messages.
pub(super) struct Found {
    pub(super) at: String,
    pub(super) der: CertificateDer<'static>,
}

/// The certificates of a file. Text between them is passed over; anything else that is PEM is a problem.
pub(super) fn certificates(
    setting: &str,
    file: &NamedFile,
    bytes: &[u8],
    problems: &mut Vec<Problem>,
) -> Vec<Found> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let mut refuse = |text: String| problems.push(Problem::new(setting, text));
    if let Some(text) = other_format(file, bytes) {
        refuse(text);
        return Vec::new();
    }
    let name = file.name();
    let mut found = Vec::new();
    for (number, section) in (1..).zip(<(SectionKind, Vec<u8>)>::pem_slice_iter(bytes)) {
        match section {
            Ok((SectionKind::Certificate, der)) => found.push(Found {
                at: format!("{file}, certificate {}", found.len().saturating_add(1)),
                der: CertificateDer::from(der),
            }),
            Ok(_) => refuse(format!(
                "expected certificates alone in {name}, found something else as section {number}; a private key does not \
                 belong in this file"
            )),
            Err(_) => refuse(format!(
                "expected PEM in {name}, found a section {number} that cannot be read; export the file again"
            )),
        }
    }
    if found.is_empty() {
        refuse(format!(
            "expected at least one PEM certificate in {name}, found none; export the certificate as PEM (Base64 encoded X.509)"
        ));
    }
    found
}

/// What a file is that is not PEM certificates, by its true name and with the command that converts it.
fn other_format(file: &NamedFile, bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let start = bytes.get(..SIGNED_DATA_WITHIN).unwrap_or(bytes);
    let is_signed_data = start
        .windows(SIGNED_DATA.len())
        .any(|part| part == SIGNED_DATA);
    let (found, advice) =
        if text.contains("-----BEGIN PKCS7-----") || text.contains("-----BEGIN CMS-----") {
            (
                "PKCS#7",
                "convert it by openssl pkcs7 -print_certs -in FILE",
            )
        } else if bytes.starts_with(b"\x30") && is_signed_data {
            (
                "PKCS#7 in DER",
                "convert it by openssl pkcs7 -inform der -print_certs -in FILE",
            )
        } else if bytes.starts_with(b"\x30") {
            (
                "DER",
                "convert a certificate by openssl x509 -inform der -in FILE",
            )
        } else if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
            ("UTF-16 text", "save the file as UTF-8")
        } else if text.contains("-----BEGIN TRUSTED CERTIFICATE-----") {
            (
                "OpenSSL's TRUSTED CERTIFICATE",
                "convert it by openssl x509 -in FILE",
            )
        } else {
            return None;
        };
    let name = file.name();
    Some(format!(
        "expected PEM certificates in {name}, found {found}; {advice}"
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use test_support::Shape;

    use super::*;

    fn read(bytes: &[u8]) -> (usize, Vec<Problem>) {
        let file = NamedFile::new("S", "ca.pem", Path::new("/app"));
        let mut problems = Vec::new();
        (
            certificates("S", &file, bytes, &mut problems).len(),
            problems,
        )
    }

    #[test]
    fn certificates_are_read_with_a_byte_order_mark_and_text_around_them() {
        let pem = Shape::authority("CA").self_signed().pem();
        let pem = pem.as_bytes();
        let marked = [BYTE_ORDER_MARK, pem].concat();
        let around = [b"subject=CN = CA\n".as_slice(), pem, b"\n", pem].concat();
        for (bytes, count) in [(pem, 1), (marked.as_slice(), 1), (&around, 2)] {
            let (found, problems) = read(bytes);
            assert_eq!((found, problems), (count, Vec::new()));
        }
    }

    #[test]
    fn another_format_is_refused_by_its_name_with_the_command_that_converts_it() {
        let der = Shape::authority("CA").self_signed().der().to_vec();
        let signed_data = [b"\x30\x82\x05\x00".as_slice(), SIGNED_DATA, &der].concat();
        for (bytes, found, advice) in [
            (
                b"-----BEGIN PKCS7-----\nMII=\n-----END PKCS7-----\n".as_slice(),
                "found PKCS#7;",
                "openssl pkcs7 -print_certs",
            ),
            (
                &signed_data,
                "found PKCS#7 in DER;",
                "openssl pkcs7 -inform der -print_certs",
            ),
            (&der, "found DER;", "openssl x509 -inform der"),
            (b"\xFF\xFE-\0", "found UTF-16 text;", "UTF-8"),
            (
                b"-----BEGIN TRUSTED CERTIFICATE-----\n",
                "TRUSTED CERTIFICATE;",
                "openssl x509 -in",
            ),
            (b"nothing", "found none;", "as PEM"),
            (
                b"-----BEGIN CERTIFICATE-----\n?\n",
                "cannot be read;",
                "export",
            ),
            (
                b"-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n",
                "something else as section 1;",
                "private key",
            ),
        ] {
            let (_, problems) = read(bytes);
            let messages = format!("{problems:?}");
            assert!(
                messages.contains(found) && messages.contains(advice),
                "{messages}"
            );
        }
    }
}
