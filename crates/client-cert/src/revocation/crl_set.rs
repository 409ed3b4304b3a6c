//! The revocation lists of one trust domain, each verified, and the look-up of a path in them.

use std::cmp::Reverse;
use std::fmt;
use std::sync::Arc;

use rustls_pki_types::UnixTime;

use super::crl::Crl;
use super::look_up::{LookUp, by_number, completes};
use super::scope::covered_reasons;
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
        Self::default().renewed(domain, lists)
    }

    /// The same of other lists, in a domain with the authorities of before: a list that is in this set, byte for byte, is not
    /// verified again.
    pub(crate) fn renewed(
        &self,
        domain: &TrustDomain,
        lists: impl IntoIterator<Item = impl Into<Arc<Crl>>>,
    ) -> (Self, Vec<UnusableCrl>) {
        let (mut set, mut unusable) = (Self::default(), Vec::new());
        for (index, crl) in lists.into_iter().map(Into::into).enumerate() {
            let verified = match self.verified(&crl) {
                Some(verified) => Ok(verified.clone()),
                None => VerifiedCrl::new(Arc::clone(&crl), domain),
            };
            match verified {
                Ok(verified) => set.lists.push(verified),
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

    /// A list of the same bytes. Bytes are compared and not their digests: that is a hundred times as fast.
    fn verified(&self, crl: &Arc<Crl>) -> Option<&VerifiedCrl> {
        let is_same = |verified: &&VerifiedCrl| {
            Arc::ptr_eq(&verified.crl, crl) || verified.crl.encoding() == crl.encoding()
        };
        self.lists.iter().find(is_same)
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
    fn new(crl: Arc<Crl>, domain: &TrustDomain) -> Result<Self, SignerError> {
        let vouchers = domain.vouches_for(crl.issuer(), crl.authority_key(), crl.signed())?;
        Ok(Self { crl, vouchers })
    }

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

#[cfg(test)]
mod tests {
    use test_support::crl::List;
    use test_support::{Issued, Shape};

    use super::*;
    use crate::trust::Anchor;

    fn domain(root: &Issued) -> TrustDomain {
        TrustDomain::new(vec![Anchor::new(&root.der()).unwrap()], Vec::new()).unwrap()
    }

    /// A list whose signature is wrong shows whether it was verified: it stays where the set has it already, and nowhere else.
    #[test]
    fn a_list_is_verified_once_and_another_one_every_time() {
        let root = Shape::authority("Root").self_signed();
        let domain = domain(&root);
        let mut forged = List::of(&[]).signed_by(&root);
        *forged.last_mut().unwrap() ^= 1;
        let forged = || Arc::new(Crl::parse(&forged).unwrap());
        let set = CrlSet {
            lists: vec![VerifiedCrl {
                crl: forged(),
                vouchers: Vec::new(),
            }],
        };
        let good = Arc::new(Crl::parse(&List::of(&[]).signed_by(&root)).unwrap());
        let (renewed, unusable) = set.renewed(&domain, [forged(), good]);
        assert_eq!((renewed.lists.len(), unusable.len()), (2, 0));
        let (fresh, unusable) = CrlSet::new(&domain, [forged()]);
        assert_eq!((fresh.lists.len(), unusable.len()), (0, 1));
        let mut other = forged().encoding().to_vec();
        *other.last_mut().unwrap() ^= 2;
        let (renewed, unusable) = set.renewed(&domain, [Crl::parse(&other).unwrap()]);
        assert_eq!((renewed.lists.len(), unusable.len()), (0, 1));
    }
}
