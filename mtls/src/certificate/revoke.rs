//! `mtls certificate revoke`: an authority's list of revoked certificates, begun or continued.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app_settings::{FileError, Problem, read_file};
use clap::Args;
use client_cert::{MAX_CRL_BYTES, rfc3339};
use openssl::error::ErrorStack;
use rustls_pki_types::UnixTime;

use super::authority::{Authority, IssuerPassword};
use super::revocation_list::{Reason, RevocationList, Signed, Signer};
use crate::Failure;
use crate::atomic_file::{self, Access};
use crate::certificate_file;
use crate::output;
use crate::password::PasswordArguments;
use crate::printable::printable;
use crate::test_certificates;

mod candidate;

use candidate::{Candidate, Serial};

/// Revoke certificates of a test authority: begin its revocation list (CRL), or continue it
///
/// The list has all revoked certificates, its number grows by one, and it is signed anew; without a certificate, that is all.
/// Nothing is written where a certificate cannot be read, is another authority's or is revoked already: all problems are
/// reported. A handler whose policy document names
/// the list takes it within two seconds.
#[derive(Args)]
pub(crate) struct Revoke {
    /// Certificates to revoke: PKCS#12, PEM, DER, base64 or hexadecimal text
    #[arg(value_name = "CERTIFICATE")]
    certificate: Vec<PathBuf>,

    /// The serial number of a certificate to revoke, in hexadecimal; repeatable
    #[arg(long, value_name = "HEX")]
    serial: Vec<Serial>,

    /// Why
    #[arg(long, value_enum, default_value_t)]
    reason: Reason,

    /// Days until the list is stale
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,

    /// The authority that issued them, with its key: PKCS#12 or PEM
    #[arg(
        long,
        value_name = "FILE",
        default_value = "certs/callers/intermediate.key"
    )]
    issuer: PathBuf,

    #[command(flatten)]
    issuer_password: IssuerPassword,

    /// The list, read and then written in DER; without it, the authority's file with the ending .crl
    #[arg(long, value_name = "FILE")]
    crl: Option<PathBuf>,

    #[command(flatten)]
    password: PasswordArguments,
}

impl Revoke {
    /// Writes the list, and says what is in it.
    ///
    /// # Errors
    ///
    /// An authority, certificates and lists that do not belong together: exit 64, all problems at once. Certificates that
    /// are revoked already: exit 1.
    pub(crate) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        let authority = Authority::read(&self.issuer, &self.issuer_password)?;
        let signer = self.signer(&authority)?;
        let path = self.path();
        let _lock = lock(&path)?;
        let (mut list, candidates) = both(list(&path, &signer), self.candidates(&signer))?;
        let revoked_already = add(&mut list, &candidates, self.reason).map_err(not_made)?;
        if !revoked_already.is_empty() {
            return Err(Failure::No(format!(
                "{}; nothing was written",
                revoked_already.join("; ")
            )));
        }
        let signed = list.sign(&signer, now, self.days).map_err(not_made)?;
        let name = path.display().to_string();
        atomic_file::replace(&path, &signed.der, Access::Public)
            .map_err(|error| Problem::new(&name, format!("cannot be written: {error}")))?;
        output::print(&self.report(&name, &signer, &signed, &candidates))?;
        Ok(ExitCode::SUCCESS)
    }

    fn signer<'a>(&self, authority: &'a Authority) -> Result<Signer<'a>, Problem> {
        let signer = match authority.issuer() {
            Some(issuer) => Signer::of(issuer),
            None => Err("no certificate".to_owned()),
        };
        signer.map_err(|found| {
            let text =
                format!("expected an authority that may sign revocation lists, found {found}");
            Problem::new(self.issuer.display().to_string(), text)
        })
    }

    fn path(&self) -> PathBuf {
        let beside = || self.issuer.with_extension("crl");
        self.crl.clone().unwrap_or_else(beside)
    }

    /// Everything that is to be revoked, or every problem.
    fn candidates(&self, signer: &Signer<'_>) -> Result<Vec<Candidate>, Failure> {
        let (mut candidates, mut problems) = (Vec::new(), Vec::new());
        for path in &self.certificate {
            let found = match certificate_file::read(path, &self.password) {
                Ok(found) => Candidate::of(found.leaf(), signer),
                Err(Failure::Configuration(unreadable)) => {
                    problems.extend(unreadable);
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            match found {
                Ok(candidate) => candidates.push(candidate),
                Err(found) => {
                    let issuer = signer.certificate.subject();
                    let text = format!(
                        "expected a certificate that {issuer} issued, found {found}; name its issuer by --issuer"
                    );
                    problems.push(Problem::new(certificate_file::name_of(path), text));
                }
            }
        }
        for serial in &self.serial {
            candidates.push(Candidate::numbered(serial).map_err(not_made)?);
        }
        match problems.is_empty() {
            true => Ok(candidates),
            false => Err(Failure::Configuration(problems)),
        }
    }

    fn report(
        &self,
        name: &str,
        signer: &Signer<'_>,
        signed: &Signed,
        candidates: &[Candidate],
    ) -> String {
        let mut text = format!(
            "{}: list {} of {}; {} revoked; stale from {}\n",
            printable(name),
            signed.number,
            signer.certificate.subject(),
            signed.entries,
            rfc3339(signed.next_update)
        );
        for candidate in candidates {
            text.push_str(&format!(
                "  revoked: {} ({})\n",
                candidate.shown, self.reason
            ));
        }
        text
    }
}

/// Keeps `mtls local` and this command apart, which both write lists of the test certificates.
fn lock(path: &Path) -> Result<Option<File>, Problem> {
    let folder = Path::new(test_certificates::FOLDER);
    match is_below(path, folder) {
        true => test_certificates::lock(folder),
        false => Ok(None),
    }
}

/// Whether a file is, or is to be, in a folder or one below it, however both are written.
fn is_below(path: &Path, folder: &Path) -> bool {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new(".")).canonicalize();
    let folder = folder.canonicalize();
    matches!((parent, folder), (Ok(parent), Ok(folder)) if parent.starts_with(&folder))
}

/// Both, or the problems of both at once.
fn both<A, B>(one: Result<A, Failure>, other: Result<B, Failure>) -> Result<(A, B), Failure> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(Failure::Configuration(mut problems)), Err(Failure::Configuration(more))) => {
            problems.extend(more);
            Err(Failure::Configuration(problems))
        }
        (Err(failure), _) | (_, Err(failure)) => Err(failure),
    }
}

/// The list to continue, or the first one.
fn list(path: &Path, signer: &Signer<'_>) -> Result<RevocationList, Failure> {
    let bound = u64::try_from(MAX_CRL_BYTES).unwrap_or(u64::MAX);
    let found = match read_file(path, bound) {
        Err(FileError::Missing) => return RevocationList::first().map_err(not_made),
        Ok(bytes) => RevocationList::after(&bytes, signer),
        Err(error) => Err(error.to_string()),
    };
    found.map_err(|found| {
        let issuer = signer.certificate.subject();
        let text = format!("expected a revocation list that {issuer} signed, found {found}; name another file by --crl");
        Problem::new(path.display().to_string(), text).into()
    })
}

/// Adds all of them; the answer is about those that were in the list.
fn add(
    list: &mut RevocationList,
    candidates: &[Candidate],
    reason: Reason,
) -> Result<Vec<String>, ErrorStack> {
    let mut already = Vec::new();
    for candidate in candidates {
        if let Some(found) = list.revoke(&candidate.serial, reason)? {
            already.push(format!(
                "{} is revoked since {}",
                candidate.shown, found.since
            ));
        }
    }
    Ok(already)
}

/// A failure of the library itself, such as no memory.
fn not_made(error: ErrorStack) -> Failure {
    Failure::No(format!("OpenSSL could not make the list: {error}"))
}
