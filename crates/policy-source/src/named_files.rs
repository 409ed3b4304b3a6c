//! The files that a document names, where they are on a disk.

use std::fmt;
use std::path::{Path, PathBuf};

use app_settings::{FileError, read_file_below};

use crate::relative_name::RelativeName;

/// The largest file that is read. The bundle of all public authorities has a quarter of a megabyte.
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// The folder of a document: reads the files that it names.
///
/// Each is a regular file in the folder or below it, bounded in size and time. A link that leads out of the folder is refused.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder of the document at `path`.
    pub fn of_document(path: &Path) -> Self {
        match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => Self(folder.to_owned()),
            _ => Self(PathBuf::from(".")),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn path_of(&self, name: &RelativeName) -> PathBuf {
        self.0.join(name.as_str())
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`Unreadable`], with what was found in place of the file.
    pub fn read(&self, name: &RelativeName) -> Result<Vec<u8>, Unreadable> {
        self.read_up_to(name, MAX_FILE_BYTES)
    }

    /// Reads a file of at most so many bytes.
    pub(crate) fn read_up_to(&self, name: &RelativeName, most: u64) -> Result<Vec<u8>, Unreadable> {
        let bytes = read_file_below(&self.0, Path::new(name.as_str()), most)?;
        Ok(bytes.to_vec())
    }
}

/// Why a file that a document names cannot be had: what was found in its place, for "expected …, found …". It contains no
/// secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unreadable(String);

impl Unreadable {
    /// From what was found, such as `no such blob`.
    pub fn new(found: impl Into<String>) -> Self {
        Self(found.into())
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

impl From<FileError> for Unreadable {
    fn from(error: FileError) -> Self {
        Self(error.to_string())
    }
}
