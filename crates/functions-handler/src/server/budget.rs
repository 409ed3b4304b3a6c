//! Memory for what nobody has been admitted for yet: one budget over all requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::host::{NoRoom, Room};

/// The bytes of the budget that calls of public functions leave to calls of secured ones, so that a flood of the first
/// keeps no admitted caller out: room for some hundred heads of 64 KB.
const SECURED_SHARE: u64 = 16 * 1024 * 1024;

/// Memory for envelopes before their callers are admitted, over all requests: their bytes, and what is read out of them.
///
/// A secured function's envelope takes from it until the headers inside have been read, and then either gives it back or
/// is dropped. A public function admits nobody, and a trigger has no caller: their envelopes take from it until they have
/// been answered. Room is taken before anything is allocated, and what does not fit is answered 503 at once: nobody waits
/// for anybody.
#[derive(Debug)]
pub(super) struct Budget {
    bytes: u64,
    used: AtomicU64,
}

/// What one request has taken; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Lease {
    budget: Arc<Budget>,
    reserve: u64,
    taken: u64,
}

impl Budget {
    /// A budget for envelopes of at most `longest` bytes: one of them, with what is read out of it, fits beside the share
    /// of secured functions. What is read is shorter than the text, which has a body twice.
    pub(super) fn new(longest: u64) -> Arc<Self> {
        let one = longest.saturating_add(longest / 4);
        Arc::new(Self {
            bytes: one.saturating_add(SECURED_SHARE),
            used: AtomicU64::new(0),
        })
    }

    /// For a call of a secured function.
    pub(super) fn secured(self: &Arc<Self>) -> Lease {
        self.lease(0)
    }

    /// For what admits nobody: a call of a public function, or a trigger.
    pub(super) fn public(self: &Arc<Self>) -> Lease {
        self.lease(SECURED_SHARE)
    }

    fn lease(self: &Arc<Self>, reserve: u64) -> Lease {
        Lease {
            budget: Arc::clone(self),
            reserve,
            taken: 0,
        }
    }
}

impl Room for Lease {
    fn take(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let most = self.budget.bytes.saturating_sub(self.reserve);
        let taken = |used: u64| used.checked_add(bytes).filter(|sum| *sum <= most);
        self.budget
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken)
            .map_err(|_| NoRoom)?;
        self.taken = self.taken.saturating_add(bytes);
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_bounded_over_all_and_given_back() {
        let budget = Budget::new(80);
        let share = usize::try_from(SECURED_SHARE).unwrap();
        let (mut one, mut two) = (budget.public(), budget.public());
        assert_eq!((one.take(60), two.take(40)), (Ok(()), Ok(())));
        assert_eq!(two.take(1), Err(NoRoom));
        let mut secured = budget.secured();
        assert_eq!(secured.take(share), Ok(()), "secured calls have a share");
        assert_eq!(secured.take(1), Err(NoRoom));
        drop(one);
        assert_eq!(secured.take(60), Ok(()));
        drop((two, secured));
        assert_eq!(budget.used.load(Ordering::Relaxed), 0);
    }
}
