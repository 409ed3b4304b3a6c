//! The lists of a set that no newer one takes the place of.

use rustls_pki_types::UnixTime;

use super::crl::Crl;
use super::crl_set::CrlSet;
use crate::x509::seconds;

impl CrlSet {
    /// The lists in effect at an instant that are not superseded: of each issuer and scope the newest complete one, and the
    /// newest delta if it is newer than that. These are the ones whose renewal is waited for.
    pub fn newest(&self, now: UnixTime) -> impl Iterator<Item = &Crl> {
        let now = seconds(now);
        let in_effect = move || self.lists().filter(move |crl| crl.this_update() <= now);
        in_effect().filter(move |crl| !in_effect().any(|other| supersedes(other, crl)))
    }
}

fn supersedes(other: &Crl, crl: &Crl) -> bool {
    other.this_update() > crl.this_update()
        && (crl.is_delta() || !other.is_delta())
        && other.issuer() == crl.issuer()
        && other.scope() == crl.scope()
}
