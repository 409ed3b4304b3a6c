//! PKCS#12, the form in which a certificate travels with its key.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::{ParsedPkcs12_2, Pkcs12};
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
    /// Shown by Windows and Keychain. It must not hold NUL.
    pub(crate) friendly_name: &'a str,
    pub(crate) key: &'a PKey<Private>,
    pub(crate) certificate: &'a X509,
    /// The issuers, nearest first.
    pub(crate) chain: &'a [X509],
}

/// Encodes a file. The bytes hold the key, encrypted under a password that may be public, so they are wiped.
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

/// What a file held.
///
/// Of several keys only the first is seen, with its certificate; the other certificates are among `others`.
pub(crate) struct Contents {
    pub(crate) key: Option<PKey<Private>>,
    /// The certificate of the key.
    pub(crate) certificate: Option<X509>,
    /// All other certificates, in the order of the file.
    pub(crate) others: Vec<X509>,
    /// Whether it took OpenSSL's legacy provider: Windows Server 2022 and OpenSSL 3 do not write such files.
    pub(crate) legacy: bool,
}

/// Decodes a file; an empty password also opens a file whose password is absent, which is not the same.
///
/// Bytes after the end are passed over. Whether key and certificate belong together is not looked at.
///
/// # Errors
///
/// See [`PfxError`].
pub(crate) fn read(der: &[u8], password: &str) -> Result<Contents, PfxError> {
    if password.contains('\0') {
        return Err(PfxError::PasswordHoldsNul);
    }
    let _turn = turn();
    let archive = Pkcs12::from_der(der).map_err(|_| PfxError::NotPkcs12)?;
    match archive.parse2(password) {
        Ok(parsed) => Ok(contents(parsed, false)),
        Err(error) if says(&error, "unsupported") => read_legacy(&archive, password),
        Err(error) => Err(refusal(error)),
    }
}

/// Holds the legacy provider for one parse and no longer, so that no later one finds RC2 by chance. OpenSSL may leave its
/// ciphers behind where another thread looks for an algorithm meanwhile; then [`Contents::legacy`] may be missed.
fn read_legacy(archive: &Pkcs12, password: &str) -> Result<Contents, PfxError> {
    let _legacy = legacy_provider().map_err(PfxError::Other)?;
    match archive.parse2(password) {
        Ok(parsed) => Ok(contents(parsed, true)),
        Err(error) => Err(refusal(error)),
    }
}

/// One file at a time: a provider serves the whole process, and no other parse shall find the legacy one by chance.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn legacy_provider() -> Result<Provider, ErrorStack> {
    Provider::try_load(None, "legacy", true)
}

fn contents(parsed: ParsedPkcs12_2, legacy: bool) -> Contents {
    Contents {
        key: parsed.pkey,
        certificate: parsed.cert,
        others: parsed
            .ca
            .map(|all| all.into_iter().collect())
            .unwrap_or_default(),
        legacy,
    }
}

fn refusal(error: ErrorStack) -> PfxError {
    // Without a MAC a wrong password first shows as padding that makes no sense.
    if says(&error, "mac verify failure") || says(&error, "cipherfinal error") {
        PfxError::WrongPassword
    } else {
        PfxError::Other(error)
    }
}

fn says(error: &ErrorStack, reason: &str) -> bool {
    error
        .errors()
        .iter()
        .any(|error| error.reason().is_some_and(|seen| seen.contains(reason)))
}

/// Why a file could not be read.
#[derive(Debug)]
pub(crate) enum PfxError {
    /// The bytes are no PKCS#12 at all.
    NotPkcs12,
    /// The password holds the character NUL, which no PKCS#12 password can.
    PasswordHoldsNul,
    /// The integrity check fails, or the decrypted bytes make no sense.
    WrongPassword,
    /// Anything else, in OpenSSL's words.
    Other(ErrorStack),
}

impl fmt::Display for PfxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPkcs12 => {
                f.write_str("it is not a PKCS#12 file (.pfx, .p12), or it is damaged")
            }
            Self::PasswordHoldsNul => {
                f.write_str("the password holds the character NUL; no PKCS#12 password can")
            }
            Self::WrongPassword => f.write_str("the password is wrong, or the file is damaged"),
            Self::Other(error) => write!(f, "OpenSSL cannot read this PKCS#12 file: {error}"),
        }
    }
}

impl std::error::Error for PfxError {}
