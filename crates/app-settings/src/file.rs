//! The one way in which files are read: bounded in bytes and in time.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

/// How long one file or folder may take. A share answers within a second even when it wakes up, and the Functions host
/// gives a handler 30 seconds to start.
pub const FILE_READ_TIMEOUT: Duration = Duration::from_secs(5);

/// The most entries of one folder that are looked at; the app's folder has some tens.
const MAX_FOLDER_ENTRIES: usize = 10_000;

/// Reads a regular file of at most `most` bytes, within [`FILE_READ_TIMEOUT`].
///
/// The file is opened without waiting and judged by its handle, so that neither a pipe nor a file that is exchanged
/// meanwhile can hold the reader up. One path is read by one thread at a time. Where a share does not answer, the thread
/// that waits for it is left behind, and further reads of the same path fail at once until it returns. The bytes are overwritten when they are dropped.
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
    within(path, FILE_READ_TIMEOUT, move || {
        let file = open(&file)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(FileError::NotAFile {
                found: kind(metadata.file_type()),
            });
        }
        bounded(file, &metadata, most)
    })
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

/// Why a file or folder could not be read.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FileError {
    /// Nothing of this name is there.
    Missing,
    /// A folder, pipe, socket or device.
    NotAFile {
        /// What it is, with its article.
        found: &'static str,
    },
    /// More bytes than the reader takes.
    TooLarge {
        /// The most it takes.
        most: u64,
    },
    /// More entries than a folder of an app has.
    TooManyEntries {
        /// The most that are looked at.
        most: usize,
    },
    /// The disk or share did not answer in time.
    Stalled {
        /// How long it was waited for; `None` where an earlier read of the same path still waits.
        after: Option<Duration>,
    },
    /// What the operating system says.
    Unreadable {
        /// Its text, without the path.
        detail: String,
    },
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("no such file"),
            Self::NotAFile { found } => f.write_str(found),
            Self::TooLarge { most } => write!(f, "more than {most} bytes"),
            Self::TooManyEntries { most } => write!(f, "more than {most} entries"),
            Self::Stalled { after: Some(after) } => {
                write!(f, "no answer from its disk or share within {after:?}")
            }
            Self::Stalled { after: None } => f.write_str(
                "no answer from its disk or share, which an earlier read still waits for",
            ),
            Self::Unreadable { detail } => f.write_str(detail),
        }
    }
}

impl std::error::Error for FileError {}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Unreadable {
                detail: error.to_string(),
            },
        }
    }
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

/// The paths that a thread reads now. Each occupies one thread at most.
static READ_NOW: Mutex<BTreeMap<PathBuf, Reading>> = Mutex::new(BTreeMap::new());

/// Signalled when a path leaves [`READ_NOW`] or its reader gives up.
static READ_NOW_CHANGED: Condvar = Condvar::new();

/// Whether anybody waits for the thread that reads a path.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Reading {
    Awaited,
    LeftBehind,
}

/// Runs `work` on a thread of its own, and leaves it behind where it takes longer than `timeout`.
fn within<T: Send + 'static>(
    path: &Path,
    timeout: Duration,
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, FileError> {
    let turn = Turn::take(path, timeout)?;
    let (sender, receiver) = mpsc::sync_channel(1);
    // Where no thread can be started, the turn is dropped with the closure.
    thread::Builder::new()
        .name("file".to_owned())
        .spawn(move || {
            let result = work();
            drop(turn);
            let _ = sender.send(result);
        })?;
    match receiver.recv_timeout(timeout) {
        Ok(result) => result,
        Err(RecvTimeoutError::Disconnected) => Err(FileError::Unreadable {
            detail: "the reader failed".to_owned(),
        }),
        Err(RecvTimeoutError::Timeout) => {
            leave_behind(path);
            Err(FileError::Stalled {
                after: Some(timeout),
            })
        }
    }
}

/// The right to read a path; given back when it is dropped, also by a thread that panics.
struct Turn(PathBuf);

impl Turn {
    /// Waits while another thread reads the path, unless that thread is left behind.
    fn take(path: &Path, timeout: Duration) -> Result<Self, FileError> {
        let is_awaited =
            |paths: &mut BTreeMap<PathBuf, Reading>| paths.get(path) == Some(&Reading::Awaited);
        let (mut paths, _) = READ_NOW_CHANGED
            .wait_timeout_while(read_now(), timeout, is_awaited)
            .unwrap_or_else(PoisonError::into_inner);
        match paths.entry(path.to_owned()) {
            Entry::Occupied(_) => Err(FileError::Stalled { after: None }),
            Entry::Vacant(vacant) => {
                vacant.insert(Reading::Awaited);
                Ok(Self(path.to_owned()))
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        read_now().remove(&self.0);
        READ_NOW_CHANGED.notify_all();
    }
}

/// Lets others who want to read the path fail at once. A thread that has returned meanwhile is not there any more.
fn leave_behind(path: &Path) {
    if let Some(reading) = read_now().get_mut(path) {
        *reading = Reading::LeftBehind;
    }
    READ_NOW_CHANGED.notify_all();
}

fn read_now() -> MutexGuard<'static, BTreeMap<PathBuf, Reading>> {
    READ_NOW.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
