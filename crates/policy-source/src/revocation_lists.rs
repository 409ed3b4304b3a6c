//! The revocation lists that a document names in files.

use std::collections::BTreeMap;
use std::sync::Arc;

use client_cert::{
    Crl, CrlSet, DomainName, DomainRevocation, OnUncertain, Policy, RevocationRule, TrustDomain,
};
use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject as _;

use crate::document::kind::CrlSource;
use crate::document::{OnUncertain as Configured, RevocationEntry};
use crate::named_files::Unreadable;
use crate::relative_name::RelativeName;

/// The policy with revocation looked up as a document says, and what is to be known about lists that are not there.
///
/// A list that is missing, unreadable or signed by nobody in the domain never keeps a document from taking effect: what it
/// would cover is unknown, and refused unless the document allows that. A list at a URL is one that is missing: it is not
/// fetched.
pub(crate) fn with_lists(
    policy: &Policy,
    revocation: &BTreeMap<DomainName, RevocationEntry>,
    mut read: impl FnMut(&RelativeName) -> Result<Vec<u8>, Unreadable>,
) -> (Policy, Vec<String>) {
    let mut notes = Vec::new();
    let domains = policy.domains().iter().filter_map(|domain| {
        let entry = revocation.get(domain.name()?)?;
        let lists = lists(domain, entry, &mut read, &mut notes);
        Some(DomainRevocation {
            domain: Arc::clone(domain),
            rule: RevocationRule {
                unknown: on_uncertain(entry.unknown),
                stale: on_uncertain(entry.stale),
            },
            lists: Arc::new(lists),
        })
    });
    let domains: Vec<DomainRevocation> = domains.collect();
    (policy.with_revocation(domains), notes)
}

fn on_uncertain(configured: Configured) -> OnUncertain {
    match configured {
        Configured::Deny => OnUncertain::Deny,
        Configured::Allow => OnUncertain::Allow,
    }
}

fn lists(
    domain: &TrustDomain,
    entry: &RevocationEntry,
    read: &mut impl FnMut(&RelativeName) -> Result<Vec<u8>, Unreadable>,
    notes: &mut Vec<String>,
) -> CrlSet {
    let label = domain.label();
    let mut crls = Vec::new();
    for source in &entry.crls {
        let name = match &source.value {
            CrlSource::File(name) => name,
            CrlSource::Url(_) => {
                notes.push(format!(
                    "trust domain {label}: a revocation list at a URL is not fetched in this version: what it covers is unknown; \
                     put the list beside the document and name the file"
                ));
                continue;
            }
        };
        match read(name).map_err(|error| error.to_string()).and_then(|bytes| parse(&bytes)) {
            Ok(crl) => crls.push(crl),
            Err(found) => notes.push(format!(
                "trust domain {label}: expected a revocation list in {:?}, found {found}; what it covers is unknown",
                name.as_str()
            )),
        }
    }
    let (set, unusable) = CrlSet::new(domain, crls);
    notes.extend(
        unusable
            .iter()
            .map(|list| format!("trust domain {label}: {list}; what it covers is unknown")),
    );
    set
}

/// One list, DER or PEM.
fn parse(bytes: &[u8]) -> Result<Crl, String> {
    let der = match bytes.starts_with(b"\x30") {
        true => bytes.to_vec(),
        false => CertificateRevocationListDer::from_pem_slice(bytes)
            .map_err(|_| "neither DER nor a PEM section X509 CRL".to_owned())?
            .to_vec(),
    };
    Crl::parse(&der).map_err(|error| error.to_string())
}
