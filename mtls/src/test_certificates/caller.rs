//! One caller's four files: the PKCS#12 file, and three that are derived from it.

mod pair;

use std::path::{Path, PathBuf};

use app_settings::Problem;
use openssl::pkey::PKey;
use openssl::x509::X509;
use outbound_mtls::{Contents, Password};
use rustls_pki_types::UnixTime;

use super::{
    Made, PASSWORD, RENEWED_BEFORE_DAYS, TestIdentity, Why, not_made, put, read, stranger,
};
use crate::Failure;
use crate::atomic_file::Access;
use crate::certificate::names::common_name;
use crate::certificate::validity::Validity;

use pair::{Derived, Files, Pair, make};

/// What tells one caller from the other. The host names are reserved by RFC 2606.
pub(super) struct Role {
    stem: &'static str,
    common_name: &'static str,
    host_name: &'static str,
}

pub(super) const ALLOWED: Role = Role {
    stem: "allowed",
    common_name: "Allowed Caller",
    host_name: "allowed-caller.example",
};

pub(super) const DENIED: Role = Role {
    stem: "denied",
    common_name: "Denied Caller",
    host_name: "denied-caller.example",
};

/// What is to be written for one caller; made by looking alone.
pub(super) struct Plan {
    role: &'static Role,
    files: Files,
    work: Work,
    now: UnixTime,
}

enum Work {
    /// The pair is good; the named files are derived from it again.
    Derive(Pair, Vec<(PathBuf, Why)>),
    /// All four are made anew.
    Renew(Why),
}

/// Looks at the four files and decides what to do. Nothing is written.
pub(super) fn plan(folder: &Path, role: &'static Role, now: UnixTime) -> Result<Plan, Problem> {
    let files = Files::of(folder, role.stem);
    let work = match read(&files.pfx)? {
        None => renewal(&files, role, None, Why::Missing)?,
        Some(bytes) => {
            let pair = open(&files.pfx, &bytes)?;
            let validity = Validity::of(&pair.certificate)
                .map_err(|error| stranger(&files.pfx, &format!("found: {error}")))?;
            if validity.lasts(now, RENEWED_BEFORE_DAYS) {
                derivation(&files, role, pair)?
            } else {
                renewal(&files, role, Some(&pair), Why::Expired)?
            }
        }
    };
    Ok(Plan {
        role,
        files,
        work,
        now,
    })
}

/// The pair in a file of ours, read as the handler reads it.
fn open(path: &Path, bytes: &[u8]) -> Result<Pair, Problem> {
    let password = Password::new(PASSWORD.to_owned());
    let contents = Contents::read(&path.display().to_string(), bytes, Some(&password));
    let contents = contents.map_err(|error| {
        let text = error.text();
        stranger(
            path,
            &format!("found that with the documented password {PASSWORD}, {text}"),
        )
    })?;
    match (contents.first_key(), contents.own_certificate()) {
        (Some(key), Some(certificate)) => Ok(Pair {
            key: key.clone(),
            certificate: certificate.clone(),
        }),
        _ => Err(stranger(path, "found no private key with its certificate")),
    }
}

/// Everything anew, if nothing that is there is somebody else's.
fn renewal(files: &Files, role: &Role, pair: Option<&Pair>, why: Why) -> Result<Work, Problem> {
    if pair.is_some_and(|pair| !is_ours(&pair.certificate, role)) {
        return Err(stranger(
            &files.pfx,
            "found another certificate, which has expired or is not yet valid",
        ));
    }
    if let Some(beside) = read(&files.pem)?
        && !X509::from_pem(&beside).is_ok_and(|certificate| is_ours(&certificate, role))
    {
        return Err(stranger(&files.pem, "found something else"));
    }
    keep_foreign_key(files, role, pair)?;
    Ok(Work::Renew(why))
}

/// The files that are missing or differ from what the pair gives.
fn derivation(files: &Files, role: &Role, pair: Pair) -> Result<Work, Problem> {
    let derived = pair
        .derived(files)
        .map_err(|error| stranger(&files.pfx, &format!("found: {error}")))?;
    let mut anew = Vec::new();
    for Derived { path, bytes, .. } in derived {
        match read(path)? {
            None => anew.push((path.to_owned(), Why::Missing)),
            Some(seen) if *seen == *bytes => {}
            Some(_) => {
                if *path == files.key {
                    keep_foreign_key(files, role, Some(&pair))?;
                }
                anew.push((path.to_owned(), Why::Disagreed));
            }
        }
    }
    Ok(Work::Derive(pair, anew))
}

/// Refuses to replace a key unless it belongs to the pair, or to a certificate of ours beside it.
///
/// A key cannot be made again. A key of ours that is out of step comes from a crash between two writes, and then
/// the certificate beside it, which is written after it, is still its own.
fn keep_foreign_key(files: &Files, role: &Role, pair: Option<&Pair>) -> Result<(), Problem> {
    let Some(bytes) = read(&files.key)? else {
        return Ok(());
    };
    let Ok(key) = PKey::private_key_from_pem_passphrase(&bytes, b"") else {
        return Err(stranger(&files.key, "found no private key in PEM"));
    };
    let beside = read(&files.pem)?.and_then(|bytes| X509::from_pem(&bytes).ok());
    let known = beside
        .iter()
        .filter(|certificate| is_ours(certificate, role))
        .chain(pair.map(|pair| &pair.certificate))
        .filter_map(|certificate| certificate.public_key().ok())
        .any(|public| public.public_eq(&key));
    if known {
        Ok(())
    } else {
        Err(stranger(
            &files.key,
            "found another key, and a key cannot be made again",
        ))
    }
}

fn is_ours(certificate: &X509, role: &Role) -> bool {
    let subject = certificate.subject_name();
    common_name(subject).as_deref() == Some(role.common_name)
        && common_name(certificate.issuer_name()) == common_name(subject)
}

impl Plan {
    /// Writes what the plan says, the PKCS#12 file first: after a crash the others are derived from it.
    pub(super) fn carry_out(self, made: &mut Vec<Made>) -> Result<TestIdentity, Failure> {
        let (pair, anew) = match self.work {
            Work::Derive(pair, anew) => (pair, anew),
            Work::Renew(why) => {
                let pair = make(self.role, self.now).map_err(not_made)?;
                let bytes = pair.encode(self.role).map_err(not_made)?;
                put(&self.files.pfx, &bytes, Access::Secret, why, made)?;
                let Files {
                    key, pem, base64, ..
                } = &self.files;
                (
                    pair,
                    [key, pem, base64].map(|path| (path.clone(), why)).to_vec(),
                )
            }
        };
        for Derived {
            path,
            bytes,
            access,
        } in pair.derived(&self.files).map_err(not_made)?
        {
            if let Some((_, why)) = anew.iter().find(|(wanted, _)| wanted == path) {
                put(path, &bytes, access, *why, made)?;
            }
        }
        pair.identity(self.files.pfx).map_err(not_made)
    }
}
