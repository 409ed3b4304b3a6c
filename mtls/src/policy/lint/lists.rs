//! Revocation lists in files: whether they are there, whose they are, and how long they hold.

use std::fmt;
use std::sync::Arc;

use client_cert::{Certificate, Crl, CrlSet, TrustDomain, rfc3339};
use policy_source::kind::CrlSource;
use policy_source::{OnUncertain, RevocationEntry, TrustDomainEntry};
use serde::Serialize;

use super::authorities::files;
use super::{Kind, Subject, Warnings};
use crate::printable::printable;

/// A list that is stale within this time is worth a look: authorities publish daily or weekly.
const NEAR_SECONDS: i64 = 86_400;

/// A list that the document names.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::policy) struct ListFacts {
    /// The file's name, or the URL without its query.
    source: String,
    /// Absent where the list is not fetched by this command.
    #[serde(flatten)]
    found: Option<Found>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    issuer: String,
    /// Which certificates it covers.
    coverage: String,
    revoked: usize,
    next_update: String,
}

/// Finds lists that cannot be used or are at their end, and authorities without one. What is at a URL is not fetched.
pub(super) fn find(subject: &Subject<'_>, warnings: &mut Warnings) {
    for (name, entry) in &subject.opened.document.trust_domains {
        if let (Some(revocation), Some(domain)) = (&entry.revocation, subject.opened.domain(name)) {
            let looked = Looked {
                subject,
                revocation,
            };
            looked.domain(domain, entry, warnings);
        }
    }
}

/// One trust domain that looks up revocation.
struct Looked<'s, 'd> {
    subject: &'s Subject<'d>,
    revocation: &'s RevocationEntry,
}

impl Looked<'_, '_> {
    fn domain(&self, domain: &TrustDomain, entry: &TrustDomainEntry, warnings: &mut Warnings) {
        let (mut lists, mut indices) = (Vec::new(), Vec::new());
        let mut is_complete = true;
        for (index, source) in self.revocation.crls.iter().enumerate() {
            match &source.value {
                CrlSource::Url(url) => {
                    is_complete = false;
                    let source = url.to_string();
                    warnings.lists.push(ListFacts {
                        source,
                        found: None,
                    });
                }
                CrlSource::File(name) => match self.subject.opened.revocation_list(name) {
                    Ok(list) => {
                        warnings.lists.push(ListFacts::of(name.as_str(), &list));
                        lists.push(list);
                        indices.push(index);
                    }
                    Err(error) => self.warn(index, &self.unknown(&error), warnings),
                },
            }
        }
        let (usable, unusable) = CrlSet::new(domain, lists.iter().map(Arc::clone));
        for list in &unusable {
            let index = indices.get(list.index).copied().unwrap_or_default();
            self.warn(index, &self.unknown(&list.to_string()), warnings);
        }
        for (list, index) in lists.iter().zip(indices) {
            if let Some(text) = self.age(list) {
                self.warn(index, &text, warnings);
            }
        }
        if is_complete {
            self.uncovered(&usable, entry, warnings);
        }
    }

    fn warn(&self, index: usize, text: &str, warnings: &mut Warnings) {
        let source = self.revocation.crls.get(index);
        let place = source.map_or(self.revocation.place, |source| source.place);
        warnings.push(Kind::Revocation, || {
            self.subject.locator.problem(place, printable(text))
        });
    }

    fn unknown(&self, text: &str) -> String {
        format!(
            "{text}; what it covers is unknown, and {}",
            outcome(self.revocation.unknown)
        )
    }

    /// What is to be said of a list's dates.
    fn age(&self, list: &Crl) -> Option<String> {
        let now = i64::try_from(self.subject.now.as_secs()).unwrap_or(i64::MAX);
        let (begin, end) = (rfc3339(list.this_update()), rfc3339(list.next_update()));
        if now < list.this_update() {
            return Some(format!(
                "the list begins at {begin}: it says nothing until then"
            ));
        }
        if list.next_update() < now {
            let outcome = outcome(self.revocation.stale);
            return Some(format!(
                "the list is stale since {end}: what it covers is {outcome}; put its successor in its place"
            ));
        }
        let is_near = list.next_update().saturating_sub(now) < NEAR_SECONDS;
        is_near.then(|| {
            format!("the list is stale from {end}; put its successor in its place before then")
        })
    }

    /// Authorities in the domain that no list is from. An indirect list may be about any of them.
    fn uncovered(&self, lists: &CrlSet, entry: &TrustDomainEntry, warnings: &mut Warnings) {
        if lists
            .lists()
            .any(|list| list.coverage().contains("of other issuers"))
        {
            return;
        }
        let named = files(entry).flat_map(|file| self.subject.opened.certificates(&file.value));
        let authorities = named.filter(|authority: &Certificate| authority.extensions().is_ca());
        for authority in authorities {
            let name = authority.subject();
            let is_covered = lists
                .lists()
                .any(|list| list.issuer() == name && !list.is_delta());
            if !is_covered {
                let outcome = outcome(self.revocation.unknown);
                let text = format!(
                    "no list of {name} is usable: whatever it issued is unknown, and {outcome}; add its list"
                );
                warnings.push(Kind::Revocation, || {
                    self.subject.locator.problem(self.revocation.place, text)
                });
            }
        }
    }
}

fn outcome(configured: OnUncertain) -> &'static str {
    match configured {
        OnUncertain::Deny => "refused",
        OnUncertain::Allow => "admitted",
    }
}

impl ListFacts {
    fn of(source: &str, list: &Crl) -> Self {
        Self {
            source: printable(source),
            found: Some(Found {
                issuer: list.issuer().to_string(),
                coverage: printable(&list.coverage()),
                revoked: list.len(),
                next_update: rfc3339(list.next_update()),
            }),
        }
    }
}

impl fmt::Display for ListFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.found {
            None => write!(f, "revocation list {}: not fetched by check", self.source),
            Some(found) => write!(
                f,
                "revocation list {}: of {}, {}, {} revoked, next update {}",
                self.source, found.issuer, found.coverage, found.revoked, found.next_update
            ),
        }
    }
}
