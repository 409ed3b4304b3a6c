//! Trust domains, from files of certificates.

use std::collections::BTreeMap;
use std::sync::Arc;

use client_cert::{Anchor, DomainName, Intermediate, TrustDomain};

use super::contents::Contents;
use crate::document::{Document, Findings, TrustDomainEntry};

/// The trust domains of a document.
///
/// An anchor that cannot be used is a problem. An intermediate that cannot be used is a note: it can only keep callers out, and
/// files of authorities contain old ones that nobody needs.
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
    if entry.legacy_roots {
        let text = "expected no \"legacyRoots\" in this version, which takes no anchor without basicConstraints; remove it";
        findings.add(entry.place, text);
    }
    let anchors = anchors(entry, contents, findings);
    let intermediates = intermediates(entry, contents, findings, notes);
    if anchors.is_empty() {
        return None;
    }
    match TrustDomain::new(anchors, intermediates) {
        Ok(domain) => Some(domain),
        Err(error) => {
            findings.add(
                entry.place,
                format!("{error}; make two trust domains of it"),
            );
            None
        }
    }
}

fn anchors(entry: &TrustDomainEntry, contents: &Contents, findings: &mut Findings) -> Vec<Anchor> {
    let mut anchors = Vec::new();
    for file in &entry.anchors {
        for found in contents.certificates(file, findings) {
            match Anchor::new(&found.der) {
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

fn intermediates(
    entry: &TrustDomainEntry,
    contents: &Contents,
    findings: &mut Findings,
    notes: &mut Findings,
) -> Vec<Intermediate> {
    let mut intermediates = Vec::new();
    for file in &entry.intermediates {
        for found in contents.certificates(file, findings) {
            match Intermediate::new(&found.der) {
                Ok(intermediate) => intermediates.push(intermediate),
                Err(error) => {
                    let label = found.label;
                    notes.add(
                        file.place,
                        format!("{label}: {error}; it is left out: callers below it have no path"),
                    );
                }
            }
        }
    }
    intermediates
}
