//! The one way in which files are read: regular files alone, bounded in bytes and in time.

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::FileError;
use crate::reading::{FILE_READ_TIMEOUT, within};

/// The most entries of one folder that are looked at; the app's folder has some tens.
const MAX_FOLDER_ENTRIES: usize = 10_000;

/// Reads a regular file of at most `most` bytes, within [`FILE_READ_TIMEOUT`].
///
/// The file is opened without waiting and judged by its handle, so that neither a pipe nor a file that is exchanged
/// meanwhile can hold the reader up. One path is read by one thread at a time. Where a share does not answer, the thread
/// that waits for it is left behind, and further reads of the same path fail at once until it returns. Outside
/// [`begin_reading`](crate::begin_reading) that thread is a new one for each file. The bytes are overwritten when they are
/// dropped.
///
/// # Errors
///
/// [`FileError`]; its text never repeats the path.
///
/// ```
/// use app_settings::{FileError, read_file};
///
/// let folder = std::env::temp_dir();
/// assert!(matches!(read_file(&folder, 1024), Err(FileError::NotAFile { .. })));
/// assert!(matches!(read_file(&folder.join("no such file"), 1024), Err(FileError::Missing)));
/// ```
pub fn read_file(path: &Path, most: u64) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let file = path.to_owned();
    within(path, FILE_READ_TIMEOUT, move || regular(&file, most))
}

/// Reads the file `name` in `folder` or below it, as [`read_file`] does.
///
/// Links are followed as long as they stay in the folder: a mounted folder can consist of nothing else. Whoever can exchange
/// files in the folder during the read can name any file; they could as well write what is read.
///
/// # Errors
///
/// [`FileError`]; its text never repeats a path. [`FileError::Outside`] where the name or a link leads out of the folder.
pub fn read_file_below(
    folder: &Path,
    name: &Path,
    most: u64,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let (folder, file) = (folder.to_owned(), folder.join(name));
    within(&file.clone(), FILE_READ_TIMEOUT, move || {
        let file = file.canonicalize()?;
        match file.starts_with(folder.canonicalize()?) {
            true => regular(&file, most),
            false => Err(FileError::Outside),
        }
    })
}

fn regular(path: &Path, most: u64) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    match metadata.is_file() {
        true => bounded(file, &metadata, most),
        false => Err(FileError::NotAFile {
            found: kind(metadata.file_type()),
        }),
    }
}

/// The names of the folders, or links to folders, directly below `folder` that contain `file`, in the order of their
/// bytes. Within [`FILE_READ_TIMEOUT`].
///
/// # Errors
///
/// [`FileError`]; its text never repeats the path.
pub fn folders_with(folder: &Path, file: &'static str) -> Result<Vec<String>, FileError> {
    let root = folder.to_owned();
    within(folder, FILE_READ_TIMEOUT, move || {
        let mut names = Vec::new();
        for (number, entry) in fs::read_dir(&root)?.enumerate() {
            if number >= MAX_FOLDER_ENTRIES {
                return Err(FileError::TooManyEntries {
                    most: MAX_FOLDER_ENTRIES,
                });
            }
            let entry = entry?;
            let may_be_folder = entry.file_type().is_ok_and(|kind| !kind.is_file());
            if may_be_folder && entry.path().join(file).exists() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort();
        Ok(names)
    })
}

/// Opens without waiting for a writer of a pipe, for a modem, or for the holder of a lease.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    options.open(path)
}

fn kind(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
    }
    if kind.is_dir() {
        "a folder"
    } else {
        "a device"
    }
}

fn bounded(
    file: impl Read,
    metadata: &Metadata,
    most: u64,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    // Room for all of it at once: a buffer that grows would leave copies of a key behind.
    let room = metadata.len().min(most).saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(room).unwrap_or(0)));
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= most) {
        Ok(bytes)
    } else {
        Err(FileError::TooLarge { most })
    }
}

#[cfg(test)]
mod tests;
