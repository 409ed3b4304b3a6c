//! A policy document on a disk, with the files that it names: loaded together, and watched for changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use app_settings::read_file;
use client_cert::{Fitness, FrontEnd, MAX_CRL_BYTES, Policy};

use crate::document::{MAX_DOCUMENT_BYTES, Problem};
use crate::load::{Loaded, load};
use crate::named_files::{Folder, MAX_FILE_BYTES, Unreadable};
use crate::relative_name::RelativeName;
use crate::revocation_lists::with_lists;

/// A policy document on a disk.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    path: PathBuf,
    folder: Folder,
}

/// What a document and the one that it names for trial come to.
#[derive(Clone, Debug)]
pub struct LoadedFile {
    /// The policy that decides.
    pub policy: Policy,
    /// What is to be known of revocation lists that cannot be used.
    pub list_notes: Vec<String>,
    /// What takes effect, and is seldom meant.
    pub notes: Vec<Problem>,
    /// The policy that is tried, if the document names one; or what is wrong with that. It never keeps the document from
    /// taking effect.
    pub report_only: Option<Result<Policy, Unloadable>>,
}

/// Why a document has no effect.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unloadable {
    /// The document itself cannot be read: what was found in its place.
    Document(Unreadable),
    /// What is wrong with it, all at once.
    Problems(Vec<Problem>),
}

/// One attempt to load a document, and which files it was made from.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What came of it.
    pub outcome: Result<LoadedFile, Unloadable>,
    /// The state of the files at the beginning.
    pub fingerprint: Fingerprint,
}

/// The state of a document's files: two states that differ are a reason to load again.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Fingerprint(BTreeMap<String, Option<FileState>>);

/// Size, time of change and, where there is one, the file's number: an editor writes a new file in place of the old, and a
/// deployment turns a link over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct FileState {
    bytes: u64,
    modified: Option<SystemTime>,
    number: u64,
}

impl PolicyFile {
    /// The document at a path.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            folder: Folder::of_document(path),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Loads the document and every file that it names, together or not at all.
    ///
    /// It reads files, and waits for each within the bounds of [`app_settings::read_file`].
    pub fn load(&self, front_end: FrontEnd, fitness: Fitness) -> Attempt {
        let mut fingerprint = Fingerprint(BTreeMap::from([(String::new(), state(&self.path))]));
        let outcome = self.outcome(front_end, fitness, &mut fingerprint);
        Attempt {
            outcome,
            fingerprint,
        }
    }

    fn outcome(
        &self,
        front_end: FrontEnd,
        fitness: Fitness,
        fingerprint: &mut Fingerprint,
    ) -> Result<LoadedFile, Unloadable> {
        let document = read_file(&self.path, MAX_DOCUMENT_BYTES)
            .map_err(|error| Unloadable::Document(error.into()))?;
        let read = |name: &RelativeName| self.read(name, MAX_FILE_BYTES, fingerprint);
        let Loaded {
            policy,
            revocation,
            report_only,
            notes,
        } = load(&document, front_end, fitness, read).map_err(Unloadable::Problems)?;
        let tried = report_only.map(|name| {
            let document = self
                .read(&name, MAX_DOCUMENT_BYTES, fingerprint)
                .map_err(Unloadable::Document)?;
            let read = |name: &RelativeName| self.read(name, MAX_FILE_BYTES, fingerprint);
            let loaded = load(&document, front_end, fitness, read).map_err(Unloadable::Problems)?;
            let lists = |name: &RelativeName| self.read(name, largest_list(), fingerprint);
            Ok(with_lists(&loaded.policy, &loaded.revocation, lists).0)
        });
        let (policy, list_notes) = with_lists(&policy, &revocation, |name| {
            self.read(name, largest_list(), fingerprint)
        });
        Ok(LoadedFile {
            policy,
            list_notes,
            notes,
            report_only: tried,
        })
    }

    /// Reads a file that the document names, and notes the state in which it was.
    fn read(
        &self,
        name: &RelativeName,
        most: u64,
        fingerprint: &mut Fingerprint,
    ) -> Result<Vec<u8>, Unreadable> {
        let state = state(&self.folder.path_of(name));
        fingerprint.0.insert(name.as_str().to_owned(), state);
        self.folder.read_up_to(name, most)
    }

    /// The state of the same files now. Cheap: it opens none.
    pub fn look(&self, last: &Fingerprint) -> Fingerprint {
        let look = |name: &String| match name.as_str() {
            "" => state(&self.path),
            name => state(&self.folder.path().join(name)),
        };
        Fingerprint(
            last.0
                .keys()
                .map(|name| (name.clone(), look(name)))
                .collect(),
        )
    }
}

/// The bytes of the largest revocation list, which the core bounds.
fn largest_list() -> u64 {
    u64::try_from(MAX_CRL_BYTES).unwrap_or(u64::MAX)
}

fn state(path: &Path) -> Option<FileState> {
    let metadata = fs::metadata(path).ok()?;
    Some(FileState {
        bytes: metadata.len(),
        modified: metadata.modified().ok(),
        number: number(&metadata),
    })
}

#[cfg(unix)]
fn number(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_: &fs::Metadata) -> u64 {
    0
}
