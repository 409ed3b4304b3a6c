//! The callers' authority in `certs/callers/`: a root, an intermediate that it issues, and three callers that this one issues, with
//! the revocation lists of both, and a policy document beside the folder that has every kind of rule.
//!
//! ```text
//! certs/callers/  root.key  root.pem  root.crl  intermediate.key  intermediate.pem  intermediate.crl
//!                 billing.key  billing.pem  billing.pfx  robot.*  jane.*
//! certs/policy.json
//! ```
//!
//! A `.key` holds the key and its certificates: `mtls certificate new --issuer certs/callers/intermediate.key` issues more. Nothing
//! trusts this authority but that document.

use std::path::Path;

use client_cert::Thumbprint;
use openssl::error::ErrorStack;
use rustls_pki_types::UnixTime;

use super::{Made, TestIdentity, Why, make_folder, not_made, put, read, unwritable};
use crate::Failure;
use crate::atomic_file::Access;
use crate::certificate::names::common_name;

mod files;
mod group;
mod holder;
mod lists;
mod role;
mod sample_policy;
#[cfg(test)]
mod tests;

use files::Writing;
use group::Group;
use holder::{Fault, Holder};
use role::Role;

/// The folder below that of the test certificates.
const FOLDER: &str = "callers";

/// The policy document, beside the folder.
const POLICY: &str = "policy.json";

/// The callers, and what was written.
#[derive(Debug, Default)]
pub(crate) struct Callers {
    pub(crate) identities: Vec<TestIdentity>,
    pub(crate) made: Vec<Made>,
}

/// Makes what is missing, and makes all anew if one of the certificates is past its end, as [`super::ensure`] does. The lists keep
/// their entries as long as the authorities stay. The document is left alone once it is there.
///
/// # Errors
///
/// Files that cannot be read or written, and somebody else's in the place of one of these.
pub(crate) fn ensure_callers(
    folder: &Path,
    allowed: &TestIdentity,
    now: UnixTime,
) -> Result<Callers, Failure> {
    let callers = folder.join(FOLDER);
    let _lock = super::lock::take(folder)?;
    make_folder(&callers).map_err(|error| unwritable(&callers, &error))?;
    let mut made = Vec::new();
    let (group, renewed) = usable(&callers, now)?;
    if renewed.is_some() {
        // Before the keys: after a crash, no list of the authority before is beside the new one.
        files::remove_lists(&callers)?;
    }
    let mut writing = Writing {
        why: renewed.unwrap_or(Why::Disagreed),
        made: &mut made,
    };
    writing.group(&callers, &group)?;
    lists::ensure(&callers, &group, now, &mut made)?;
    if let Some(why) = renewed {
        made = vec![Made {
            path: callers.clone(),
            why,
        }];
    }
    policy(&folder.join(POLICY), &group, allowed, renewed, &mut made)?;
    Ok(Callers {
        identities: identities(&callers, &group).map_err(not_made)?,
        made,
    })
}

/// The group in the folder, or a new one and why.
fn usable(folder: &Path, now: UnixTime) -> Result<(Group, Option<Why>), Failure> {
    let why = match files::group(folder)? {
        None => Why::Missing,
        Some(group) => match group.fault(now) {
            None => return Ok((group, None)),
            Some(Fault::Disagreed) => Why::Disagreed,
            Some(Fault::Expired) => Why::Expired,
        },
    };
    files::keep_foreign(folder)?;
    Ok((Group::make(now).map_err(not_made)?, Some(why)))
}

/// Writes the document where there is none. One that is there may be somebody's work.
fn policy(
    path: &Path,
    group: &Group,
    allowed: &TestIdentity,
    renewed: Option<Why>,
    made: &mut Vec<Made>,
) -> Result<(), Failure> {
    if read(path)?.is_none() {
        let text = sample_policy::text(group, &allowed.sha256).unwrap_or_default();
        return put(path, text.as_bytes(), Access::Public, Why::Missing, made);
    }
    if renewed.is_some() {
        made.push(Made {
            path: path.to_owned(),
            why: Why::Kept,
        });
    }
    Ok(())
}

fn identities(folder: &Path, group: &Group) -> Result<Vec<TestIdentity>, ErrorStack> {
    let holders = Role::ALL.into_iter().zip(&group.callers);
    let identities = holders.map(|(role, Holder { certificate, .. })| {
        let der = certificate.to_der()?;
        Ok(TestIdentity {
            pfx: files::archive(folder, role),
            sha1: Thumbprint::sha1_of(&der),
            sha256: Thumbprint::sha256_of(&der),
            common_name: common_name(certificate.subject_name()).unwrap_or_default(),
            der,
        })
    });
    identities.collect()
}
