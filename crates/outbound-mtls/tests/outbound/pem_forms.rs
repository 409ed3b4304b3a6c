//! The forms that proxies, portals and shells leave PEM in: each is read, and its name is known.

use openssl::symm::Cipher;
use outbound_mtls::{Contents, Identity, LoadErrorKind, Oddity, Password, is_pem};

use test_support::hierarchy::{der, self_signed_client};
use test_support::pfx::PASSWORD;

/// As nginx writes `$ssl_client_escaped_cert`.
fn percent_encoded(text: &str) -> String {
    let escaped = text.bytes().map(|byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    });
    escaped.collect()
}

#[test]
fn each_form_of_pem_is_read_and_named() {
    let client = self_signed_client();
    let certificate = client.certificate.to_pem().unwrap();
    let plain = client.key.private_key_to_pem_pkcs8().unwrap();
    let aes = Cipher::aes_256_cbc();
    let secret = PASSWORD.as_bytes();
    let locked = client.key.private_key_to_pem_pkcs8_passphrase(aes, secret);
    let sec1 = client.key.ec_key().unwrap();
    let old_locked = sec1.private_key_to_pem_passphrase(aes, secret).unwrap();
    let sec1 = sec1.private_key_to_pem().unwrap();
    for (kind, key) in [
        ("plain", plain),
        ("locked", locked.unwrap()),
        ("older", sec1),
        ("older, locked", old_locked),
    ] {
        let text = String::from_utf8([key, certificate.clone()].concat()).unwrap();
        let forms: [(String, &[Oddity]); 12] = [
            (text.clone(), &[]),
            (text.replace('\n', "\r\n"), &[]),
            (format!("\u{FEFF}{text}"), &[]),
            (format!("\n\n  {text}\n\n"), &[]),
            (format!("\"{text}\""), &[Oddity::Quoted]),
            (format!("'{text}'\n"), &[Oddity::Quoted]),
            (text.replace('\n', "\\n"), &[Oddity::EscapedLineBreaks]),
            (text.replace('\n', "\\r\\n"), &[Oddity::EscapedLineBreaks]),
            (
                format!("\"{}\"", text.replace('\n', "\\n")),
                &[Oddity::Quoted, Oddity::EscapedLineBreaks],
            ),
            (percent_encoded(&text), &[Oddity::PercentEncoded]),
            (text.replace('\n', "\n\t"), &[Oddity::Indented]),
            (text.replace('\n', " "), &[Oddity::OneLine]),
        ];
        for (text, expected) in forms {
            let password = Password::new(PASSWORD.to_owned());
            if kind == "older, locked" && expected == [Oddity::OneLine] {
                // Its headers end at line breaks, which are lost.
                continue;
            }
            let contents = Contents::read("p.pem", text.as_bytes(), Some(&password));
            let contents = contents.unwrap_or_else(|error| panic!("{kind} {expected:?}: {error}"));
            assert_eq!(contents.oddities(), expected, "{kind}");
            let identity = Identity::from_bytes("p.pem", text.as_bytes(), &password, None);
            assert_eq!(identity.unwrap().chain_der().unwrap(), [der(&client)]);
        }
    }
}

#[test]
fn a_locked_key_is_counted_when_there_is_no_password() {
    let client = self_signed_client();
    let aes = Cipher::aes_256_cbc();
    let locked = client.key.private_key_to_pem_pkcs8_passphrase(aes, b"x");
    let text = [locked.unwrap(), client.certificate.to_pem().unwrap()].concat();
    let contents = Contents::read("p.pem", &text, None).unwrap();
    assert_eq!(contents.key_count(), 1);
    assert!(contents.first_key().is_none());
    assert_eq!(contents.certificates().len(), 1);
}

#[test]
fn what_only_looks_like_pem_is_refused_for_what_is_wrong() {
    assert!(!is_pem("-----BEGIN-----"));
    for (text, expected) in [
        ("-----BEGIN%20CERTIFICATE-----%0A", LoadErrorKind::Truncated),
        (
            "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----",
            LoadErrorKind::Damaged,
        ),
        (
            "-----BEGIN DSA PRIVATE KEY-----\nMAA=\n-----END DSA PRIVATE KEY-----",
            LoadErrorKind::Unsupported,
        ),
    ] {
        let refusal = Identity::from_pem("p.pem", text, &Password::none(), None).unwrap_err();
        assert_eq!(refusal.kind(), expected, "{refusal}");
    }
}
