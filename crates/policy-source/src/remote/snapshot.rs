//! A document with the files that it names, as they were fetched together.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use client_cert::{Fitness, FrontEnd};
use sha2::{Digest as _, Sha256};

use crate::loaded_document::{LoadedDocument, Unloadable};
use crate::named_files::Unreadable;
use crate::relative_name::RelativeName;

/// A document with the files that it names, as one attempt fetched them. A clone is cheap.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Snapshot {
    /// The document.
    pub document: Bytes,
    pub(super) etag: Option<String>,
    /// The files of revocation lists that the documents name.
    pub(super) lists: BTreeSet<RelativeName>,
    /// The files that they name, and the revocation lists of the document that was in force.
    pub(super) files: BTreeMap<RelativeName, NamedFile>,
}

/// A file that a document names, or what was found in its place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct NamedFile {
    pub(super) content: Result<Bytes, Unreadable>,
    pub(super) etag: Option<String>,
}

impl Snapshot {
    /// Loads the document and every file that it names, together or not at all; revocation lists as far as they were fetched.
    ///
    /// # Errors
    ///
    /// Every problem at once.
    pub fn load(
        &self,
        front_end: FrontEnd,
        fitness: Fitness,
    ) -> Result<LoadedDocument, Unloadable> {
        let read = |name: &RelativeName, _| self.read(name);
        let loaded = LoadedDocument::load(&self.document, front_end, fitness, read)?;
        Ok(self.load_lists(&loaded))
    }

    /// A document with its files of revocation lists as they are in this snapshot. A list takes effect whatever has become of the
    /// document by now.
    pub fn load_lists(&self, loaded: &LoadedDocument) -> LoadedDocument {
        loaded.with_lists(|name, _| self.read(name))
    }

    /// The bytes of a file that the document, or the one that it names for trial, names: for [`load`](crate::load()).
    ///
    /// # Errors
    ///
    /// What was found in place of the file.
    pub fn read(&self, name: &RelativeName) -> Result<Vec<u8>, Unreadable> {
        match self.files.get(name) {
            Some(file) => file.content.clone().map(Vec::from),
            None => Err(Unreadable::new("a file that was not fetched")),
        }
    }

    /// A digest of all of it but the entity tags: equal for what loads alike.
    pub(super) fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let mut add = |part: &[u8]| {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        };
        add(&self.document);
        for (name, file) in &self.files {
            add(name.as_str().as_bytes());
            match &file.content {
                Ok(bytes) => [b"+".as_slice(), bytes].into_iter().for_each(&mut add),
                Err(found) => [b"-".as_slice(), found.to_string().as_bytes()]
                    .into_iter()
                    .for_each(&mut add),
            }
        }
        digest.finalize().into()
    }
}
