//! After an identity has been loaded and dropped, no copy of its key or password is left in this process's memory.
//!
//! The files are made by another process, and what is looked for is kept inverted, so that every copy that is found
//! was left by the loader.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::Command;

use openssl::symm::Cipher;
use outbound_mtls::{EncodedIdentity, IdentitySource, Outbound, Password};

use test_support::hierarchy::self_signed_client;
use test_support::pfx::{self, Bag, Kdf};

/// What another process is to do: a step and a file, or [`WRITE`].
const STEP: &str = "OUTBOUND_MTLS_TEST_STEP";

/// The folder in which it does that.
const FOLDER: &str = "OUTBOUND_MTLS_TEST_FOLDER";

const WRITE: &str = "write";

/// How the names of PKCS#12 files end; the others are PEM.
const PKCS12: &str = ".p12";

/// The length of the pieces in which secrets are looked for, so that a part of a copy is found as well.
const PIECE: usize = 24;

const PKCS8_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const SEC1_BEGIN: &str = "-----BEGIN EC PRIVATE KEY-----";

const SECRETS: &str = "secrets";
const INVERTED_PASSWORD: &str = "password";

/// Memory is read in pieces of this size, and some more for a secret that lies across two.
const CHUNK: usize = 1 << 20;
const OVERLAP: usize = 128;

#[test]
fn no_copy_of_a_key_or_password_is_left_behind() {
    if let (Some(step), Some(folder)) = (variable(STEP), variable(FOLDER)) {
        run(&step, Path::new(&folder));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    start(WRITE, folder.path());
    // What is looked for is found: where it is in use, and where it was dropped as it is.
    assert_eq!(start("keep", folder.path()), ["password"; 2]);
    assert_eq!(start("drop", folder.path()), ["password"; 2]);
    let names = fs::read_dir(folder.path()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.contains('.')).collect();
    names.sort();
    let mut left = Vec::new();
    for step in ["parse", "load"] {
        for name in &names {
            let found = start(&format!("{step} {name}"), folder.path());
            left.extend(
                found
                    .iter()
                    .map(|secret| format!("{step} {name}: {secret}")),
            );
        }
    }
    assert_eq!(names.len(), 12);
    assert!(left.is_empty(), "{left:#?}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "how the other process receives its step"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Runs a step in another process; the secrets that it found in its memory.
fn start(step: &str, folder: &Path) -> Vec<String> {
    let output = Command::new(std::env::current_exe().unwrap())
        .arg("--nocapture")
        .env(STEP, step)
        .env(FOLDER, folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{step}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let found = text.lines().filter_map(|line| line.strip_prefix("found "));
    found.map(str::to_owned).collect()
}

/// In the other process.
fn run(step: &str, folder: &Path) {
    if step == WRITE {
        write_files(folder);
        return;
    }
    let secrets = Secrets::read(&folder.join(SECRETS));
    let mut kept = None;
    match step.split_once(' ') {
        Some(("parse", name)) => parse(folder, name),
        Some(("load", name)) => load(folder, name),
        _ => kept = Some(password_of(folder)),
    }
    if step == "drop" {
        kept = None;
    }
    for secret in secrets.found() {
        println!("\nfound {secret}");
    }
    drop(kept);
}

fn parse(folder: &Path, name: &str) {
    let bytes = app_settings::read_file(&folder.join(name), 1 << 20).unwrap();
    let password = Password::new(password_of(folder));
    let encoded = match name.ends_with(PKCS12) {
        true => EncodedIdentity::pkcs12(bytes, password),
        false => EncodedIdentity::pem(bytes, password),
    };
    encoded
        .parse(None)
        .unwrap_or_else(|error| panic!("{error}"));
}

fn load(folder: &Path, name: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let password = Password::new(password_of(folder));
    let path = folder.join(name);
    let source = match name.ends_with(PKCS12) {
        true => IdentitySource::pkcs12_file(&path, password),
        false => IdentitySource::pem_file(&path, password),
    };
    let outbound = runtime.block_on(Outbound::builder(source).load());
    outbound.unwrap_or_else(|error| panic!("{error}"));
}

fn password_of(folder: &Path) -> String {
    let mut password = fs::read(folder.join(INVERTED_PASSWORD)).unwrap();
    invert(&mut password);
    String::from_utf8(password).unwrap()
}

/// Byte sequences with their names, inverted.
struct Secrets(Vec<(String, Vec<u8>)>);

impl Secrets {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let secrets = text.lines().map(|line| {
            let (name, hex) = line.split_once(' ').unwrap();
            (name.to_owned(), from_hex(hex))
        });
        Self(secrets.collect())
    }

    /// The names of those that are in memory, once for each place.
    fn found(&self) -> Vec<&str> {
        let memory = File::open("/proc/self/mem").unwrap();
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let mut found = Vec::new();
        let mut chunk = vec![0; CHUNK + OVERLAP];
        for (from, to) in maps.lines().filter_map(writable) {
            for at in (from..to).step_by(CHUNK) {
                let room = usize::try_from(to - at).unwrap().min(chunk.len());
                // A region may have gone since the list was read.
                let length = memory.read_at(&mut chunk[..room], at).unwrap_or(0);
                for (name, secret) in &self.0 {
                    let count = count(&chunk[..length], secret);
                    found.extend(std::iter::repeat_n(name.as_str(), count));
                }
                // It lies in one of the regions.
                chunk.fill(0);
            }
        }
        found
    }
}

/// How often bytes contain a secret that is given inverted, beginning in the first [`CHUNK`].
fn count(bytes: &[u8], inverted: &[u8]) -> usize {
    let begins = bytes
        .iter()
        .take(CHUNK)
        .enumerate()
        .filter(|(_, byte)| **byte == !inverted[0]);
    begins
        .filter(|(at, _)| {
            let candidate = bytes[*at..].iter();
            bytes.len() - at >= inverted.len()
                && candidate.zip(inverted).all(|(byte, other)| *byte == !other)
        })
        .count()
}

/// The bounds of a writable region of memory.
fn writable(line: &str) -> Option<(u64, u64)> {
    let mut fields = line.split(' ');
    let (from, to) = fields.next()?.split_once('-')?;
    let parsed = |hex| u64::from_str_radix(hex, 16).ok();
    fields
        .next()?
        .starts_with("rw")
        .then_some((parsed(from)?, parsed(to)?))
}

fn invert(bytes: &mut [u8]) {
    bytes.iter_mut().for_each(|byte| *byte = !*byte);
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
        .collect()
}

/// The other process: an identity in every form that is read by code of its own.
fn write_files(folder: &Path) {
    let ours = self_signed_client();
    // Not ASCII, so that it is tried in every encoding.
    let password = format!(
        "\u{E4}{}",
        test_support::hex(&openssl::sha::sha256(b"seed"))
    );
    let pkcs8 = ours.key.private_key_to_pkcs8().unwrap();
    let plain = ours.key.private_key_to_pem_pkcs8().unwrap();
    let aes = Cipher::aes_256_cbc();
    let locked = ours
        .key
        .private_key_to_pem_pkcs8_passphrase(aes, password.as_bytes())
        .unwrap();
    let sec1 = ours.key.ec_key().unwrap().private_key_to_pem().unwrap();
    let certificate = ours.certificate.to_pem().unwrap();
    let text = |key: &[u8]| String::from_utf8([key, &certificate].concat()).unwrap();
    let bags = [
        Bag::Certificate(&ours.certificate, None),
        Bag::Key(&ours.key, None),
    ];
    let shrouded = pfx::made(&ours, &[], &password, |_| {});
    let old = pfx::made(&ours, &[], &password, pfx::triple_des);
    let encrypted = pfx::archive(&encrypted_safe(&password, &pfx::safe(&bags)), &[]);
    let plain_text = text(&plain);
    for (name, contents) in [
        ("plain.p12", pfx::plain(&bags)),
        ("plain-indefinite.p12", pfx::indefinite(&pfx::plain(&bags))),
        ("shrouded.p12", shrouded.clone()),
        ("shrouded-indefinite.p12", pfx::indefinite(&shrouded)),
        ("triple-des.p12", old),
        ("plain-in-encrypted.p12", encrypted),
        ("plain.pem", plain_text.clone().into_bytes()),
        ("locked.pem", text(&locked).into_bytes()),
        ("sec1.pem", text(&sec1).into_bytes()),
        (
            "quoted-escaped.pem",
            format!("\"{}\"", plain_text.replace('\n', "\\n")).into_bytes(),
        ),
        (
            "percent.pem",
            plain_text
                .replace(' ', "%20")
                .replace('\n', "%0A")
                .into_bytes(),
        ),
        ("one-line.pem", plain_text.replace('\n', " ").into_bytes()),
    ] {
        fs::write(folder.join(name), contents).unwrap();
    }
    // OpenSSL's decoder leaves copies of a key behind, so a key is looked for with the header of its bag.
    let safe = pfx::safe(&bags);
    let begins = |at: &usize| safe[*at..].starts_with(&pkcs8);
    let at = (0..safe.len()).find(begins).unwrap();
    let bag = &safe[at - 16 - PIECE / 2..at + PIECE / 2];
    let wide: Vec<u8> = password.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut lines = String::new();
    for (name, secret) in [
        ("bag", bag),
        ("base64", &plain[PKCS8_BEGIN.len()..]),
        ("base64-sec1", &sec1[SEC1_BEGIN.len()..]),
        ("password", password.as_bytes()),
        ("password-utf16", &wide),
    ] {
        // Memory that was given back loses its first bytes to the allocator.
        for piece in secret.get(16..).unwrap().chunks_exact(PIECE) {
            let inverted: Vec<u8> = piece.iter().map(|byte| !byte).collect();
            lines.push_str(&format!("{name} {}\n", test_support::hex(&inverted)));
        }
    }
    fs::write(folder.join(SECRETS), lines).unwrap();
    let mut inverted = password.into_bytes();
    invert(&mut inverted);
    fs::write(folder.join(INVERTED_PASSWORD), inverted).unwrap();
}

/// A safe as `openssl` never writes one: with a key that only the safe's own encryption protects.
fn encrypted_safe(password: &str, safe: &[u8]) -> Vec<u8> {
    let mut key = [0; 32];
    let digest = openssl::hash::MessageDigest::sha256();
    openssl::pkcs5::pbkdf2_hmac(password.as_bytes(), &pfx::SALT, 2, digest, &mut key).unwrap();
    let cipher = Cipher::aes_256_cbc();
    let ciphertext = openssl::symm::encrypt(cipher, &key, Some(&pfx::IV), safe).unwrap();
    pfx::encrypted_safe(Kdf::Pbkdf2 { iterations: 2 }, &ciphertext)
}
