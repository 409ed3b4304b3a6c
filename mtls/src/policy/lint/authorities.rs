//! Authorities and pinned certificates that are past their end, or near it.

use client_cert::{Certificate, Thumbprint, Validity, rfc3339};
use policy_source::{Place, Text, TrustDomainEntry, kind};

use super::{Kind, Subject, Warnings};

/// Finds them.
pub(super) fn find(subject: &Subject<'_>, warnings: &mut Warnings) {
    for domain in subject.opened.document.trust_domains.values() {
        for file in files(domain) {
            for certificate in subject.opened.certificates(&file.value) {
                let what = format!("the authority {}", certificate.subject());
                judge(subject, file.place, &what, certificate.validity(), warnings);
            }
        }
    }
    for rule in subject.opened.rules() {
        let pins = [
            &rule.entry.sha256.as_ref().map(|pin| (pin.value, pin.place)),
            &rule.entry.sha1.as_ref().map(|pin| (pin.value, pin.place)),
        ];
        for (thumbprint, place) in pins.into_iter().flatten() {
            if let Some((file, certificate)) = pinned(subject, *thumbprint) {
                judge(subject, *place, file, certificate.validity(), warnings);
            }
        }
    }
}

/// The files of a trust domain.
pub(super) fn files(domain: &TrustDomainEntry) -> impl Iterator<Item = &Text<kind::File>> {
    domain.anchors.iter().chain(&domain.intermediates)
}

fn pinned<'s>(
    subject: &'s Subject<'_>,
    thumbprint: Thumbprint,
) -> Option<&'s (String, Certificate)> {
    let mut certificates = subject.certificates.iter();
    certificates.find(|(_, found)| found.sha256() == thumbprint || found.sha1() == thumbprint)
}

fn judge(
    subject: &Subject<'_>,
    place: Place,
    what: &str,
    validity: Validity,
    warnings: &mut Warnings,
) {
    let (begin, end) = (rfc3339(validity.not_before), rfc3339(validity.not_after));
    let text = if validity.days_left(subject.now) < 0 {
        format!("{what} expired at {end}: nobody is admitted by it; replace it")
    } else if validity.ends_soon(subject.now) {
        format!("{what} expires at {end}; put its successor beside it before then")
    } else if !validity.contains(subject.now) {
        format!("{what} is not valid before {begin}: nobody is admitted by it until then")
    } else {
        return;
    };
    warnings.push(Kind::Validity, || subject.locator.problem(place, text));
}
