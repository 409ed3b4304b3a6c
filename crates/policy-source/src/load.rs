//! From a document to the policy that it describes.

mod callers;
mod contents;
mod denied;
mod domains;

#[cfg(feature = "remote")]
pub(crate) use contents::MAX_FILES;

use std::collections::BTreeMap;

use client_cert::{DomainName, Fitness, FrontEnd, Policy};

use crate::document::{CallerEntry, Document, Findings, Problem, RevocationEntry, Source};
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
    let mut parsed = Document::from_source(source)?;
    let callers = std::mem::take(&mut parsed.callers);
    let parts = Parts {
        document,
        source,
        parsed: &parsed,
        callers,
    };
    parts.load(front_end, fitness, read)
}

/// As [`load`], and gives the document as it is written as well, for tools. It takes as much memory as the policy.
///
/// # Errors
///
/// The same.
pub fn load_keeping(
    document: &[u8],
    front_end: FrontEnd,
    fitness: Fitness,
    read: impl FnMut(&RelativeName) -> Result<Vec<u8>, Unreadable>,
) -> Result<(Loaded, Document), Vec<Problem>> {
    let source = Source::new(document).map_err(|problem| vec![problem])?;
    let parsed = Document::from_source(source)?;
    let parts = Parts {
        document,
        source,
        parsed: &parsed,
        callers: parsed.callers.iter().cloned(),
    };
    Ok((parts.load(front_end, fitness, read)?, parsed))
}

/// A document that was parsed. Its callers are apart: they are taken apart one by one.
struct Parts<'d, C> {
    document: &'d [u8],
    source: Source<'d>,
    parsed: &'d Document,
    callers: C,
}

impl<C: IntoIterator<Item = CallerEntry>> Parts<'_, C> {
    fn load(
        self,
        front_end: FrontEnd,
        fitness: Fitness,
        read: impl FnMut(&RelativeName) -> Result<Vec<u8>, Unreadable>,
    ) -> Result<Loaded, Vec<Problem>> {
        let Self {
            document,
            source,
            parsed,
            callers,
        } = self;
        let (mut findings, mut notes) = (Findings::default(), Findings::default());
        let contents = contents::read(parsed, read, &mut findings);
        let domains = domains::build(parsed, &contents, &mut findings, &mut notes);
        let denied = denied::build(parsed, &contents, &mut findings);
        if !findings.is_empty() {
            return Err(source.problems(findings));
        }
        let callers = callers::build(callers, &domains, &mut findings);
        if !findings.is_empty() {
            return Err(source.problems(findings));
        }
        let policy = Policy::new(front_end, fitness, callers)
            .map_err(|error| vec![source.whole(format!("{error}; correct the document"))])?
            .with_denied(denied)
            .with_version(contents.version(document));
        let mut all_notes = parsed.notes.clone();
        all_notes.extend(source.problems(notes));
        all_notes.sort();
        let revocation = parsed.trust_domains.iter();
        let report_only = parsed.report_only.as_ref();
        Ok(Loaded {
            policy,
            revocation: revocation
                .filter_map(|(name, domain)| Some((name.clone(), domain.revocation.clone()?)))
                .collect(),
            report_only: report_only.map(|name| name.value.clone()),
            notes: all_notes,
        })
    }
}
