//! Trust domains, from files of certificates.

use std::collections::BTreeMap;
use std::sync::Arc;

use client_cert::{Anchor, DomainName, Intermediate, ListSigner, TrustDomain};

use super::contents::Contents;
use crate::document::{Document, Findings, TrustDomainEntry};

/// The trust domains of a document. Each has a name, which says that its anchors belong together: they may have several subjects.
///
/// An anchor that cannot be used is a problem. An intermediate that cannot be used is a note: it can only keep callers out, and
/// files of authorities contain old ones that nobody needs. One that may sign revocation lists and nothing else is a signer of lists.
pub(super) fn build(
    document: &Document,
    contents: &Contents,
    findings: &mut Findings,
    notes: &mut Findings,
) -> BTreeMap<DomainName, Arc<TrustDomain>> {
    let mut domains = BTreeMap::new();
    for (name, entry) in &document.trust_domains {
        if let Some(domain) = domain(entry, contents, findings, notes) {
            domains.insert(name.clone(), Arc::new(domain.named(name.clone())));
        }
    }
    domains
}

fn domain(
    entry: &TrustDomainEntry,
    contents: &Contents,
    findings: &mut Findings,
    notes: &mut Findings,
) -> Option<TrustDomain> {
    let anchors = anchors(entry, contents, findings);
    let Between {
        intermediates,
        list_signers,
    } = between(entry, contents, findings, notes);
    // Without an anchor there is a finding that says why.
    let domain = TrustDomain::of_several_subjects(anchors, intermediates).ok()?;
    let domain = domain.with_list_signers(list_signers);
    for note in domain.notes() {
        notes.add(entry.place, note.to_string());
    }
    Some(domain)
}

fn anchors(entry: &TrustDomainEntry, contents: &Contents, findings: &mut Findings) -> Vec<Anchor> {
    let read = match entry.legacy_roots {
        true => Anchor::legacy,
        false => Anchor::new,
    };
    let mut anchors = Vec::new();
    for file in &entry.anchors {
        for found in contents.certificates(file, findings) {
            match read(&found.der) {
                Ok(anchor) => anchors.push(anchor),
                Err(error) => {
                    let label = found.label;
                    findings.add(
                        file.place,
                        format!("{label}: {error}; take it out or replace it"),
                    );
                }
            }
        }
    }
    anchors
}

/// What anchors issued.
#[derive(Default)]
struct Between {
    intermediates: Vec<Intermediate>,
    list_signers: Vec<ListSigner>,
}

fn between(
    entry: &TrustDomainEntry,
    contents: &Contents,
    findings: &mut Findings,
    notes: &mut Findings,
) -> Between {
    let mut between = Between::default();
    for file in &entry.intermediates {
        for found in contents.certificates(file, findings) {
            match Intermediate::new(&found.der) {
                Ok(intermediate) => between.intermediates.push(intermediate),
                Err(error) => {
                    match ListSigner::new(&found.der) {
                        Ok(signer) => between.list_signers.push(signer),
                        Err(_) => {
                            let label = found.label;
                            notes.add(
                            file.place,
                            format!("{label}: {error}; it is left out: callers below it have no path"),
                        );
                        }
                    }
                }
            }
        }
    }
    between
}
