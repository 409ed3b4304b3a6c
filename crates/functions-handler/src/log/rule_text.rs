//! A rule as the lines about calls have it.

use client_cert::Principal;

use super::shortened::cut;

/// The longest text of a rule, in bytes: room for the longest common name of X.509 (64) under an authority with a few attributes. A
/// policy document has the whole rule, and `caller` says where.
const MAX_RULE_BYTES: usize = 200;

/// How many digits of the caller's own thumbprint a rule repeats: the line has all of it, and two certificates do not share so many.
const SHOWN_DIGITS: usize = 16;

/// The rule that admitted this caller, as the lines about calls have it: a thumbprint that is the line's own is cut to its first
/// digits.
pub(crate) fn rule_text(rule: &str, principal: &Principal) -> String {
    let digest = principal.sha256_hex();
    let start = digest.get(..SHOWN_DIGITS).unwrap_or(digest);
    cut(rule.replace(digest, &format!("{start}...")), MAX_RULE_BYTES)
}
