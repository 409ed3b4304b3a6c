//! Callers that were admitted before, found by the exact bytes of their header value.

use std::fmt;
use std::sync::Arc;

use quick_cache::sync::{self, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};
use rustls_pki_types::UnixTime;

use crate::permit::Admitted;

/// The most that is kept, in bytes of header values and facts: about two thousand callers, or some hundreds where Envoy's element
/// has the chain in it as well. One caller who comes with another chain each time displaces others there.
///
/// The function app shares its memory with the Functions host, so this is kept small; a caller who has been
/// dropped only costs a parse again.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// What the facts of one caller take besides the header value, roughly.
const BYTES_PER_CALLER: u64 = 768;

/// How many callers most apps have; sizes tables at the start, which grow.
const ESTIMATED_CALLERS: usize = 64;

/// How many locks share the work. More would be asked of the system, which takes longer than all the rest of the start.
const SHARDS: usize = 8;

/// A bounded memory of admitted callers, for one policy.
///
/// Refused callers are never kept, so a flood of them displaces nobody. A look-up compares all bytes of the
/// header value; a hash alone would let a collision decide who gets in. Every instant is looked at again with each
/// request.
pub(crate) struct Cache {
    callers: sync::Cache<Box<[u8]>, Arc<Admitted>, HeaderBytes>,
}

#[derive(Clone)]
struct HeaderBytes;

impl Weighter<Box<[u8]>, Arc<Admitted>> for HeaderBytes {
    fn weight(&self, value: &Box<[u8]>, _: &Arc<Admitted>) -> u64 {
        u64::try_from(value.len())
            .unwrap_or(u64::MAX)
            .saturating_add(BYTES_PER_CALLER)
    }
}

impl Cache {
    pub(crate) fn new() -> Self {
        let options = OptionsBuilder::new()
            .estimated_items_capacity(ESTIMATED_CALLERS)
            .weight_capacity(MAX_BYTES)
            .shards(SHARDS)
            .build();
        let callers = match options {
            Ok(options) => sync::Cache::with_options(
                options,
                HeaderBytes,
                DefaultHashBuilder::default(),
                DefaultLifecycle::default(),
            ),
            // Only a missing capacity makes options incomplete.
            Err(_) => sync::Cache::with_weighter(ESTIMATED_CALLERS, MAX_BYTES, HeaderBytes),
        };
        Self { callers }
    }

    /// The caller who was admitted with exactly this header value and whose certificates are all valid at `now`.
    pub(crate) fn find(&self, value: &[u8], now: UnixTime) -> Option<Arc<Admitted>> {
        let admitted = self.callers.get(value)?;
        if admitted.validity().contains(now) {
            return Some(admitted);
        }
        self.callers.remove(value);
        None
    }

    pub(crate) fn keep(&self, value: &[u8], admitted: &Arc<Admitted>) {
        self.callers.insert(value.into(), Arc::clone(admitted));
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("callers", &self.callers.len())
            .finish()
    }
}
