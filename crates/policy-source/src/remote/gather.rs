//! One attempt: the document and every file that it names, together or not at all; revocation lists as far as they can be had.

use std::collections::{BTreeMap, BTreeSet};

use super::fetch_error::FetchError;
use super::remote_url::RemoteUrl;
use super::snapshot::{NamedFile, Snapshot};
use super::store::{Fetched, Store};
use crate::document::{Document, MAX_DOCUMENT_BYTES};
use crate::named_files::{MAX_FILE_BYTES, Unreadable};
use crate::relative_name::RelativeName;

/// The most bytes of all files of a document together. 1,000 partners with two certificates each have 4 MB.
const MAX_FILES_BYTES: usize = 64 * 1024 * 1024;

/// The most files of a document: what is loaded at most, and the one more that is reported.
const MAX_FILES: usize = crate::load::MAX_FILES + 1;

/// The most bytes of all files of revocation lists together: one of the largest. Longer ones belong at URLs of their own.
const MAX_LISTS_BYTES: u64 = 128 * 1024 * 1024;

/// The most files of revocation lists.
const MAX_LISTS: usize = 256;

/// What is known before an attempt.
pub(super) struct Known<'a> {
    /// What was fetched last.
    pub(super) last: Option<&'a Snapshot>,
    /// Whether the store is asked only for what it has another of by now.
    pub(super) is_conditional: bool,
    /// The files of revocation lists of the document in force: fetched whatever becomes of the document.
    pub(super) lists_in_force: &'a BTreeSet<RelativeName>,
}

/// Fetches the document and what it names; what is known already is asked for by its entity tag.
///
/// A document that cannot be parsed names nothing: whoever loads it finds what is wrong with it.
pub(super) async fn gather(
    store: &Store,
    url: &RemoteUrl,
    known: Known<'_>,
) -> Result<Snapshot, FetchError> {
    let last = known.last.filter(|_| known.is_conditional);
    let held = last.and_then(|last| Some((last.etag.as_deref()?, last)));
    let tag = held.map(|(tag, _)| tag);
    let (document, etag) = match (store.fetch(url, tag, MAX_DOCUMENT_BYTES).await?, held) {
        (Fetched::Content { bytes, etag }, _) => (bytes, etag),
        (Fetched::NotModified, Some((_, last))) => (last.document.clone(), last.etag.clone()),
        (Fetched::NotModified, None) => return Err(FetchError::NotModified),
    };
    let mut files = Files {
        store,
        url,
        known: &known,
        found: BTreeMap::new(),
        bytes: 0,
    };
    let mut lists = BTreeSet::new();
    if let Some(parsed) = parse(&document) {
        lists.extend(parsed.list_files().cloned());
        files.fetch_all(names(&parsed)).await?;
        if let Some(tried) = parsed.report_only.map(|name| name.value) {
            lists.extend(files.fetch_trial(tried).await?);
        }
    }
    files.fetch_lists(&lists | known.lists_in_force).await;
    Ok(Snapshot {
        document,
        etag,
        lists,
        files: files.found,
    })
}

fn parse(document: &[u8]) -> Option<Document> {
    Document::parse(document).ok()
}

fn names(document: &Document) -> BTreeSet<RelativeName> {
    let files = document.certificate_files().map(|file| file.value.clone());
    files.take(MAX_FILES).collect()
}

struct Files<'s> {
    store: &'s Store,
    url: &'s RemoteUrl,
    known: &'s Known<'s>,
    found: BTreeMap<RelativeName, NamedFile>,
    bytes: usize,
}

impl Files<'_> {
    async fn fetch_all(&mut self, names: BTreeSet<RelativeName>) -> Result<(), FetchError> {
        for name in names {
            self.fetch(name, MAX_FILE_BYTES).await?;
        }
        Ok(())
    }

    /// The document that is evaluated beside the first, and the files that it names, but its revocation lists: these are given.
    async fn fetch_trial(&mut self, name: RelativeName) -> Result<Vec<RelativeName>, FetchError> {
        self.fetch(name.clone(), MAX_DOCUMENT_BYTES).await?;
        let tried = self.found.get(&name);
        let Some(tried) = tried.and_then(|file| parse(file.content.as_ref().ok()?)) else {
            return Ok(Vec::new());
        };
        self.fetch_all(names(&tried)).await?;
        Ok(tried.list_files().cloned().collect())
    }

    /// Revocation lists, which keep no document from taking effect: one that cannot be had stays as it was. From a store that does
    /// not answer, no further one is asked for in this attempt.
    async fn fetch_lists(&mut self, names: BTreeSet<RelativeName>) {
        let (mut left, mut is_silent) = (MAX_LISTS_BYTES, false);
        for name in names.into_iter().take(MAX_LISTS) {
            if self.found.contains_key(&name) {
                continue;
            }
            let fetched = match is_silent {
                false => self.file(&name, left).await,
                true => Err(FetchError::TimedOut),
            };
            is_silent |= matches!(
                fetched,
                Err(FetchError::TimedOut | FetchError::Unreachable(_))
            );
            let file = fetched.unwrap_or_else(|_| self.as_before(&name));
            let bytes = file.content.as_ref().map_or(0, |bytes| bytes.len());
            left = left.saturating_sub(u64::try_from(bytes).unwrap_or(u64::MAX));
            self.found.insert(name, file);
        }
    }

    /// A list as the last attempt had it. What is reported of one that was never had is the same however it fails: it would look
    /// like another document each time.
    fn as_before(&self, name: &RelativeName) -> NamedFile {
        let before = self
            .known
            .last
            .and_then(|last| last.files.get(name))
            .cloned();
        before.unwrap_or_else(|| NamedFile {
            content: Err(Unreadable::new("a file that its store did not give")),
            etag: None,
        })
    }

    async fn fetch(&mut self, name: RelativeName, limit: u64) -> Result<(), FetchError> {
        if self.found.contains_key(&name) {
            return Ok(());
        }
        let file = self.file(&name, limit).await?;
        self.bytes += file.content.as_ref().map_or(0, |bytes| bytes.len());
        if self.bytes > MAX_FILES_BYTES {
            return Err(FetchError::TooLarge(
                MAX_FILES_BYTES.try_into().unwrap_or(u64::MAX),
            ));
        }
        self.found.insert(name, file);
        Ok(())
    }

    async fn file(&self, name: &RelativeName, limit: u64) -> Result<NamedFile, FetchError> {
        let last = self.known.last.filter(|_| self.known.is_conditional);
        let held = last.and_then(|last| last.files.get(name));
        let held = held.filter(|file| file.content.is_ok() && file.etag.is_some());
        let tag = held.and_then(|file| file.etag.as_deref());
        let fetched = self.store.fetch(&self.url.beside(name), tag, limit).await;
        match (fetched, held) {
            (Ok(Fetched::Content { bytes, etag }), _) => Ok(NamedFile {
                content: Ok(bytes),
                etag,
            }),
            (Ok(Fetched::NotModified), Some(held)) => Ok(held.clone()),
            (Ok(Fetched::NotModified), None) => Err(FetchError::NotModified),
            (Err(error), _) if error.is_about_the_file() => Ok(NamedFile {
                content: Err(Unreadable::new(error.to_string())),
                etag: None,
            }),
            (Err(error), _) => Err(error),
        }
    }
}
