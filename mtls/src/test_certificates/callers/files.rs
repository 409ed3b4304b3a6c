//! The files of the callers' authority: read, recognized and written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use app_settings::Problem;
use client_cert::Crl;
use openssl::x509::{X509, X509Crl};

use super::group::{Expected, Group, INTERMEDIATE_NAME, ROOT_NAME, stems};
use super::holder::Holder;
use super::role::Role;
use crate::Failure;
use crate::atomic_file::Access;
use crate::certificate::names::common_name;
use crate::certificate_file;
use crate::password::Password;
use crate::test_certificates::{Made, PASSWORD, Why, not_made, put, read, stranger, unwritable};

/// The group that the folder holds; nothing where a key is missing.
///
/// # Errors
///
/// Something else in the place of a key.
pub(super) fn group(folder: &Path) -> Result<Option<Group>, Problem> {
    let mut holders = Vec::new();
    for stem in stems() {
        let path = folder.join(format!("{stem}.key"));
        let Some(bytes) = read(&path)? else {
            return Ok(None);
        };
        let holder = Holder::read(&bytes);
        holders.push(
            holder.ok_or_else(|| stranger(&path, "found no key with its certificate in PEM"))?,
        );
    }
    Ok(Group::of(holders))
}

/// Refuses to replace what this module did not make.
///
/// # Errors
///
/// The first file that is somebody else's.
pub(super) fn keep_foreign(folder: &Path) -> Result<(), Problem> {
    for stem in stems() {
        for ending in ["key", "pem", "pfx", "crl"] {
            keep_if_foreign(&folder.join(format!("{stem}.{ending}")))?;
        }
    }
    Ok(())
}

fn keep_if_foreign(path: &Path) -> Result<(), Problem> {
    match read(path)? {
        Some(bytes) if !is_ours(&bytes) => Err(stranger(path, "found something else")),
        _ => Ok(()),
    }
}

/// Whether one of the two authorities issued it.
fn is_ours(bytes: &[u8]) -> bool {
    let issuer = match X509Crl::from_der(bytes) {
        Ok(list) => common_name(list.issuer_name()),
        Err(_) => {
            own_certificate(bytes).and_then(|certificate| common_name(certificate.issuer_name()))
        }
    };
    issuer.is_some_and(|issuer| [ROOT_NAME, INTERMEDIATE_NAME].contains(&issuer.as_str()))
}

fn own_certificate(bytes: &[u8]) -> Option<X509> {
    let Ok(password) = PASSWORD.parse::<Password>();
    let found = certificate_file::parse(bytes, Some(&password)).ok()?;
    X509::from_der(found.leaf()).ok()
}

/// Removes the lists of an authority that is made anew: they say nothing of its successor.
///
/// # Errors
///
/// Files that cannot be removed.
pub(super) fn remove_lists(folder: &Path) -> Result<(), Failure> {
    for stem in stems() {
        let path = folder.join(format!("{stem}.crl"));
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(unwritable(&path, &error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What is written, and why.
pub(super) struct Writing<'m> {
    pub(super) why: Why,
    pub(super) made: &'m mut Vec<Made>,
}

impl Writing<'_> {
    /// Writes the files of a group that are missing or differ.
    ///
    /// # Errors
    ///
    /// Files that cannot be written, and somebody else's in their place.
    pub(super) fn group(&mut self, folder: &Path, group: &Group) -> Result<(), Failure> {
        for Expected {
            path,
            bytes,
            access,
        } in group.files(folder).map_err(not_made)?
        {
            if read(&path)?.is_none_or(|found| *found != *bytes) {
                self.put(&path, &bytes, access)?;
            }
        }
        for (role, caller) in Role::ALL.into_iter().zip(&group.callers) {
            let path = archive(folder, role);
            let found = read(&path)?.and_then(|bytes| own_certificate(&bytes));
            if found.is_none_or(|found| found != caller.certificate) {
                let bytes = group.archive(role, caller).map_err(not_made)?;
                self.put(&path, &bytes, Access::Secret)?;
            }
        }
        Ok(())
    }

    fn put(&mut self, path: &Path, bytes: &[u8], access: Access) -> Result<(), Failure> {
        keep_if_foreign(path)?;
        put(path, bytes, access, self.why, self.made)
    }
}

/// The PKCS#12 file of a caller.
pub(super) fn archive(folder: &Path, role: Role) -> PathBuf {
    folder.join(format!("{}.pfx", role.stem()))
}

/// Until when a list in DER is fresh, if it is and has begun.
pub(super) fn fresh_until(list: &[u8], now: i64) -> Option<i64> {
    let list = Crl::parse(list).ok()?;
    (list.this_update() <= now && now <= list.next_update()).then(|| list.next_update())
}
