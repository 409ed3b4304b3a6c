//! A policy document on a disk, with the files that it names: loaded together, and watched for changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use app_settings::read_file;
use client_cert::{Fitness, FrontEnd};

use crate::document::MAX_DOCUMENT_BYTES;
use crate::loaded_document::{LoadedDocument, Unloadable};
use crate::named_files::{Folder, Unreadable};
use crate::relative_name::RelativeName;

/// A policy document on a disk.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    path: PathBuf,
    folder: Folder,
}

/// One attempt to load a document, and which files it was made from.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What came of it.
    pub outcome: Result<LoadedDocument, Unloadable>,
    /// The state of the documents and the files of certificates at the beginning: another one is a reason to
    /// [load](PolicyFile::load) again.
    pub fingerprint: Fingerprint,
    /// The state of the files of revocation lists: another one is a reason to [load those](PolicyFile::load_lists) again. Empty
    /// where the document does not load.
    pub lists: Fingerprint,
}

/// The state of some files that a document names: two states that differ are a reason to load them again.
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

    /// Loads the document and every file that it names, together or not at all; revocation lists as far as they can be had.
    ///
    /// It reads files, and waits for each within the bounds of [`app_settings::read_file`].
    pub fn load(&self, front_end: FrontEnd, fitness: Fitness) -> Attempt {
        let mut fingerprint = Fingerprint(BTreeMap::from([(String::new(), state(&self.path))]));
        let outcome = self.documents(front_end, fitness, &mut fingerprint);
        let (outcome, lists) = match outcome {
            Ok(loaded) => {
                let (loaded, lists) = self.load_lists(&loaded);
                (Ok(loaded), lists)
            }
            Err(error) => (Err(error), Fingerprint::default()),
        };
        Attempt {
            outcome,
            fingerprint,
            lists,
        }
    }

    /// The same document with its files of revocation lists read anew, and their state at the beginning. A list takes effect
    /// whatever has become of the document by now.
    pub fn load_lists(&self, loaded: &LoadedDocument) -> (LoadedDocument, Fingerprint) {
        let mut fingerprint = Fingerprint::default();
        let read = |name: &RelativeName, most| self.read(name, most, &mut fingerprint);
        let loaded = loaded.with_lists(read);
        (loaded, fingerprint)
    }

    fn documents(
        &self,
        front_end: FrontEnd,
        fitness: Fitness,
        fingerprint: &mut Fingerprint,
    ) -> Result<LoadedDocument, Unloadable> {
        let document = read_file(&self.path, MAX_DOCUMENT_BYTES)
            .map_err(|error| Unloadable::Document(error.into()))?;
        LoadedDocument::load(&document, front_end, fitness, |name, most| {
            self.read(name, most, fingerprint)
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
