//! Each form of a header value and of a file, and what only looks like one.

use super::*;

fn header(form: HeaderForm, values: &[&str]) -> Option<Input> {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    Some(Input::Header(form, values))
}

#[test]
fn a_header_value_is_distinguished_from_a_file() {
    let plain = |values: &[&str]| header(HeaderForm::Plain, values);
    let utf16: Vec<u8> = "\u{FEFF}QUJD\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let der = [0x30, 0x82, 0, 4, 0x30, 0x82, 0, 0];
    let certificate = Input::Certificate(FileForm::Der, der.to_vec());
    let table: [(&[u8], Option<Input>); 18] = [
        (b"308201", None),
        (
            b"X-ARR-ClientCert: -----BEGIN C-----\r\n QUJD\r\n",
            header(HeaderForm::FoldedPem, &["-----BEGIN C----- QUJD"]),
        ),
        (b"QUJD\n", plain(&["QUJD"])),
        (b" QUJD, QUJD ", plain(&["QUJD, QUJD"])),
        (b"x-arr-clientcert: QUJD\r\n", plain(&["QUJD"])),
        (
            b"X-ARR-ClientCert: A\nX-ARR-ClientCert: B\n",
            plain(&["A", "B"]),
        ),
        (b"X-ARR-ClientCert:\n", plain(&[""])),
        (&utf16, plain(&["QUJD"])),
        (&der, Some(certificate)),
        (b"\"QUJD\"", header(HeaderForm::Quoted, &["\"QUJD\""])),
        (
            b"-----BEGIN%20C-----%0AQUJD",
            header(
                HeaderForm::PercentEncodedPem,
                &["-----BEGIN%20C-----%0AQUJD"],
            ),
        ),
        (
            b"-----BEGIN C----- QUJD",
            header(HeaderForm::OneLinePem, &["-----BEGIN C----- QUJD"]),
        ),
        (
            b"-----BEGIN C-----\n\tQUJD\n\tQUJD\n",
            header(HeaderForm::FoldedPem, &["-----BEGIN C----- QUJD QUJD"]),
        ),
        (b"QUJD\nQUJD\n", None),
        (b"-----BEGIN CERTIFICATE-----\nQUJD\n", None),
        (b"0\x82\x01\x01\x02\x01\x03", None),
        (b"", None),
        (b"\n", None),
    ];
    for (bytes, expected) in table {
        assert_eq!(
            Input::recognize(bytes),
            expected,
            "{}",
            bytes.escape_ascii()
        );
    }
}

#[test]
fn percent_encoding_is_decoded_or_refused() {
    assert_eq!(percent_decoded("a%2Bb%0A").as_deref(), Some("a+b\n"));
    for text in ["%", "%2", "%zz", "%é"] {
        assert_eq!(percent_decoded(text), None, "{text}");
    }
}
