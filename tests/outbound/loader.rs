//! What loads as our identity, and what each refusal says.

use std::io::Write as _;
use std::process::Command;

use handler::outbound::{Facts, Identity, LoadError, LoadErrorKind, Password, Warning};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::provider::Provider;
use openssl::symm::Cipher;
use openssl::x509::X509;

use crate::certificates::{
    Family, Issued, client, der, ed25519, p256, p384, root, rsa, self_signed_client,
};
use crate::pfx::{self, Bag, PASSWORD};

const AT: &str = "partner.p12";

fn load(bytes: &[u8], password: &str) -> Result<Identity, LoadError> {
    Identity::from_pkcs12(AT, bytes, &Password::new(password.to_owned()), None)
}

fn select(bytes: &[u8], text: &str) -> Result<Identity, LoadError> {
    Identity::from_pkcs12(AT, bytes, &Password::new(PASSWORD.to_owned()), Some(text))
}

fn kind(result: Result<Identity, LoadError>) -> LoadErrorKind {
    result.unwrap_err().kind()
}

#[test]
fn every_protection_that_openssl_writes_loads_with_its_chain() {
    let family = Family::new();
    let _legacy = Provider::try_load(None, "legacy", true).unwrap();
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
    let forms: [(&str, Change<'_>); 6] = [
        ("AES-256", &|_| {}),
        ("triple DES", &|builder| pfx::triple_des(builder)),
        ("RC2-40", &|builder| pfx::rc2_40(builder)),
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
fn rc2_files_load_without_a_provider_that_anybody_else_holds() {
    let family = Family::new();
    let bytes = {
        let _legacy = Provider::try_load(None, "legacy", true).unwrap();
        pfx::made(&family.client, &[], PASSWORD, pfx::rc2_40)
    };
    load(&bytes, PASSWORD).unwrap();
}

#[test]
fn every_kind_of_key_loads() {
    let root = root("Test Root");
    for key in [p256(), p384(), ed25519(), rsa()] {
        let client = client(&root, "client", key);
        let identity = load(&pfx::ordinary(&client, &[]), PASSWORD).unwrap();
        assert_eq!(identity.chain_der().unwrap(), [der(&client)]);
    }
}

#[test]
fn the_chain_goes_out_in_path_order_without_the_root_whatever_the_files_order() {
    let family = Family::new();
    let [root, first, second] =
        [&family.root, &family.first, &family.second].map(|issued| issued.certificate.clone());
    let stranger = crate::certificates::root("Stranger").certificate;
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
fn facts_are_those_that_the_certificate_tells() {
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

/// Two identities and a key whose certificate is not there, in one file.
fn crowd() -> (Issued, Issued, Issued, Vec<u8>) {
    let root = root("Test Root");
    let [one, two, three] = ["one", "two", "three"].map(|name| client(&root, name, p256()));
    let bags = [
        Bag::Key(&one.key, Some("first")),
        Bag::Inner(vec![
            Bag::ShroudedKey(&two.key, None),
            Bag::Certificate(&two.certificate, Some("zw\u{F6}lf")),
        ]),
        Bag::Certificate(&one.certificate, None),
        Bag::Key(&three.key, Some("orphan")),
        Bag::Certificate(&root.certificate, None),
    ];
    let bytes = pfx::plain(&bags);
    (one, two, three, bytes)
}

#[test]
fn of_several_keys_none_is_taken_unless_it_is_selected() {
    let (one, two, _, bytes) = crowd();
    let refusal = load(&bytes, PASSWORD).unwrap_err();
    assert_eq!(refusal.kind(), LoadErrorKind::SeveralIdentities);
    let text = refusal.to_string();
    for part in [
        AT,
        "\"first\"",
        "\"zw\u{F6}lf\"",
        "\"orphan\"",
        "OUTBOUND_CLIENT_CERT_SELECT",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let thumbprint = |issued: &Issued, algorithm| {
        let digest = issued.certificate.digest(algorithm).unwrap();
        digest
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect::<String>()
    };
    for (text, issued) in [
        ("first".to_owned(), &one),
        ("zw\u{F6}lf".to_owned(), &two),
        (thumbprint(&one, MessageDigest::sha1()), &one),
        (thumbprint(&two, MessageDigest::sha256()), &two),
    ] {
        let identity = select(&bytes, &text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(identity.chain_der().unwrap(), [der(issued)], "{text}");
    }
    assert_eq!(kind(select(&bytes, "orphan")), LoadErrorKind::KeyDoesNotFit);
    assert_eq!(kind(select(&bytes, "ours")), LoadErrorKind::NotSelected);
}

#[test]
fn keys_that_are_encrypted_count_too() {
    let root = root("Test Root");
    let [one, two] = ["one", "two"].map(|name| client(&root, name, p256()));
    let bytes = pfx::plain(&[
        Bag::ShroudedKey(&one.key, None),
        Bag::Certificate(&one.certificate, None),
        Bag::ShroudedKey(&two.key, None),
        Bag::Certificate(&two.certificate, None),
    ]);
    assert_eq!(
        kind(load(&bytes, PASSWORD)),
        LoadErrorKind::SeveralIdentities
    );
    assert_eq!(kind(load(&bytes, "wrong")), LoadErrorKind::WrongPassword);
}

#[test]
fn a_selection_that_the_only_identity_does_not_meet_is_refused() {
    let client = self_signed_client();
    let bytes = pfx::ordinary(&client, &[]);
    assert!(select(&bytes, "ours").is_ok());
    assert_eq!(kind(select(&bytes, "theirs")), LoadErrorKind::NotSelected);
}

#[test]
fn a_renewed_certificate_beside_the_old_one_is_not_guessed() {
    let root = root("Test Root");
    let old = client(&root, "client", p256());
    let new = client(&root, "client", old.key.clone());
    let bytes = pfx::plain(&[
        Bag::Key(&old.key, None),
        Bag::Certificate(&old.certificate, Some("old")),
        Bag::Certificate(&new.certificate, Some("new")),
    ]);
    assert_eq!(kind(load(&bytes, "")), LoadErrorKind::SeveralIdentities);
    assert_eq!(
        select(&bytes, "new").unwrap().chain_der().unwrap(),
        [der(&new)]
    );
}

#[test]
fn halves_and_mismatches_are_refused_by_name() {
    let root = root("Test Root");
    let one = client(&root, "one", p256());
    let two = client(&root, "two", p256());
    let rsa = client(&root, "rsa", rsa());
    let key = Bag::Key(&one.key, None);
    let cases: [(&[Bag<'_>], LoadErrorKind); 5] = [
        (&[], LoadErrorKind::NoKey),
        (
            &[Bag::Certificate(&one.certificate, None)],
            LoadErrorKind::NoKey,
        ),
        (&[Bag::Key(&one.key, None)], LoadErrorKind::NoCertificate),
        (
            &[
                Bag::Key(&one.key, None),
                Bag::Certificate(&two.certificate, None),
            ],
            LoadErrorKind::KeyDoesNotFit,
        ),
        (
            &[key, Bag::Certificate(&rsa.certificate, None)],
            LoadErrorKind::KeyDoesNotFit,
        ),
    ];
    for (bags, expected) in cases {
        let refusal = load(&pfx::plain(bags), "").unwrap_err();
        assert_eq!(refusal.kind(), expected, "{refusal}");
        assert!(refusal.to_string().starts_with(AT), "{refusal}");
    }
}

#[test]
fn what_is_not_pkcs12_is_told_from_what_ends_early() {
    let client = self_signed_client();
    let bytes = pfx::ordinary(&client, &[]);
    let pem = client.certificate.to_pem().unwrap();
    let base64 = openssl::base64::encode_block(&bytes);
    let cases: [(&[u8], LoadErrorKind, &str); 7] = [
        (b"", LoadErrorKind::WrongFormat, "empty"),
        (b"hello", LoadErrorKind::WrongFormat, "no PKCS#12"),
        (&pem, LoadErrorKind::WrongFormat, "OUTBOUND_CLIENT_CERT_PEM"),
        (
            base64.as_bytes(),
            LoadErrorKind::WrongFormat,
            "OUTBOUND_CLIENT_CERT_PFX",
        ),
        (&der(&client), LoadErrorKind::WrongFormat, "no PKCS#12"),
        (
            &bytes[..bytes.len() / 2],
            LoadErrorKind::Truncated,
            "ends early",
        ),
        (
            &bytes[..bytes.len() - 1],
            LoadErrorKind::Truncated,
            "ends early",
        ),
    ];
    for (bytes, expected, part) in cases {
        let refusal = load(bytes, PASSWORD).unwrap_err();
        assert_eq!(refusal.kind(), expected, "{refusal}");
        assert!(refusal.to_string().contains(part), "{refusal}");
    }
}

#[test]
fn no_prefix_and_no_flipped_bit_makes_the_loader_panic() {
    let client = self_signed_client();
    let bags = [
        Bag::Key(&client.key, Some("ours")),
        Bag::Certificate(&client.certificate, Some("ours")),
    ];
    let bytes = pfx::plain(&bags);
    for length in 0..bytes.len() {
        assert!(load(&bytes[..length], "").is_err(), "{length}");
    }
    let mut loaded = 0;
    for position in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[position / 8] ^= 1 << (position % 8);
        loaded += usize::from(load(&flipped, "").is_ok());
    }
    assert!(loaded < bytes.len() * 8, "some flip must be noticed");
}

#[test]
fn a_flipped_bit_under_an_integrity_check_is_refused() {
    let client = self_signed_client();
    let bytes = pfx::made(&client, &[], PASSWORD, |builder| {
        builder.key_iter(1).mac_iter(1);
    });
    let middle = bytes.len() / 2;
    for bit in 0..8 {
        let mut flipped = bytes.clone();
        flipped[middle] ^= 1 << bit;
        assert!(load(&flipped, PASSWORD).is_err());
    }
}

#[test]
fn an_iteration_bomb_is_refused_before_it_goes_off() {
    let client = self_signed_client();
    let bags = [
        Bag::Key(&client.key, None),
        Bag::Certificate(&client.certificate, None),
    ];
    let safe = pfx::authenticated_safe(&bags);
    for iterations in [5_000_001, u32::MAX] {
        let bytes = pfx::archive(&safe, &pfx::mac_data(&[0; 32], &[1; 8], iterations));
        let refusal = load(&bytes, "").unwrap_err();
        assert_eq!(refusal.kind(), LoadErrorKind::TooCostly);
        assert!(refusal.to_string().contains("5000000"), "{refusal}");
    }
}

#[test]
fn a_null_password_is_no_password() {
    let client = self_signed_client();
    let bags = [
        Bag::Key(&client.key, None),
        Bag::Certificate(&client.certificate, None),
    ];
    let safe = pfx::authenticated_safe(&bags);
    for form in ["", "0000"] {
        let Some(key) = derived_by_openssl(form, "0102030405060708", 2048) else {
            eprintln!("skipped: no openssl with PKCS12KDF to make a file with");
            return;
        };
        let key = PKey::hmac(&key).unwrap();
        let mut signer = openssl::sign::Signer::new(MessageDigest::sha256(), &key).unwrap();
        signer.update(&safe).unwrap();
        let value = signer.sign_to_vec().unwrap();
        let mac = pfx::mac_data(&value, &[1, 2, 3, 4, 5, 6, 7, 8], 2048);
        let bytes = pfx::archive(&safe, &mac);
        assert_eq!(load(&bytes, "").unwrap().facts().warnings, []);
        assert_eq!(kind(load(&bytes, "x")), LoadErrorKind::WrongPassword);
    }
}

/// The integrity key that the `openssl` program derives, an implementation apart from ours.
fn derived_by_openssl(password_hex: &str, salt_hex: &str, iterations: u32) -> Option<Vec<u8>> {
    let options = [
        "digest:SHA256".to_owned(),
        format!("hexpass:{password_hex}"),
        format!("hexsalt:{salt_hex}"),
        format!("iter:{iterations}"),
        "id:3".to_owned(),
    ];
    let mut command = Command::new("openssl");
    command.args(["kdf", "-binary", "-keylen", "32"]);
    for option in options {
        command.args(["-kdfopt", &option]);
    }
    let output = command.arg("PKCS12KDF").output().ok()?;
    (output.status.success() && output.stdout.len() == 32).then_some(output.stdout)
}

#[test]
fn passwords_in_the_encodings_of_old_terminals_open_their_files() {
    let client = self_signed_client();
    let mut pem = client.certificate.to_pem().unwrap();
    pem.extend(client.key.private_key_to_pem_pkcs8().unwrap());
    let latin1: &[u8] = b"p\xE4ss";
    for algorithm in ["AES-256-CBC", "PBE-SHA1-3DES"] {
        let Some(bytes) = exported_by_openssl(&pem, latin1, algorithm) else {
            eprintln!("skipped: no openssl to make a file with");
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
    }
}

#[test]
fn pem_text_that_does_not_load_says_why() {
    let client = self_signed_client();
    let other = self_signed_client();
    let text = |parts: &[Vec<u8>]| String::from_utf8(parts.concat()).unwrap();
    let certificate = client.certificate.to_pem().unwrap();
    let key = client.key.private_key_to_pem_pkcs8().unwrap();
    let aes = Cipher::aes_256_cbc();
    let locked = client.key.private_key_to_pem_pkcs8_passphrase(aes, b"x");
    let old_locked = client
        .key
        .ec_key()
        .unwrap()
        .private_key_to_pem_passphrase(aes, b"x");
    let damaged = text(&[certificate.clone(), key.clone()]).replace("KEY-----\nMI", "KEY-----\nXX");
    let cases = [
        ("nothing".to_owned(), LoadErrorKind::WrongFormat),
        (
            text(std::slice::from_ref(&certificate)),
            LoadErrorKind::NoKey,
        ),
        (
            text(std::slice::from_ref(&key)),
            LoadErrorKind::NoCertificate,
        ),
        (
            text(&[key.clone(), other.certificate.to_pem().unwrap()]),
            LoadErrorKind::KeyDoesNotFit,
        ),
        (
            text(&[certificate.clone(), locked.unwrap()]),
            LoadErrorKind::WrongPassword,
        ),
        (
            text(&[certificate.clone(), old_locked.unwrap()]),
            LoadErrorKind::WrongPassword,
        ),
        (damaged, LoadErrorKind::Damaged),
        (
            text(&[certificate, key[..key.len() - 10].to_vec()]),
            LoadErrorKind::Truncated,
        ),
    ];
    for (text, expected) in cases {
        let refusal = Identity::from_pem("p.pem", &text, &Password::none(), None).unwrap_err();
        assert_eq!(refusal.kind(), expected, "{refusal}");
    }
}

#[test]
fn a_password_with_a_nul_is_a_password() {
    let client = self_signed_client();
    let bytes = pfx::ordinary(&client, &[]);
    assert_eq!(kind(load(&bytes, "Pa\0")), LoadErrorKind::WrongPassword);
}
