//! What reading one file may cost.
//!
//! Everything that a file can ask for is counted in one unit, the *hash block*: what one compression of SHA-256 costs,
//! measured as half an iteration of PBKDF2 (some 65 ns with SHA instructions, some 200 ns without). An iteration of
//! the derivation of RFC 7292 costs 4, since each is a call of its own; the digests of 128-byte blocks cost 3 times as
//! much; one block of scrypt's mixing costs 1.25.

use std::fmt;

/// The most that reading one file may cost, in hash blocks: about a second with SHA instructions.
///
/// A file with a key, certificates and an integrity check of 600,000 iterations each, the highest number that OWASP
/// asks for with SHA-256, costs 5 million; with an empty password, which has two encodings, 7 million.
pub(crate) const MAX_COST: u64 = 15_000_000;

/// Bytes that one hash block covers.
const BLOCK_BYTES: usize = 64;

/// What may still be spent on a file.
#[derive(Debug)]
pub(crate) struct Budget {
    left: u64,
}

/// Reading the file costs more than [`MAX_COST`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TooCostly {
    /// What the dearest part asks for, in words.
    pub(crate) asked: String,
    /// What it and the parts before it cost together, in hash blocks.
    pub(crate) cost: u64,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self { left: MAX_COST }
    }

    /// Takes a cost off, before the work is done.
    pub(super) fn spend(&mut self, cost: u64, asked: &dyn fmt::Display) -> Result<(), TooCostly> {
        match self.left.checked_sub(cost) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(TooCostly {
                asked: asked.to_string(),
                cost: self.spent().saturating_add(cost),
            }),
        }
    }

    /// What has been spent.
    pub(super) fn spent(&self) -> u64 {
        MAX_COST - self.left
    }
}

/// Refuses parts that together cost too much, before anything is done for one of them.
pub(crate) fn refuse_sum<'a>(
    parts: impl Iterator<Item = (u64, &'a dyn fmt::Display)>,
) -> Result<(), TooCostly> {
    let mut sum = 0_u64;
    let mut dearest: Option<(u64, &dyn fmt::Display)> = None;
    for (cost, part) in parts {
        sum = sum.saturating_add(cost);
        if dearest.is_none_or(|(most, _)| cost > most) {
            dearest = Some((cost, part));
        }
    }
    match dearest {
        Some((_, part)) if sum > MAX_COST => Err(TooCostly {
            asked: part.to_string(),
            cost: sum,
        }),
        _ => Ok(()),
    }
}

/// What it costs to pass over this many bytes once.
pub(super) fn pass_over(bytes: usize) -> u64 {
    u64::try_from(bytes.div_ceil(BLOCK_BYTES)).unwrap_or(u64::MAX)
}

impl fmt::Display for TooCostly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "asks for {} and costs {} hash blocks, expected {MAX_COST} at most for the whole file (600000 iterations \
             in each place are within it); export it again with fewer iterations",
            self.asked, self.cost
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_once() {
        let mut budget = Budget::new();
        assert_eq!(budget.spend(MAX_COST - 1, &"a"), Ok(()));
        assert_eq!(budget.spend(1, &"b"), Ok(()));
        let refusal = budget.spend(1, &"c").unwrap_err();
        assert_eq!((refusal.asked.as_str(), refusal.cost), ("c", MAX_COST + 1));
        assert!(Budget::new().spend(u64::MAX, &"d").is_err());
    }

    #[test]
    fn parts_below_the_limit_are_refused_for_their_sum() {
        let part = MAX_COST / 4;
        let some: &dyn fmt::Display = &"some";
        let most: &dyn fmt::Display = &"most";
        let costs = |count| std::iter::repeat_n((part, some), count);
        assert_eq!(refuse_sum(costs(4)), Ok(()));
        let more = costs(4).chain([(part + 1, most)]);
        assert_eq!(refuse_sum(more).unwrap_err().asked, "most");
        let overflow = [(u64::MAX, some), (u64::MAX, most)];
        assert!(refuse_sum(overflow.into_iter()).is_err());
    }
}
