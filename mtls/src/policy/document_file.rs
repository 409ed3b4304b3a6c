//! A policy document in a file, with the files that it names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app_settings::{Problem, read_file};
use client_cert::{Certificate, Crl, DomainName, Fitness, FrontEnd, Policy, TrustDomain};
use policy_source::{
    CallerEntry, Document, Folder, Loaded, Locator, MAX_DOCUMENT_BYTES, RelativeName, RuleEntry,
    load_keeping,
};

use crate::certificate_file;
use crate::printable::printable;

/// The text of a document.
pub(super) struct DocumentFile {
    path: PathBuf,
    /// How messages call it.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// A document that takes effect, both as it is written and as what it comes to.
pub(super) struct Opened {
    pub(super) document: Document,
    pub(super) policy: Policy,
    /// What takes effect, and is seldom meant.
    pub(super) notes: Vec<policy_source::Problem>,
    files: BTreeMap<RelativeName, Vec<u8>>,
    folder: Folder,
}

impl DocumentFile {
    /// Reads the text.
    ///
    /// # Errors
    ///
    /// What is there in place of a file.
    pub(super) fn read(path: &Path) -> Result<Self, Problem> {
        let name = printable(&certificate_file::name_of(path));
        match read_file(path, MAX_DOCUMENT_BYTES) {
            Ok(bytes) => Ok(Self::of(path, bytes.to_vec())),
            Err(error) => Err(Problem::new(
                name,
                format!("expected a policy document, found: {error}; correct the name"),
            )),
        }
    }

    /// A text that is, or is to be, at `path`.
    pub(super) fn of(path: &Path, bytes: Vec<u8>) -> Self {
        Self {
            path: path.to_owned(),
            name: printable(&certificate_file::name_of(path)),
            bytes,
        }
    }

    /// The document named `name` beside this one.
    pub(super) fn beside(&self, name: &RelativeName) -> Result<Self, Problem> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        Self::read(&folder.join(name.as_str()))
    }

    /// Loads it as the handler does.
    ///
    /// # Errors
    ///
    /// Every problem at once.
    pub(super) fn open(&self) -> Result<Opened, Vec<policy_source::Problem>> {
        let folder = Folder::of_document(&self.path);
        let mut files = BTreeMap::new();
        // Who sets the header, and what a certificate must be like, are settings; neither changes whether a document loads.
        let loaded = load_keeping(
            &self.bytes,
            FrontEnd::default(),
            Fitness::default(),
            |name| {
                let bytes = folder.read(name)?;
                files.insert(name.clone(), bytes.clone());
                Ok(bytes)
            },
        );
        let (Loaded { policy, notes, .. }, document) = loaded?;
        Ok(Opened {
            document,
            policy,
            notes,
            files,
            folder,
        })
    }

    /// The same, for commands that go on only with a document that takes effect.
    ///
    /// # Errors
    ///
    /// Every problem with its line.
    pub(super) fn open_or_report(&self) -> Result<Opened, Vec<Problem>> {
        self.open().map_err(|problems| self.within(&problems))
    }

    /// Finds lines and paths in the text.
    ///
    /// # Errors
    ///
    /// Bytes that are no text.
    pub(super) fn locator(&self) -> Result<Locator<'_>, Problem> {
        Locator::of(&self.bytes).map_err(|problem| problem.within(&self.name))
    }

    /// The problems, each with the document's name.
    pub(super) fn within(&self, problems: &[policy_source::Problem]) -> Vec<Problem> {
        let named = problems.iter().map(|problem| problem.within(&self.name));
        named.collect()
    }
}

impl Opened {
    /// The certificates of a file that the document names, those that can be read.
    pub(super) fn certificates(&self, name: &RelativeName) -> Vec<Certificate> {
        let bytes = self.files.get(name);
        let found = bytes.and_then(|bytes| certificate_file::parse(bytes, None).ok());
        let found = found.map_or_else(Vec::new, |found| found.certificates);
        let parsed = found.iter().map(|der| Certificate::parse(der));
        parsed.filter_map(Result::ok).collect()
    }

    /// The revocation list in a file that the document names, or what is wrong with it.
    pub(super) fn revocation_list(&self, name: &RelativeName) -> Result<Arc<Crl>, String> {
        self.folder.revocation_list(name)
    }

    /// The trust domain of this name, if a rule names it.
    pub(super) fn domain(&self, name: &DomainName) -> Option<&TrustDomain> {
        let mut domains = self.policy.domains().iter();
        let domain = domains.find(|domain| domain.name() == Some(name));
        domain.map(Arc::as_ref)
    }

    /// Each rule as it is written and as what it comes to, with its caller as both.
    pub(super) fn rules(&self) -> impl Iterator<Item = WrittenRule<'_>> {
        let callers = self.document.callers.iter().zip(self.policy.callers());
        callers.flat_map(|(entry, caller)| {
            let rules = entry.any.iter().zip(&caller.rules);
            rules.map(move |(rule_entry, rule)| WrittenRule {
                caller_entry: entry,
                caller,
                entry: rule_entry,
                rule,
            })
        })
    }
}

/// A rule in its document.
#[derive(Clone, Copy)]
pub(super) struct WrittenRule<'d> {
    pub(super) caller_entry: &'d CallerEntry,
    pub(super) caller: &'d client_cert::Caller,
    pub(super) entry: &'d RuleEntry,
    pub(super) rule: &'d client_cert::Rule,
}
