//! The revocation lists of both authorities, which `mtls certificate revoke` continues.

use std::path::Path;

use rustls_pki_types::UnixTime;

use super::files::fresh_until;
use super::group::{Group, INTERMEDIATE, ROOT};
use super::holder::Holder;
use crate::Failure;
use crate::atomic_file::Access;
use crate::certificate::revocation_list::{RevocationList, Signer};
use crate::test_certificates::{Made, RENEWED_BEFORE_DAYS, Why, not_made, put, read, stranger};

/// How long a list is fresh: as long as `mtls certificate revoke` makes one without `--days`.
const DAYS: u32 = 30;

const SECONDS_A_DAY: i64 = 86_400;

/// Signs a list that is missing, and signs one anew, with its entries, that is stale within a day.
///
/// # Errors
///
/// Somebody else's list, and files that cannot be written.
pub(super) fn ensure(
    folder: &Path,
    group: &Group,
    now: UnixTime,
    made: &mut Vec<Made>,
) -> Result<(), Failure> {
    for (stem, authority) in [(ROOT, &group.root), (INTERMEDIATE, &group.intermediate)] {
        one(&folder.join(format!("{stem}.crl")), authority, now, made)?;
    }
    Ok(())
}

fn one(
    path: &Path,
    authority: &Holder,
    now: UnixTime,
    made: &mut Vec<Made>,
) -> Result<(), Failure> {
    let signer = Signer::of(authority.issuer()).map_err(Failure::No)?;
    let (list, why) = match read(path)? {
        None => (RevocationList::first().map_err(not_made)?, Why::Missing),
        Some(bytes) => {
            let list = RevocationList::after(&bytes, &signer)
                .map_err(|found| stranger(path, &format!("found {found}")))?;
            let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
            let renewed_from = seconds + i64::from(RENEWED_BEFORE_DAYS) * SECONDS_A_DAY;
            if fresh_until(&bytes, seconds).is_some_and(|end| renewed_from < end) {
                return Ok(());
            }
            (list, Why::Expired)
        }
    };
    let signed = list.sign(&signer, now, DAYS).map_err(not_made)?;
    put(path, &signed.der, Access::Public, why, made)
}
