//! What is a secret, and what only looks like one.

use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;

use super::*;

fn key() -> PKey<openssl::pkey::Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

#[test]
fn a_key_is_found_in_every_form_whatever_the_file_is_called() {
    let key = key();
    let pem = String::from_utf8(key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    let sec1 = key.ec_key().unwrap().private_key_to_pem().unwrap();
    let cipher = openssl::symm::Cipher::aes_256_cbc();
    let encrypted = key.private_key_to_pem_pkcs8_passphrase(cipher, b"secret");
    let json = serde_json::json!({"policy": [{"key": pem}]}).to_string();
    let indented = pem.replace('\n', "\n    ");
    let pkcs12 = Pkcs12::builder().pkey(&key).build2("secret").unwrap();
    let short: String = pem.replace('\n', "").as_bytes()[27..91]
        .chunks(32)
        .map(|line| format!("{}\n", String::from_utf8_lossy(line)))
        .collect();
    let labelled = |begin: &str, end: &str| format!("{begin}\n{short}{end}\n").into_bytes();
    let pem_label = |word: &str| format!("-----{word} {} KEY-----", "PRIVATE");
    let pgp_label = |word: &str| format!("-----{word} PGP {} KEY BLOCK-----", "PRIVATE");
    let ssh_label = |word: &str| format!("---- {word} SSH2 ENCRYPTED {} KEY ----", "PRIVATE");
    let wide: Vec<u8> = pem.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let jwk = r#"{"kty": "EC", "d": "x"}"#;
    let rows: [(&str, Vec<u8>); 18] = [
        ("pem", pem.clone().into()),
        ("SEC 1", sec1),
        ("encrypted", encrypted.unwrap()),
        ("in JSON", json.into()),
        ("in YAML", format!("key: |\n    {indented}").into()),
        ("PKCS#8", key.private_key_to_pkcs8().unwrap()),
        ("DER", key.private_key_to_der().unwrap()),
        ("PKCS#12", pkcs12.to_der().unwrap()),
        ("JWK", br#"[{"keys": [{"kty": "EC", "d": "x"}]}]"#.to_vec()),
        (
            "JWK behind a byte order mark",
            b"\xEF\xBB\xBF{\"kty\": \"oct\", \"k\": \"x\"}".to_vec(),
        ),
        (
            "short lines",
            labelled(&pem_label("BEGIN"), &pem_label("END")),
        ),
        ("OpenPGP", labelled(&pgp_label("BEGIN"), &pgp_label("END"))),
        ("SSH2", labelled(&ssh_label("BEGIN"), &ssh_label("END"))),
        ("UTF-16", [b"\xFF\xFE".as_slice(), &wide].concat()),
        ("XML", b"<RSAKeyValue><Modulus>x</Modulus><D>x</D>".to_vec()),
        (
            "JWK with a comment",
            format!("// mine\n{jwk} // his").into(),
        ),
        ("JWK, a line each", format!("{{}}\n{jwk}\n").into()),
        ("JKS", b"\xFE\xED\xFE\xED\0\0\0\x02".to_vec()),
    ];
    for (form, bytes) in rows {
        assert_eq!(
            Secret::of("trust/a", &bytes),
            Some(Secret::PrivateKey),
            "{form}"
        );
    }
}

#[test]
fn names_tell_what_their_files_hold() {
    let key = Some(Secret::PrivateKey);
    let environment = Some(Secret::EnvironmentFile);
    let settings = Some(Secret::LocalSettings);
    for (name, expected) in [
        ("a/partner.PFX", key),
        ("partner.p12", key),
        ("partner.key", key),
        ("keystore.jks", key),
        ("partner.key.bak", key),
        ("partner.key~", key),
        ("partner.KEY.old~", key),
        ("a/id_rsa", key),
        ("id_ed25519", key),
        (".netrc", key),
        (".git-credentials", key),
        ("a/.aws/credentials", key),
        (".aws/credentials", key),
        ("credentials", None),
        ("a.kdbx", key),
        ("id_rsa.pub", None),
        (".env~", environment),
        (".envrc", environment),
        ("prod.env", environment),
        ("example.env", None),
        (".env.example.bak", None),
        (".env", environment),
        ("a/.env.production", environment),
        (".env.example", None),
        (".environment", None),
        ("local.settings.prod.json", settings),
        ("a/Local.Settings.json.bak", settings),
        ("settings.json", None),
        ("key", None),
        ("a.key/b.txt", None),
    ] {
        assert_eq!(Secret::of(name, b""), expected, "{name}");
    }
}

/// A key that is no key: a certificate, a public key, the label in a program or a text, a document without secrets.
#[test]
fn what_is_public_or_only_speaks_of_keys_is_no_secret() {
    let key = key();
    let label = |kind: &str| format!("-----{kind} PRIVATE KEY-----");
    let pem = key.public_key_to_pem().unwrap();
    let program = format!("{}\0{}\0-----END ", label("BEGIN"), "A".repeat(50));
    let spoken = format!(
        "expected {} and {}, found another label",
        label("BEGIN"),
        label("END")
    );
    let rows: [(&str, Vec<u8>); 7] = [
        ("a public key", pem),
        ("its DER", key.public_key_to_der().unwrap()),
        ("a program", program.into()),
        ("a text", spoken.into()),
        ("the end alone", label("END").into()),
        ("a public JWK", br#"{"kty": "EC", "x": "d"}"#.to_vec()),
        ("another document", br#"{"Values": {"a": 1}}"#.to_vec()),
    ];
    for (what, bytes) in rows {
        assert_eq!(Secret::of("trust/a.pem", &bytes), None, "{what}");
    }
}

#[test]
fn a_developers_settings_are_known_by_their_form() {
    for text in [
        r#"{"IsEncrypted": false, "Values": {}}"#,
        "// mine\n/* and his */ {\"isEncrypted\": false, \"values\": {}}",
    ] {
        assert_eq!(
            Secret::of("settings.json.bak", text.as_bytes()),
            Some(Secret::LocalSettings),
            "{text}"
        );
    }
    let program = b"x = {\"IsEncrypted\": false, \"Values\": {}}";
    assert_eq!(Secret::of("a.js", program), None);
}
