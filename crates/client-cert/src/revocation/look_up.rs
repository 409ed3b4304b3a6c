//! The look-up of one certificate in several lists (RFC 5280, section 6.3.3).

use std::cmp::Ordering;

use super::crl::Crl;
use super::entry::Entry;
use super::number::compare;
use super::scope::ALL_REASONS;
use super::state::{Looked, Revocation};
use crate::x509::Certificate;

/// What the lists say of one certificate so far.
pub(super) struct LookUp<'a> {
    certificate: &'a Certificate,
    now: i64,
    /// Lists that were taken; an older one of the same scope says nothing.
    taken: Vec<&'a Crl>,
    revoked: bool,
    fresh: u16,
    stale: u16,
    pub(super) until: i64,
}

impl<'a> LookUp<'a> {
    pub(super) fn new(certificate: &'a Certificate, now: i64) -> Self {
        Self {
            certificate,
            now,
            taken: Vec::new(),
            revoked: false,
            fresh: 0,
            stale: 0,
            until: i64::MAX,
        }
    }

    pub(super) fn is_superseded(&self, crl: &Crl) -> bool {
        let mut taken = self.taken.iter();
        taken.any(|newer| newer.issuer() == crl.issuer() && newer.scope() == crl.scope())
    }

    pub(super) fn take(&mut self, crl: &'a Crl, delta: Option<&Crl>, reasons: u16) {
        if crl.this_update() > self.now {
            return;
        }
        self.taken.push(crl);
        let issuer = self.certificate.issuer();
        let serial = self.certificate.raw_serial();
        let of_delta = delta.and_then(|delta| delta.entry(issuer, serial));
        let listed = match of_delta {
            Some(Entry::Removed) => false,
            Some(Entry::Revoked) => true,
            None => crl.entry(issuer, serial).is_some(),
        };
        self.revoked |= listed;
        match self.now <= crl.next_update() {
            true => self.fresh |= reasons,
            false => self.stale |= reasons,
        }
    }

    pub(super) fn looked(self) -> Looked {
        let state = if self.revoked {
            Revocation::Revoked
        } else if self.fresh == ALL_REASONS {
            Revocation::Good
        } else if self.fresh | self.stale == ALL_REASONS {
            Revocation::Stale
        } else {
            Revocation::Unknown
        };
        Looked {
            state,
            until: self.until,
        }
    }
}

/// Whether a delta brings a list up to date (RFC 5280, section 6.3.3, step c).
pub(super) fn completes(delta: &Crl, list: &Crl, now: i64) -> bool {
    let (Some(base), Some(of_delta), Some(of_list)) = (delta.base(), delta.number(), list.number())
    else {
        return false;
    };
    delta.issuer() == list.issuer()
        && delta.scope() == list.scope()
        && delta.authority_key() == list.authority_key()
        && compare(base, of_list) != Ordering::Greater
        && compare(of_list, of_delta) != Ordering::Greater
        && (delta.this_update()..=delta.next_update()).contains(&now)
}

pub(super) fn by_number(one: &&Crl, two: &&Crl) -> Ordering {
    match (one.number(), two.number()) {
        (Some(one), Some(two)) => compare(one, two),
        (one, two) => one.is_some().cmp(&two.is_some()),
    }
}
