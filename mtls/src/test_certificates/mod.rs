//! The certificates in `certs/`: two callers (and in `certs/callers/` those of an authority), a development CA and a server certificate for localhost.
//!
//! ```text
//! allowed.pfx  allowed.key  allowed.pem  allowed.crt.base64     a caller that `mtls local` admits
//! denied.pfx   denied.key   denied.pem   denied.crt.base64      one that it refuses
//! ca.pem       server.pem   server.key                          https://localhost
//! ```
//!
//! `.crt.base64` is the value that a front end would put into `X-ARR-ClientCert`, without a line end, so that every
//! shell's way of reading a file gives exactly the value. `.lock` is empty; it keeps two calls apart.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use app_settings::{FileError, Problem, read_file};
use client_cert::Thumbprint;
use openssl::error::ErrorStack;
use rustls_pki_types::UnixTime;
use zeroize::Zeroizing;

use crate::Failure;
use crate::atomic_file::{self, Access};

mod caller;
mod callers;
mod localhost;
mod lock;

pub(crate) use callers::{Callers, ensure_callers};
pub(crate) use lock::take as lock;

/// The folder of the test certificates, below the app's folder, which is the current one.
pub(crate) const FOLDER: &str = "certs";

/// The password of `allowed.pfx` and `denied.pfx`. It is public, documented, and for development alone.
pub(crate) const PASSWORD: &str = "Pa@@word123";

/// What has less than this left is renewed, so that a day's work does not end with an expired certificate.
const RENEWED_BEFORE_DAYS: u32 = 1;

/// No file here comes near; what is larger is not ours.
const FILE_BYTES: u64 = 1 << 20;

/// The test certificates of one folder, all there and all valid.
#[derive(Debug)]
pub(crate) struct TestCertificates {
    /// The caller that `mtls local` admits.
    pub(crate) allowed: TestIdentity,
    /// The caller that it refuses.
    pub(crate) denied: TestIdentity,
    /// The development CA that clients are told to trust.
    pub(crate) ca_pem: PathBuf,
    /// The server certificate for localhost, 127.0.0.1 and ::1, then the CA.
    pub(crate) server_pem: PathBuf,
    /// The server's key, PKCS#8.
    pub(crate) server_key: PathBuf,
    /// What this call made or renewed; empty where everything was in order.
    pub(crate) made: Vec<Made>,
}

/// One caller's certificate.
#[derive(Debug)]
pub(crate) struct TestIdentity {
    /// Certificate and key, under [`PASSWORD`].
    pub(crate) pfx: PathBuf,
    /// The certificate.
    pub(crate) der: Vec<u8>,
    /// The portal's notation.
    pub(crate) sha1: Thumbprint,
    /// What an allowlist should hold.
    pub(crate) sha256: Thumbprint,
    /// The common name; empty where the certificate, which then is not of our making, has none.
    pub(crate) common_name: String,
}

/// One file that was written.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Made {
    /// Which.
    pub(crate) path: PathBuf,
    /// Why it had to be.
    pub(crate) why: Why,
}

/// Why a file was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Why {
    /// There was none.
    Missing,
    /// It had expired, would within a day, or was not yet valid.
    Expired,
    /// It did not belong to the files beside it.
    Disagreed,
    /// It was not written: it may be somebody's work, and names certificates that were made anew.
    Kept,
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.why {
            Why::Missing => write!(f, "{path}: made"),
            Why::Expired => write!(f, "{path}: renewed, its certificate was out of date"),
            Why::Disagreed => write!(
                f,
                "{path}: made anew, it did not belong to the files beside it"
            ),
            Why::Kept => write!(
                f,
                "{path}: kept; it may name certificates that were made anew since; remove it to have it made too"
            ),
        }
    }
}

/// Makes what is missing in `folder`, renews what has expired or will within a day, and leaves the rest alone.
///
/// A certificate of one's own is used as it is while it is valid (`allowed.pfx` has to open with [`PASSWORD`]).
/// Two calls at once wait for each other.
///
/// # Errors
///
/// A file that cannot be read, or that would have to be replaced and is not of our making, is a problem that names
/// the file; nothing is overwritten then. All problems are reported together.
pub(crate) fn ensure(folder: &Path, now: UnixTime) -> Result<TestCertificates, Failure> {
    make_folder(folder).map_err(|error| unwritable(folder, &error))?;
    let _lock = lock::take(folder)?;
    let plans = [
        caller::plan(folder, &caller::ALLOWED, now),
        caller::plan(folder, &caller::DENIED, now),
    ];
    let server = localhost::plan(folder, now);
    let problems: Vec<Problem> = plans
        .iter()
        .filter_map(|plan| plan.as_ref().err())
        .chain(server.as_ref().err())
        .cloned()
        .collect();
    let ([Ok(allowed), Ok(denied)], Ok(server)) = (plans, server) else {
        return Err(Failure::Configuration(problems));
    };
    let mut made = Vec::new();
    let allowed = allowed.carry_out(&mut made)?;
    let denied = denied.carry_out(&mut made)?;
    server.carry_out(&mut made)?;
    Ok(TestCertificates {
        allowed,
        denied,
        ca_pem: folder.join(localhost::CA_PEM),
        server_pem: folder.join(localhost::SERVER_PEM),
        server_key: folder.join(localhost::SERVER_KEY),
        made,
    })
}

/// Makes the folder without anything in it, for its owner alone whatever the umask. One that is there stays as it is.
///
/// # Errors
///
/// A place that cannot be written to, or where something else is.
pub(crate) fn make_folder_for(app: &Path) -> Result<(), Failure> {
    let folder = app.join(FOLDER);
    make_folder(&folder).map_err(|error| unwritable(&folder, &error))
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        #[cfg(unix)]
        Ok(()) => {
            use std::os::unix::fs::PermissionsExt as _;
            // A umask may have taken the owner's own rights.
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        }
        result => result,
    }
}

/// Reads a file; nothing where there is none.
fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Problem> {
    match read_file(path, FILE_BYTES) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(FileError::Missing) => Ok(None),
        Err(error) => Err(stranger(
            path,
            &format!("found that it cannot be read: {error}"),
        )),
    }
}

/// A file in the place of one of ours, which must not be overwritten unasked.
fn stranger(path: &Path, seen: &str) -> Problem {
    Problem::new(
        path.display().to_string(),
        format!(
            "expected a test certificate that mtls made, {seen}; move the file away and run the command again"
        ),
    )
}

/// Writes one file and notes it.
fn put(
    path: &Path,
    bytes: &[u8],
    access: Access,
    why: Why,
    made: &mut Vec<Made>,
) -> Result<(), Failure> {
    atomic_file::replace(path, bytes, access).map_err(|error| unwritable(path, &error))?;
    made.push(Made {
        path: path.to_owned(),
        why,
    });
    Ok(())
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::from(Problem::new(
        path.display().to_string(),
        format!("expected to write here, found: {error}; give this user the right to write there"),
    ))
}

/// A failure of the library itself, such as no randomness.
fn not_made(error: ErrorStack) -> Failure {
    Failure::No(format!(
        "OpenSSL could not make a test certificate: {error}"
    ))
}

#[cfg(test)]
mod tests;
