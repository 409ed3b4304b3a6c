//! Writes PKCS#12, the form in which a certificate travels with its key. It is read by the handler's own reader.

use std::sync::{Mutex, MutexGuard, PoisonError};

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::provider::Provider;
use openssl::stack::Stack;
use openssl::x509::X509;
use zeroize::Zeroizing;

/// How a new file is encrypted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// 3DES with SHA-1, MAC with SHA-1: read by every Windows, Keychain, Node and OpenSSL 3 without its legacy provider.
    Compatible,
    /// AES-256 with PBKDF2, MAC with SHA-256: not read by Windows before 2019 nor by older Keychains.
    Modern,
    /// RC2-40 for the certificate and 3DES for the key, as old Windows exported and OpenSSL 1 wrote: to test readers.
    Legacy,
}

/// What goes into a new file.
pub(crate) struct Archive<'a> {
    /// Shown by Windows and Keychain. It must not contain NUL.
    pub(crate) friendly_name: &'a str,
    pub(crate) key: &'a PKey<Private>,
    pub(crate) certificate: &'a X509,
    /// The issuers, nearest first.
    pub(crate) chain: &'a [X509],
}

/// Encodes a file. The bytes contain the key, encrypted under a password that may be public, so they are
/// wiped.
///
/// # Errors
///
/// What OpenSSL refuses. A password or a friendly name with NUL must be refused before: the crate panics on it.
pub(crate) fn write(
    archive: &Archive<'_>,
    form: Form,
    password: &str,
) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let _turn = turn();
    let _legacy = match form {
        Form::Legacy => Some(legacy_provider()?),
        Form::Compatible | Form::Modern => None,
    };
    let (key, certificate, mac) = algorithms(form);
    let mut builder = Pkcs12::builder();
    builder
        .name(archive.friendly_name)
        .pkey(archive.key)
        .cert(archive.certificate)
        .key_algorithm(key)
        .cert_algorithm(certificate)
        .mac_md(mac);
    if !archive.chain.is_empty() {
        let mut issuers = Stack::new()?;
        for issuer in archive.chain {
            issuers.push(issuer.clone())?;
        }
        builder.ca(issuers);
    }
    builder.build2(password)?.to_der().map(Zeroizing::new)
}

fn algorithms(form: Form) -> (Nid, Nid, MessageDigest) {
    let triple_des = Nid::PBE_WITHSHA1AND3_KEY_TRIPLEDES_CBC;
    match form {
        Form::Compatible => (triple_des, triple_des, MessageDigest::sha1()),
        Form::Modern => (Nid::AES_256_CBC, Nid::AES_256_CBC, MessageDigest::sha256()),
        Form::Legacy => (
            triple_des,
            Nid::PBE_WITHSHA1AND40BITRC2_CBC,
            MessageDigest::sha1(),
        ),
    }
}

/// Why a password with NUL is refused before a file is written: the crate panics on it.
pub(crate) const NUL_IN_PASSWORD: &str =
    "expected a password without the character NUL, which Windows and OpenSSL do not read";

/// One file at a time: the legacy provider serves the whole process while it is loaded.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn legacy_provider() -> Result<Provider, ErrorStack> {
    Provider::try_load(None, "legacy", true)
}
