//! One attempt: the document and every file that it names, together or not at all.

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

/// Fetches the document and what it names; what `last` has already is asked for by its entity tag.
///
/// A document that cannot be parsed names nothing: whoever loads it finds what is wrong with it.
pub(super) async fn gather(
    store: &Store,
    url: &RemoteUrl,
    last: Option<&Snapshot>,
) -> Result<Snapshot, FetchError> {
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
        last,
        found: BTreeMap::new(),
        bytes: 0,
    };
    if let Some(parsed) = parse(&document) {
        files.fetch_all(names(&parsed)).await?;
        if let Some(tried) = parsed.report_only.map(|name| name.value) {
            files.fetch_trial(tried).await?;
        }
    }
    Ok(Snapshot {
        document,
        etag,
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
    last: Option<&'s Snapshot>,
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

    /// The document that is evaluated beside the first, and the files that it names.
    async fn fetch_trial(&mut self, name: RelativeName) -> Result<(), FetchError> {
        self.fetch(name.clone(), MAX_DOCUMENT_BYTES).await?;
        let tried = self.found.get(&name);
        let tried = tried.and_then(|file| parse(file.content.as_ref().ok()?));
        match tried {
            Some(tried) => self.fetch_all(names(&tried)).await,
            None => Ok(()),
        }
    }

    async fn fetch(&mut self, name: RelativeName, limit: u64) -> Result<(), FetchError> {
        if self.found.contains_key(&name) {
            return Ok(());
        }
        let held = self.last.and_then(|last| last.files.get(&name));
        let held = held.filter(|file| file.content.is_ok() && file.etag.is_some());
        let tag = held.and_then(|file| file.etag.as_deref());
        let file = match (
            self.store.fetch(&self.url.beside(&name), tag, limit).await,
            held,
        ) {
            (Ok(Fetched::Content { bytes, etag }), _) => NamedFile {
                content: Ok(bytes),
                etag,
            },
            (Ok(Fetched::NotModified), Some(held)) => held.clone(),
            (Ok(Fetched::NotModified), None) => return Err(FetchError::NotModified),
            (Err(error), _) if error.is_about_the_file() => NamedFile {
                content: Err(Unreadable::new(error.to_string())),
                etag: None,
            },
            (Err(error), _) => return Err(error),
        };
        self.bytes += file.content.as_ref().map_or(0, |bytes| bytes.len());
        if self.bytes > MAX_FILES_BYTES {
            return Err(FetchError::TooLarge(
                MAX_FILES_BYTES.try_into().unwrap_or(u64::MAX),
            ));
        }
        self.found.insert(name, file);
        Ok(())
    }
}
