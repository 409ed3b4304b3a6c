//! What has been named within a day.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::notice::{DAY_SECONDS, Notice};

/// What has been named, and when. It holds what is due and nothing else: what was named a day ago is forgotten.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    named: HashMap<Notice, i64>,
}

impl Ledger {
    /// Those of the notices that have not been named within a day. They count as named from now on.
    pub(super) fn take_due(&mut self, notices: Vec<Notice>, now: i64) -> Vec<Notice> {
        // A clock that was set back must not silence a notice for longer than a day.
        self.named
            .retain(|_, named| (0..DAY_SECONDS).contains(&now.saturating_sub(*named)));
        let mut due = Vec::new();
        for notice in notices {
            if let Entry::Vacant(entry) = self.named.entry(notice) {
                due.push(entry.key().clone());
                entry.insert(now);
            }
        }
        due
    }
}
