//! Which setting a failure names: the settings do, and nothing beneath them.

use std::fs;
use std::path::Path;

use outbound_mtls::Notice;

use crate::rig::Rig;
use test_support::hierarchy::{Family, client, p256, root};
use test_support::pfx::{self, Bag, PASSWORD};

const PATH: &str = "OUTBOUND_CLIENT_CERT_PATH";
const PEM: &str = "OUTBOUND_CLIENT_CERT_PEM";
const PFX: &str = "OUTBOUND_CLIENT_CERT_PFX";
const SELECT: &str = "OUTBOUND_CLIENT_CERT_SELECT";
const WRONG_PASSWORD: (&str, &str) = ("OUTBOUND_CLIENT_CERT_PASSWORD", "wrong");

#[tokio::test]
async fn a_failure_of_an_identity_from_settings_names_the_setting_to_change() {
    let family = Family::new();
    let root = root("Test Root");
    let one = client(&root, "one", p256());
    let bytes = pfx::ordinary(&one, &[]);
    let base64 = openssl::base64::encode_block(&bytes);
    let aes = openssl::symm::Cipher::aes_256_cbc();
    let key = one
        .key
        .private_key_to_pem_pkcs8_passphrase(aes, PASSWORD.as_bytes());
    let pem = [key.unwrap(), one.certificate.to_pem().unwrap()].concat();
    let text = String::from_utf8(pem.clone()).unwrap();
    let two = pfx::plain(&[
        Bag::Key(&one.key, None),
        Bag::Certificate(&one.certificate, None),
        Bag::Key(&root.key, None),
        Bag::Certificate(&root.certificate, None),
    ]);
    let digits = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    let by_thumbprint = [
        ("OUTBOUND_CLIENT_CERT_THUMBPRINT", digits),
        ("OUTBOUND_CLIENT_CERT_FOLDER", "."),
    ];
    // The contents of the file, the settings beside the password, and the setting that is named.
    type Case<'a> = (&'a [u8], Vec<(&'static str, &'a str)>, &'static str);
    let cases: [Case<'_>; 10] = [
        (
            &bytes,
            vec![(PATH, "f.p12"), WRONG_PASSWORD],
            WRONG_PASSWORD.0,
        ),
        (
            &bytes,
            vec![(PFX, &base64), WRONG_PASSWORD],
            WRONG_PASSWORD.0,
        ),
        (&pem, vec![(PEM, "f.p12"), WRONG_PASSWORD], WRONG_PASSWORD.0),
        (&pem, vec![(PEM, &text), WRONG_PASSWORD], WRONG_PASSWORD.0),
        (&pem, vec![(PATH, "f.p12")], PEM),
        (base64.as_bytes(), vec![(PATH, "f.p12")], PFX),
        (&bytes, vec![(PEM, "f.p12")], PATH),
        (&two, vec![(PATH, "f.p12")], SELECT),
        (&bytes, vec![(PATH, "f.p12"), (SELECT, "theirs")], SELECT),
        (
            &bytes,
            by_thumbprint.to_vec(),
            "OUTBOUND_CLIENT_CERT_THUMBPRINT",
        ),
    ];
    for (contents, settings, named) in cases {
        let mut rig = Rig::of(&family, "https://127.0.0.1/");
        rig.set(PATH, "");
        rig.write("f.p12", contents);
        rig.write(&format!("{digits}.p12"), contents);
        for (name, value) in &settings {
            rig.set(name, value);
        }
        rig.client().reload().await;
        let notices = rig.notices();
        let [Notice::LoadFailed { detail, .. }] = notices.as_slice() else {
            panic!("expected one failure, found {notices:?}");
        };
        assert!(detail.ends_with(&format!(" ({named})")), "{detail}");
    }
}

/// Identities can be given without settings, so only the settings know their names.
#[test]
fn no_source_outside_the_settings_names_one() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = 0;
    for folder in [sources.clone(), sources.join("pkcs12")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                assert!(!text.contains("OUTBOUND_CLIENT"), "{}", path.display());
                found += 1;
            }
        }
    }
    assert!(found > 40, "{found}");
}
