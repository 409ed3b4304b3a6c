//! What has been named within a day, and how much of it was written.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::notice::{DAY_SECONDS, Kind, Notice};

/// How many notices of one kind are written within a day. Nobody acts upon more, and a policy can have a hundred thousand callers.
const MAX_OF_A_KIND: usize = 100;

/// How often those are counted at most that are not written, in seconds.
const COUNT_INTERVAL: i64 = 60 * 60;

/// What has been named, and when. It holds what is due and nothing else: what was named a day ago is forgotten. Its memory is
/// proportional to that: a policy with 100,000 callers whom nobody uses has 100,000 entries. The lines of a day are not.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    named: HashMap<Notice, i64>,
    /// Since when so many notices of a kind were written.
    written: HashMap<Kind, (i64, usize)>,
    /// How many have been due that were neither written nor counted.
    uncounted: usize,
    /// When they were last counted.
    counted: Option<i64>,
}

impl Ledger {
    /// Those of the notices that have not been named within a day, up to a bound for each kind; they count as named from now on,
    /// and so do the others, of which a last notice gives the number.
    pub(super) fn take_due(&mut self, notices: Vec<Notice>, now: i64) -> Vec<Notice> {
        self.named
            .retain(|_, named| is_within(*named, now, DAY_SECONDS));
        self.written
            .retain(|_, (since, _)| is_within(*since, now, DAY_SECONDS));
        let mut due = Vec::new();
        for notice in notices {
            let Entry::Vacant(entry) = self.named.entry(notice) else {
                continue;
            };
            let (_, written) = self.written.entry(entry.key().kind).or_insert((now, 0));
            if *written < MAX_OF_A_KIND {
                *written = written.saturating_add(1);
                due.push(entry.key().clone());
            } else {
                self.uncounted = self.uncounted.saturating_add(1);
            }
            entry.insert(now);
        }
        due.extend(self.count(now));
        due
    }

    /// How many were not written, once an hour at most.
    fn count(&mut self, now: i64) -> Option<Notice> {
        let was_counted = self
            .counted
            .is_some_and(|counted| is_within(counted, now, COUNT_INTERVAL));
        if self.uncounted == 0 || was_counted {
            return None;
        }
        self.counted = Some(now);
        Some(Notice {
            more: Some(std::mem::take(&mut self.uncounted)),
            ..Notice::new(Kind::More)
        })
    }
}

/// Whether an instant is less than so many seconds ago. A clock that was set back must not silence a notice for longer.
fn is_within(instant: i64, now: i64, seconds: i64) -> bool {
    (0..seconds).contains(&now.saturating_sub(instant))
}
