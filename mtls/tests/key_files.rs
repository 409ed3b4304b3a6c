//! Key files that are hostile, odd or unusable, through every command that reads one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::time::{Duration, Instant};

use common::mtls;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use tempfile::TempDir;
use test_support::derived::{self, ABSENT, EMPTY};
use test_support::hierarchy::{
    Issued, client, client_signed_with_sha1, p256, root, self_signed_client, server_only,
};
use test_support::pfx::{self, Bag, Kdf, PASSWORD};

/// A refusal takes this long at most: it is before the work.
const AT_ONCE: Duration = Duration::from_secs(1);

/// The commands that read a key file, with `FILE` in its place.
const READERS: [&[&str]; 8] = [
    &["certificate", "show", "FILE", "--password", "x"],
    &[
        "certificate",
        "show",
        "FILE",
        "--as-identity",
        "--password",
        "x",
    ],
    &["certificate", "header", "FILE", "--password", "x"],
    &[
        "certificate",
        "new",
        "--issuer",
        "FILE",
        "--issuer-password",
        "x",
        "--out",
        "new.pfx",
        "--password",
        "y",
    ],
    &["explain", "--certificate", "FILE", "--password", "x"],
    &[
        "call",
        "https://127.0.0.1:1/",
        "--identity",
        "FILE",
        "--password",
        "x",
    ],
    &[
        "probe",
        "https://127.0.0.1:1/",
        "--function",
        "F",
        "--allowed",
        "FILE",
        "--allowed-password",
        "x",
    ],
    &["call", "https://127.0.0.1:1/", "--cacert", "FILE"],
];

#[test]
fn every_command_refuses_a_file_that_asks_for_too_much_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let contents = pfx::authenticated_safe(&[]);
    let bomb = 1 << 31;
    let keys = |kdf: Kdf, count: usize| {
        let bags: Vec<Bag<'_>> = (0..count).map(|_| Bag::Locked(kdf, &[0; 64])).collect();
        pfx::plain(&bags)
    };
    let scrypt = Kdf::Scrypt {
        n: 1 << 15,
        r: 8,
        p: 16,
    };
    let files = [
        (
            "mac.p12",
            pfx::archive(&contents, &pfx::mac_data(&[0; 32], &[1; 8], bomb)),
            "2147483648 iterations",
        ),
        ("scrypt.p12", keys(scrypt, 1), "N=32768"),
        (
            "many.p12",
            keys(Kdf::Pbkdf2 { iterations: 10_000 }, 900),
            "10000 iterations",
        ),
    ];
    for (name, bytes, found) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
        for reader in READERS {
            let arguments: Vec<&str> = reader
                .iter()
                .map(|argument| if *argument == "FILE" { name } else { argument })
                .collect();
            let begun = Instant::now();
            let answer = mtls(folder.path(), &[], &arguments);
            let took = begun.elapsed();
            assert_ne!(answer.code, 0, "{arguments:?}");
            let text = format!("{}{}", answer.stdout, answer.stderr);
            assert!(text.contains(found), "{arguments:?}: {text}");
            assert!(text.contains("15000000"), "{arguments:?}: {text}");
            assert!(took < AT_ONCE, "{arguments:?}: {took:?}");
        }
    }
}

fn as_identity(folder: &TempDir, arguments: &[&str]) -> (i32, String) {
    let arguments = [&["certificate", "show", "--as-identity"], arguments].concat();
    let answer = mtls(folder.path(), &[], &arguments);
    (answer.code, format!("{}{}", answer.stdout, answer.stderr))
}

#[test]
fn an_identity_is_usable_if_the_tls_library_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = root("Test Root");
    let short = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
    let table: [(&str, Issued, i32, &str); 4] = [
        (
            "good",
            client(&root, "client", p256()),
            0,
            "usable as our identity",
        ),
        ("sha1", client_signed_with_sha1(&root), 1, "ca md too weak"),
        (
            "rsa1024",
            client(&root, "client", short),
            1,
            "key too small",
        ),
        (
            "server",
            server_only(&root),
            0,
            "warning: the certificate is not for clients",
        ),
    ];
    for (name, issued, code, part) in table {
        let mut pem = issued.key.private_key_to_pem_pkcs8().unwrap();
        pem.extend(issued.certificate.to_pem().unwrap());
        fs::write(folder.path().join("ours.pem"), pem).unwrap();
        fs::write(folder.path().join("ours.p12"), pfx::ordinary(&issued, &[])).unwrap();
        for file in [&["ours.pem"][..], &["ours.p12", "--password", PASSWORD]] {
            let (found, text) = as_identity(&folder, file);
            assert_eq!(found, code, "{name}: {text}");
            assert!(text.contains(part), "{name}: {part} in {text}");
            assert_eq!(text.contains("not usable"), code == 1, "{name}: {text}");
        }
    }
}

/// As some programs write a file without a password: its check is made with no bytes, its contents with the empty text.
#[test]
fn a_file_under_two_encodings_of_no_password_is_read_by_every_reader() {
    let folder = tempfile::tempdir().unwrap();
    let issued = self_signed_client();
    for (of_check, of_contents) in [(ABSENT, EMPTY), (EMPTY, ABSENT)] {
        let Some(bytes) = derived::pfx(&issued, of_check, of_contents) else {
            test_support::skipped("no openssl with PKCS12KDF: apt-get install openssl");
            return;
        };
        fs::write(folder.path().join("none.p12"), bytes).unwrap();
        for options in [&[][..], &["--as-identity"]] {
            let show = [
                &["certificate", "show", "none.p12", "--password", ""],
                options,
            ]
            .concat();
            let answer = mtls(folder.path(), &[], &show);
            assert_eq!(answer.code, 0, "{show:?}: {}", answer.stderr);
            assert!(answer.stdout.contains("self-signed"), "{}", answer.stdout);
        }
        let wrong = mtls(
            folder.path(),
            &[],
            &["certificate", "show", "none.p12", "--password", "x"],
        );
        assert_eq!(wrong.code, 64);
        assert!(wrong.stderr.contains("password"), "{}", wrong.stderr);
    }
}

/// What somebody copies out of a JSON file: the base64 of a key file, quotes included.
#[test]
fn base64_in_quotes_is_refused_as_quoted_by_every_reader() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = pfx::ordinary(&self_signed_client(), &[]);
    let base64 = openssl::base64::encode_block(&bytes);
    fs::write(folder.path().join("pasted.txt"), format!("\"{base64}\"\n")).unwrap();
    for reader in READERS {
        let arguments: Vec<&str> = reader
            .iter()
            .map(|argument| {
                if *argument == "FILE" {
                    "pasted.txt"
                } else {
                    argument
                }
            })
            .collect();
        let answer = mtls(folder.path(), &[], &arguments);
        assert_ne!(answer.code, 0, "{arguments:?}");
        let text = format!("{}{}", answer.stdout, answer.stderr);
        assert!(text.contains("quot"), "{arguments:?}: {text}");
    }
}

#[test]
fn two_keys_of_one_name_are_listed_by_thumbprint() {
    let folder = tempfile::tempdir().unwrap();
    let root = root("Test Root");
    let [one, two] = ["one", "two"].map(|name| client(&root, name, p256()));
    let bytes = pfx::plain(&[
        Bag::Key(&one.key, Some("svc")),
        Bag::Certificate(&one.certificate, Some("svc")),
        Bag::Key(&two.key, Some("svc")),
        Bag::Certificate(&two.certificate, Some("svc")),
    ]);
    fs::write(folder.path().join("two.p12"), bytes).unwrap();
    let (code, text) = as_identity(&folder, &["two.p12", "--select", "svc"]);
    assert_eq!(code, 1);
    assert!(
        text.contains("2 identities in it are named \"svc\""),
        "{text}"
    );
    for issued in [&one, &two] {
        let digest = issued
            .certificate
            .digest(openssl::hash::MessageDigest::sha1());
        let thumbprint: String = digest.unwrap().iter().map(|b| format!("{b:02x}")).collect();
        assert!(text.contains(&thumbprint), "{thumbprint} in {text}");
        let (code, text) = as_identity(&folder, &["two.p12", "--select", &thumbprint]);
        assert_eq!(code, 0, "{text}");
    }
}

#[test]
fn each_form_of_pem_is_named_and_is_the_same_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let issued = self_signed_client();
    let pem = String::from_utf8(issued.certificate.to_pem().unwrap()).unwrap();
    let base64 = openssl::base64::encode_block(&issued.certificate.to_der().unwrap());
    let escaped = pem
        .replace(' ', "%20")
        .replace('\n', "%0A")
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    let table = [
        (pem.clone(), "PEM,"),
        (escaped, "percent-encoded"),
        (pem.replace('\n', "\n\t"), "indented"),
        (pem.replace('\n', " "), "on one line"),
        (format!("\"{pem}\""), "in quotation marks"),
        (pem.replace('\n', "\\n"), "written as \\n"),
    ];
    for (text, name) in table {
        fs::write(folder.path().join("c.txt"), text).unwrap();
        let answer = mtls(folder.path(), &[], &["certificate", "show", "c.txt"]);
        assert_eq!(answer.code, 0, "{name}: {}", answer.stderr);
        assert!(answer.stdout.contains(name), "{name} in {}", answer.stdout);
        let header = mtls(folder.path(), &[], &["certificate", "header", "c.txt"]);
        assert_eq!(header.stdout.trim(), base64, "{name}");
    }
    fs::write(folder.path().join("c.txt"), format!("\"{base64}\"")).unwrap();
    let answer = mtls(folder.path(), &[], &["certificate", "show", "c.txt"]);
    assert!(
        answer.stderr.contains("quotation marks; remove them"),
        "{}",
        answer.stderr
    );
}
