//! Who reads a path: one thread at a time, so that a share that does not answer holds one thread per path at most.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::FileError;

/// The paths that a thread reads now. Each occupies one thread at most.
static READ_NOW: Mutex<BTreeMap<PathBuf, Reader>> = Mutex::new(BTreeMap::new());

/// Signalled when a path leaves [`READ_NOW`] or its reader is left behind.
static READ_NOW_CHANGED: Condvar = Condvar::new();

/// Whether anybody waits for the thread that reads a path.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Reader {
    Awaited,
    LeftBehind,
}

/// The right to read a path; given back when it is dropped, also by a thread that panics.
pub(crate) struct Turn(PathBuf);

impl Turn {
    /// Waits while another thread reads the path, unless that thread is left behind.
    ///
    /// # Errors
    ///
    /// [`FileError::Stalled`] if that thread is left behind, or has not returned within `timeout`.
    pub(crate) fn take(path: &Path, timeout: Duration) -> Result<Self, FileError> {
        let is_awaited =
            |paths: &mut BTreeMap<PathBuf, Reader>| paths.get(path) == Some(&Reader::Awaited);
        let (mut paths, _) = READ_NOW_CHANGED
            .wait_timeout_while(read_now(), timeout, is_awaited)
            .unwrap_or_else(PoisonError::into_inner);
        match paths.entry(path.to_owned()) {
            Entry::Occupied(_) => Err(FileError::Stalled { after: None }),
            Entry::Vacant(vacant) => {
                vacant.insert(Reader::Awaited);
                Ok(Self(path.to_owned()))
            }
        }
    }

    /// The path that is read.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        read_now().remove(&self.0);
        READ_NOW_CHANGED.notify_all();
    }
}

/// Lets others who want to read the path fail at once. The thread that reads it still has its turn.
pub(crate) fn leave_behind(path: &Path) {
    if let Some(reader) = read_now().get_mut(path) {
        *reader = Reader::LeftBehind;
    }
    READ_NOW_CHANGED.notify_all();
}

fn read_now() -> MutexGuard<'static, BTreeMap<PathBuf, Reader>> {
    READ_NOW.lock().unwrap_or_else(PoisonError::into_inner)
}
