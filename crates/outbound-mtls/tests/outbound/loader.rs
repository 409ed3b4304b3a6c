//! What loads as our identity, and how.

use std::io::Write as _;
use std::process::Command;

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::symm::Cipher;
use openssl::x509::X509;
use outbound_mtls::{Facts, Identity, LoadError, LoadErrorKind, Password, Warning};

use test_support::hierarchy::{
    Family, Issued, client, der, ed25519, p256, p384, root, rsa, self_signed_client,
};
use test_support::pfx::{self, Bag, PASSWORD};

pub(crate) const AT: &str = "partner.p12";

pub(crate) fn load(bytes: &[u8], password: &str) -> Result<Identity, LoadError> {
    Identity::from_pkcs12(AT, bytes, &Password::new(password.to_owned()), None)
}

pub(crate) fn select(bytes: &[u8], text: &str) -> Result<Identity, LoadError> {
    Identity::from_pkcs12(AT, bytes, &Password::new(PASSWORD.to_owned()), Some(text))
}

pub(crate) fn kind(result: Result<Identity, LoadError>) -> LoadErrorKind {
    result.unwrap_err().kind()
}

#[test]
fn every_protection_that_openssl_writes_loads_with_its_chain() {
    let family = Family::new();
    let certificates_plain = |builder: &mut openssl::pkcs12::Pkcs12Builder| {
        builder.cert_algorithm(Nid::from_raw(-1));
    };
    let shorter = |builder: &mut openssl::pkcs12::Pkcs12Builder| {
        builder.key_algorithm(Nid::AES_192_CBC);
        builder.cert_algorithm(Nid::AES_128_CBC);
    };
    let many = |builder: &mut openssl::pkcs12::Pkcs12Builder| {
        builder.mac_md(MessageDigest::sha512());
        builder.key_iter(100_000).mac_iter(100_000);
    };
    type Change<'a> = &'a dyn Fn(&mut openssl::pkcs12::Pkcs12Builder);
    let forms: [(&str, Change<'_>); 5] = [
        ("AES-256", &|_| {}),
        ("triple DES", &|builder| pfx::triple_des(builder)),
        ("plain certificates", &certificates_plain),
        ("AES-192 and AES-128", &shorter),
        ("SHA-512, 100,000 iterations", &many),
    ];
    for (form, change) in forms {
        for password in [PASSWORD, "", "p\u{E4}$$\u{20AC}\u{1F511}"] {
            let bytes = pfx::made(&family.client, &family.intermediates(), password, change);
            let identity = load(&bytes, password).unwrap_or_else(|e| panic!("{form}: {e}"));
            assert_eq!(identity.chain_der().unwrap(), family.chain_der(), "{form}");
            let wrong = load(&bytes, "wrong").unwrap_err();
            assert_eq!(wrong.kind(), LoadErrorKind::WrongPassword, "{form}");
        }
    }
}

#[test]
fn old_ciphers_load_while_nobody_else_has_switched_them_on() {
    let family = Family::new();
    let ciphers = [
        Nid::PBE_WITHSHA1AND40BITRC2_CBC,
        Nid::PBE_WITHSHA1AND128BITRC2_CBC,
        Nid::PBE_WITHSHA1AND40BITRC4,
        Nid::PBE_WITHSHA1AND128BITRC4,
        Nid::PBE_WITHSHA1AND2_KEY_TRIPLEDES_CBC,
        Nid::PBEWITHMD5ANDDES_CBC,
        Nid::PBEWITHSHA1ANDDES_CBC,
    ];
    for cipher in ciphers {
        for password in [PASSWORD, "", "p\u{E4}$$"] {
            let (client, others) = (&family.client, family.intermediates());
            let bytes = pfx::made_with_old(client, &others, password, cipher);
            let _lock = pfx::LEGACY.lock().unwrap();
            let identity = load(&bytes, password).unwrap_or_else(|e| panic!("{cipher:?}: {e}"));
            assert_eq!(identity.chain_der().unwrap(), family.chain_der());
        }
    }
}

#[test]
fn the_certificate_that_the_file_ties_to_the_key_is_taken() {
    let root = root("Test Root");
    let old = client(&root, "client", p256());
    let new = client(&root, "client", old.key.clone());
    let identity = load(&pfx::ordinary(&new, &[old.certificate]), PASSWORD).unwrap();
    assert_eq!(identity.chain_der().unwrap(), [der(&new)]);
}

#[test]
fn every_kind_of_key_loads() {
    let root = root("Test Root");
    for key in [p256(), p384(), ed25519(), rsa()] {
        let client = client(&root, "client", key);
        let bytes = pfx::ordinary(&client, &[]);
        let password = Password::new(PASSWORD.to_owned());
        let identity = Identity::from_bytes(AT, &bytes, &password, None).unwrap();
        assert_eq!(identity.chain_der().unwrap(), [der(&client)]);
    }
}

#[test]
fn the_chain_goes_out_in_path_order_without_the_root_whatever_the_files_order() {
    let family = Family::new();
    let [root, first, second] =
        [&family.root, &family.first, &family.second].map(|issued| issued.certificate.clone());
    let stranger = test_support::hierarchy::root("Stranger").certificate;
    let orders: [&[X509]; 5] = [
        &[second.clone(), first.clone()],
        &[first.clone(), second.clone()],
        &[root.clone(), first.clone(), second.clone()],
        &[second.clone(), root.clone(), first.clone(), second.clone()],
        &[stranger, first, root, second],
    ];
    for order in orders {
        let bytes = pfx::ordinary(&family.client, order);
        let identity = load(&bytes, PASSWORD).unwrap();
        assert_eq!(identity.chain_der().unwrap(), family.chain_der());
        assert_eq!(identity.facts().chain_length, 3);
        assert_eq!(identity.facts().warnings, []);
    }
}

#[test]
fn files_without_lengths_and_in_pieces_load() {
    let client = self_signed_client();
    let bags = [
        Bag::ShroudedKey(&client.key, Some("ours")),
        Bag::Certificate(&client.certificate, None),
    ];
    let safe = pfx::indefinite(&pfx::authenticated_safe(&bags));
    let bytes = pfx::indefinite(&pfx::archive(&safe, &[]));
    let identity = select(&bytes, "ours").unwrap();
    assert_eq!(identity.chain_der().unwrap(), [der(&client)]);
}

#[test]
fn what_is_odd_and_loads_is_warned_about() {
    let family = Family::new();
    let alone = load(&pfx::ordinary(&family.client, &[]), PASSWORD).unwrap();
    assert_eq!(alone.facts().warnings, [Warning::NoIntermediates]);
    let own = self_signed_client();
    let own_signed = load(&pfx::ordinary(&own, &[]), PASSWORD).unwrap();
    assert_eq!(own_signed.facts().warnings, []);
    let bags = [
        Bag::Key(&own.key, None),
        Bag::Certificate(&own.certificate, None),
    ];
    for password in ["", PASSWORD] {
        let unchecked = load(&pfx::plain(&bags), password).unwrap();
        assert_eq!(unchecked.facts().warnings, [Warning::NoIntegrityCheck]);
    }
}

#[test]
fn facts_are_those_of_the_certificate() {
    let family = Family::new();
    let identity = load(&pfx::ordinary(&family.client, &[]), PASSWORD).unwrap();
    let Facts {
        sha256,
        sha1,
        not_after,
        ..
    } = identity.facts();
    let digest = |algorithm| {
        let digest = family.client.certificate.digest(algorithm).unwrap();
        digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    assert_eq!(sha256.hex(), digest(MessageDigest::sha256()));
    assert_eq!(sha1.hex(), digest(MessageDigest::sha1()));
    let expected = openssl::asn1::Asn1Time::from_unix(i64::try_from(not_after.as_secs()).unwrap());
    assert!(expected.unwrap() == *family.client.certificate.not_after());
    assert!(!format!("{identity:?}").contains("PRIVATE"));
    assert!(format!("{identity:?}").contains(&sha256.hex()));
}

#[test]
fn passwords_in_the_encodings_of_old_terminals_open_their_files() {
    let client = self_signed_client();
    let mut pem = client.certificate.to_pem().unwrap();
    pem.extend(client.key.private_key_to_pem_pkcs8().unwrap());
    let latin1: &[u8] = b"p\xE4ss";
    for algorithm in ["AES-256-CBC", "PBE-SHA1-3DES"] {
        let Some(bytes) = exported_by_openssl(&pem, latin1, algorithm) else {
            test_support::skipped("no openssl: apt-get install openssl");
            return;
        };
        let identity = load(&bytes, "p\u{E4}ss").unwrap_or_else(|e| panic!("{algorithm}: {e}"));
        assert_eq!(identity.chain_der().unwrap(), [der(&client)]);
        assert_eq!(kind(load(&bytes, "pass")), LoadErrorKind::WrongPassword);
    }
}

/// A file that the `openssl` program wrote with a password of these bytes.
fn exported_by_openssl(pem: &[u8], password: &[u8], algorithm: &str) -> Option<Vec<u8>> {
    let file = |bytes: &[u8]| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    };
    let (pem, password) = (file(pem), file(password));
    let output = Command::new("openssl")
        .args([
            "pkcs12", "-export", "-keypbe", algorithm, "-certpbe", algorithm,
        ])
        .arg("-passout")
        .arg(format!("file:{}", password.path().display()))
        .arg("-in")
        .arg(pem.path())
        .output()
        .ok()?;
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(output.stdout)
}

#[test]
fn pem_text_loads_in_every_form_of_key() {
    let family = Family::new();
    let rsa = client(&family.second, "rsa", rsa());
    let phrase = PASSWORD.as_bytes();
    let aes = Cipher::aes_256_cbc;
    let pkcs8 = |key: &PKey<Private>| key.private_key_to_pem_pkcs8().unwrap();
    let cases: [(&Issued, Vec<u8>); 6] = [
        (&family.client, pkcs8(&family.client.key)),
        (
            &family.client,
            family
                .client
                .key
                .ec_key()
                .unwrap()
                .private_key_to_pem()
                .unwrap(),
        ),
        (&rsa, rsa.key.rsa().unwrap().private_key_to_pem().unwrap()),
        (&rsa, pkcs8(&rsa.key)),
        (
            &rsa,
            rsa.key
                .private_key_to_pem_pkcs8_passphrase(aes(), phrase)
                .unwrap(),
        ),
        (
            &rsa,
            rsa.key
                .rsa()
                .unwrap()
                .private_key_to_pem_passphrase(aes(), phrase)
                .unwrap(),
        ),
    ];
    for (issued, key) in cases {
        let [root, first, second, leaf] = [&family.root, &family.first, &family.second, issued]
            .map(|issued| issued.certificate.to_pem().unwrap());
        let text = [
            b"Bag Attributes\n".as_slice(),
            &root,
            &first,
            &key,
            &second,
            &leaf,
        ]
        .concat();
        let text = String::from_utf8(text).unwrap();
        let identity =
            Identity::from_pem("p.pem", &text, &Password::new(PASSWORD.to_owned()), None);
        let expected: Vec<Vec<u8>> = [issued, &family.second, &family.first].map(der).to_vec();
        assert_eq!(identity.unwrap().chain_der().unwrap(), expected);
        let password = Password::new(PASSWORD.to_owned());
        let detected = Identity::from_bytes("p.pem", text.as_bytes(), &password, None);
        assert_eq!(detected.unwrap().chain_der().unwrap(), expected);
    }
}
