//! Reading a file with keys or certificates.

use app_settings::{FileError, NamedFile};
use zeroize::Zeroizing;

use super::load_error::{LoadError, LoadErrorKind};

/// The most bytes of one file. A key with a chain of four has about 10 kB; this leaves room for whole stores.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Reads a file of bounded size.
pub(super) fn read(file: &NamedFile) -> Result<Zeroizing<Vec<u8>>, LoadError> {
    file.read(MAX_FILE_BYTES)
        .map_err(|error| refused(file, &error))
}

/// The first of two files, or the second if the first does not exist.
pub(super) fn read_either<'a>(
    first: &'a NamedFile,
    second: &'a NamedFile,
) -> Result<(&'a NamedFile, Zeroizing<Vec<u8>>), LoadError> {
    match first.read(MAX_FILE_BYTES) {
        Err(FileError::Missing) => match second.read(MAX_FILE_BYTES) {
            Err(FileError::Missing) => Err(refused(first, &FileError::Missing)),
            result => Ok((second, result.map_err(|error| refused(second, &error))?)),
        },
        result => Ok((first, result.map_err(|error| refused(first, &error))?)),
    }
}

fn refused(file: &NamedFile, error: &FileError) -> LoadError {
    let kind = match error {
        FileError::TooLarge { .. } => LoadErrorKind::TooCostly,
        _ => LoadErrorKind::Unreadable,
    };
    let text = format!(
        "expected a file that can be read, found: {error}; check that the file is there and that the app may read it"
    );
    LoadError::new(file.to_string(), kind, text)
}
