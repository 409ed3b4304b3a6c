//! Numbers of lists (cRLNumber; RFC 5280, section 5.2.3).

use std::cmp::Ordering;

use crate::x509::SerialNumber;

/// The order of two numbers, neither of which is negative.
pub(super) fn compare(one: &SerialNumber, two: &SerialNumber) -> Ordering {
    let (one, two) = (one.to_string(), two.to_string());
    one.len().cmp(&two.len()).then_with(|| one.cmp(&two))
}
