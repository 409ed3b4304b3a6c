//! The revocation lists of one trust domain, each verified, and the look-up of a path in them.

use std::cmp::{Ordering, Reverse};
use std::fmt;
use std::sync::Arc;

use rustls_pki_types::UnixTime;

use super::crl::{Crl, Entry};
use super::number::compare;
use super::scope::{ALL_REASONS, covered_reasons};
use super::state::{Looked, Revocation};
use crate::trust::{SignerError, TrustDomain, Voucher};
use crate::x509::{Certificate, seconds};

/// The lists of a domain that its authorities signed. Their signatures are verified once, when the set is made: a look-up
/// verifies none.
#[derive(Clone, Debug, Default)]
pub struct CrlSet {
    /// The newest first.
    lists: Vec<VerifiedCrl>,
}

/// A list and who vouches for its signature: any of them will do.
#[derive(Clone, Debug)]
struct VerifiedCrl {
    crl: Arc<Crl>,
    vouchers: Vec<Voucher>,
}

/// A list that says nothing in this domain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnusableCrl {
    /// Its place among those that were given, from 0.
    pub index: usize,
    /// Who issued it, as a name for people.
    pub issuer: String,
    /// Why it says nothing.
    pub error: SignerError,
}

impl fmt::Display for UnusableCrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the revocation list of {}: {}", self.issuer, self.error)
    }
}

impl CrlSet {
    /// The lists that an authority of the domain signed, and what is wrong with the others.
    ///
    /// An authority may sign lists if its keyUsage, if it has one, contains cRLSign (RFC 5280, section 6.3.3, step f). The
    /// same goes for a certificate among the domain's intermediates that may sign lists and nothing else. A list can be shared
    /// by several sets.
    pub fn new(
        domain: &TrustDomain,
        lists: impl IntoIterator<Item = impl Into<Arc<Crl>>>,
    ) -> (Self, Vec<UnusableCrl>) {
        let (mut set, mut unusable) = (Self::default(), Vec::new());
        for (index, crl) in lists.into_iter().map(Into::into).enumerate() {
            match domain.vouches_for(crl.issuer(), crl.authority_key(), crl.signed()) {
                Ok(vouchers) => set.lists.push(VerifiedCrl { crl, vouchers }),
                Err(error) => unusable.push(UnusableCrl {
                    index,
                    issuer: crl.issuer().to_string(),
                    error,
                }),
            }
        }
        set.lists
            .sort_by_key(|list| Reverse(list.crl.this_update()));
        (set, unusable)
    }

    /// The lists, the newest first.
    pub fn lists(&self) -> impl Iterator<Item = &Crl> {
        self.lists.iter().map(|list| &*list.crl)
    }

    /// Looks up the certificates of a path: the end entity and every intermediate, but not the anchor, which is trusted by
    /// configuration.
    pub(crate) fn look_up<'c>(
        &self,
        certificates: impl Iterator<Item = &'c Certificate>,
        now: UnixTime,
    ) -> Looked {
        let good = Looked {
            state: Revocation::Good,
            until: i64::MAX,
        };
        let now = seconds(now);
        certificates.fold(good, |worst, certificate| {
            worst.and(self.one(certificate, now))
        })
    }

    /// Whether somebody who signed a list is valid now, and not revoked where it is no authority.
    fn is_vouched_for(&self, list: &VerifiedCrl, now: i64) -> bool {
        list.vouchers.iter().any(|Voucher { validity, signer }| {
            let is_valid = validity.not_before <= now && now <= validity.not_after;
            let is_revoked = |signer: &Certificate| self.is_listed_by_an_authority(signer);
            is_valid && !signer.as_deref().is_some_and(is_revoked)
        })
    }

    /// Whether a list that an authority signed itself lists a certificate.
    fn is_listed_by_an_authority(&self, certificate: &Certificate) -> bool {
        self.lists.iter().any(|list| {
            let of_authority = list.vouchers.iter().any(|voucher| voucher.signer.is_none());
            let crl = &list.crl;
            of_authority
                && covered_reasons(crl, certificate) != 0
                && crl
                    .entry(certificate.issuer(), certificate.raw_serial())
                    .is_some()
        })
    }

    fn one(&self, certificate: &Certificate, now: i64) -> Looked {
        let mut lookup = LookUp::new(certificate, now);
        let mut covering: Vec<(&VerifiedCrl, u16)> = Vec::new();
        for list in &self.lists {
            let reasons = covered_reasons(&list.crl, certificate);
            if reasons == 0 {
                continue;
            }
            lookup.until = lookup.until.min(list.unchanged_until(now));
            if self.is_vouched_for(list, now) {
                covering.push((list, reasons));
            }
        }
        for (list, reasons) in &covering {
            if list.crl.is_delta() || lookup.is_superseded(&list.crl) {
                continue;
            }
            let deltas = covering.iter().map(|(list, _)| &*list.crl);
            let delta = deltas
                .filter(|delta| completes(delta, &list.crl, now))
                .max_by(by_number);
            lookup.take(&list.crl, delta, *reasons);
        }
        lookup.looked()
    }
}

impl VerifiedCrl {
    /// The last second in which it counts for as much as now: it begins and becomes stale, and so do those who vouch for it.
    fn unchanged_until(&self, now: i64) -> i64 {
        let begins = |instant: i64| instant.saturating_sub(1);
        let of_vouchers = self
            .vouchers
            .iter()
            .flat_map(|Voucher { validity, .. }| [begins(validity.not_before), validity.not_after]);
        [begins(self.crl.this_update()), self.crl.next_update()]
            .into_iter()
            .chain(of_vouchers)
            .filter(|last| now <= *last)
            .min()
            .unwrap_or(i64::MAX)
    }
}

/// What the lists say of one certificate so far.
struct LookUp<'a> {
    certificate: &'a Certificate,
    now: i64,
    /// Lists that were taken; an older one of the same scope says nothing.
    taken: Vec<&'a Crl>,
    revoked: bool,
    fresh: u16,
    stale: u16,
    until: i64,
}

impl<'a> LookUp<'a> {
    fn new(certificate: &'a Certificate, now: i64) -> Self {
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

    fn is_superseded(&self, crl: &Crl) -> bool {
        let mut taken = self.taken.iter();
        taken.any(|newer| newer.issuer() == crl.issuer() && newer.scope() == crl.scope())
    }

    fn take(&mut self, crl: &'a Crl, delta: Option<&Crl>, reasons: u16) {
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

    fn looked(self) -> Looked {
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
fn completes(delta: &Crl, list: &Crl, now: i64) -> bool {
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

fn by_number(one: &&Crl, two: &&Crl) -> Ordering {
    match (one.number(), two.number()) {
        (Some(one), Some(two)) => compare(one, two),
        (one, two) => one.is_some().cmp(&two.is_some()),
    }
}
