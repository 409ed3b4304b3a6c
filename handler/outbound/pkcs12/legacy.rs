//! Old ciphers, switched on for as long as one file needs them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use openssl::nid::Nid;
use openssl::provider::Provider;

/// One holder at a time: the provider belongs to the whole process, and a second load could outlive the first.
static HOLDER: Mutex<()> = Mutex::new(());

/// Keeps OpenSSL's legacy provider loaded until it is dropped.
pub(in crate::outbound) struct Legacy {
    // Dropped in this order: first the provider, then the lock.
    _provider: Option<Provider>,
    _lock: MutexGuard<'static, ()>,
}

/// Loads the legacy provider where this cipher needs it, RC2, RC4 or single DES.
///
/// A provider that does not load is no error here: the cipher then fails by itself.
pub(in crate::outbound) fn hold_for(cipher: Nid) -> Option<Legacy> {
    let old = [
        Nid::RC2_CBC,
        Nid::RC2_40_CBC,
        Nid::RC4,
        Nid::RC4_40,
        Nid::DES_CBC,
    ];
    old.contains(&cipher).then(|| Legacy {
        _lock: HOLDER.lock().unwrap_or_else(PoisonError::into_inner),
        _provider: Provider::try_load(None, "legacy", true).ok(),
    })
}
