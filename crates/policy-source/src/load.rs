//! From a document to the policy that it describes.

mod callers;
mod contents;
mod denied;
mod domains;

#[cfg(feature = "remote")]
pub(crate) use contents::MAX_FILES;

use std::collections::BTreeMap;

use client_cert::{DomainName, Fitness, FrontEnd, Policy};

use crate::document::{Document, Findings, Problem, RevocationEntry, Source};
use crate::named_files::Unreadable;
use crate::relative_name::RelativeName;

/// A policy, and what else its document says.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The policy. Its version is a digest of the document and of every file that was read for it.
    pub policy: Policy,
    /// How the domains look up revocation, those that do. The lists themselves are not read: a document takes effect whether or
    /// not they can be had.
    pub revocation: BTreeMap<DomainName, RevocationEntry>,
    /// The document that is evaluated beside this one. It is not read.
    pub report_only: Option<RelativeName>,
    /// What takes effect, and is seldom meant.
    pub notes: Vec<Problem>,
}

/// Loads the policy that a document describes, with the files of certificates that it names: everything or nothing.
///
/// `read` gives the bytes of a file beside the document, and is asked once for each file. What a certificate must be like is the
/// settings' affair, and so is who sets the certificate's header.
///
/// # Errors
///
/// Every problem at once; where the document itself has some, its files are not read.
pub fn load(
    document: &[u8],
    front_end: FrontEnd,
    fitness: Fitness,
    read: impl FnMut(&RelativeName) -> Result<Vec<u8>, Unreadable>,
) -> Result<Loaded, Vec<Problem>> {
    let source = Source::new(document).map_err(|problem| vec![problem])?;
    let parsed = Document::from_source(source)?;
    let (mut findings, mut notes) = (Findings::default(), Findings::default());
    let contents = contents::read(&parsed, read, &mut findings);
    let domains = domains::build(&parsed, &contents, &mut findings, &mut notes);
    let denied = denied::build(&parsed, &contents, &mut findings);
    if !findings.is_empty() {
        return Err(source.problems(findings));
    }
    let callers = callers::build(parsed.callers, &domains, &mut findings);
    if !findings.is_empty() {
        return Err(source.problems(findings));
    }
    let policy = Policy::new(front_end, fitness, callers)
        .map_err(|error| vec![source.whole(format!("{error}; correct the document"))])?
        .with_denied(denied)
        .with_version(contents.version(document));
    let mut all_notes = parsed.notes;
    all_notes.extend(source.problems(notes));
    all_notes.sort();
    let revocation = parsed.trust_domains.into_iter();
    Ok(Loaded {
        policy,
        revocation: revocation
            .filter_map(|(name, domain)| Some((name, domain.revocation?)))
            .collect(),
        report_only: parsed.report_only.map(|name| name.value),
        notes: all_notes,
    })
}
