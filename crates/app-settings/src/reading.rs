//! A thread that reads files and can be left behind.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::FileError;
use crate::turn::{Turn, leave_behind};

/// How long one file or folder may take. A share answers within a second even when it wakes up, and the Functions host
/// gives a handler 30 seconds to start.
pub const FILE_READ_TIMEOUT: Duration = Duration::from_secs(5);

/// Begins work that reads files, such as a whole configuration, on one thread of its own.
///
/// [`read_file`](crate::read_file) and [`folders_with`](crate::folders_with) read on that thread instead of starting one
/// each, which costs more than the reading. Each file still has [`FILE_READ_TIMEOUT`]: where one does not answer, the
/// thread is left behind at it, and [`Reading::wait`] says which one it is.
///
/// ```
/// use app_settings::{begin_reading, read_file};
///
/// let folder = std::env::temp_dir();
/// let reading = begin_reading(move || read_file(&folder.join("a"), 9).is_ok() || read_file(&folder.join("b"), 9).is_ok());
/// // Other work goes here.
/// assert!(reading.wait().is_ok());
/// ```
pub fn begin_reading<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Reading<T> {
    begin(FILE_READ_TIMEOUT, work)
}

/// Work that reads files, under way.
#[derive(Debug)]
pub struct Reading<T> {
    result: Result<Receiver<T>, FileError>,
    watch: Arc<Watch>,
    timeout: Duration,
}

impl<T> Reading<T> {
    /// Waits for the result.
    ///
    /// # Errors
    ///
    /// [`Interrupted`] if a file does not answer in time, the work panics or no thread can be started.
    pub fn wait(self) -> Result<T, Interrupted> {
        let receiver = self.result.map_err(Interrupted::nowhere)?;
        let mut left = self.timeout;
        loop {
            match receiver.recv_timeout(left) {
                Ok(result) => return Ok(result),
                Err(RecvTimeoutError::Disconnected) => {
                    let detail = "the reader failed".to_owned();
                    return Err(Interrupted::nowhere(FileError::Unreadable { detail }));
                }
                Err(RecvTimeoutError::Timeout) => left = self.watch.left(self.timeout)?,
            }
        }
    }
}

/// Why work that reads files has no result.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Interrupted {
    path: Option<PathBuf>,
    error: FileError,
}

impl Interrupted {
    fn nowhere(error: FileError) -> Self {
        Self { path: None, error }
    }

    /// The file or folder that did not answer, if that is the reason. It can come from a setting: a message shows it as
    /// [`NamedFile`](crate::NamedFile) does.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The reason; its text never repeats the path.
    pub fn error(&self) -> &FileError {
        &self.error
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Interrupted {}

/// Reads `path` by `work`: on this thread where it belongs to a [`Reading`], else on one of its own.
pub(crate) fn within<T: Send + 'static>(
    path: &Path,
    timeout: Duration,
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, FileError> {
    let turn = Turn::take(path, timeout)?;
    match Watch::of_this_thread() {
        Some(watch) => watch.during(turn, work),
        None => begin(timeout, move || match Watch::of_this_thread() {
            Some(watch) => watch.during(turn, work),
            None => work(),
        })
        .wait()
        .unwrap_or_else(|interrupted| Err(interrupted.error)),
    }
}

fn begin<T: Send + 'static>(
    timeout: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Reading<T> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let watch = Arc::new(Watch::default());
    let started = thread::Builder::new().name("files".to_owned()).spawn({
        let watch = Arc::clone(&watch);
        move || {
            WATCH.set(Some(watch));
            let _ = sender.send(work());
        }
    });
    Reading {
        result: started.map(|_| receiver).map_err(FileError::from),
        watch,
        timeout,
    }
}

thread_local! {
    /// Of a thread that belongs to a [`Reading`].
    static WATCH: RefCell<Option<Arc<Watch>>> = const { RefCell::new(None) };
}

/// What a reading thread does now, for whoever waits for it.
#[derive(Debug, Default)]
struct Watch {
    now: Mutex<Now>,
}

#[derive(Debug, Default)]
enum Now {
    /// No file is being read.
    #[default]
    Between,
    At {
        path: PathBuf,
        since: Instant,
    },
    /// Nobody waits any more.
    LeftBehind,
}

impl Watch {
    fn of_this_thread() -> Option<Arc<Self>> {
        WATCH.with_borrow(Option::clone)
    }

    fn during<T>(
        &self,
        turn: Turn,
        work: impl FnOnce() -> Result<T, FileError>,
    ) -> Result<T, FileError> {
        self.enter(turn.path())?;
        let result = work();
        // Before the turn ends: whoever leaves this thread behind does so to its own turn.
        self.leave();
        result
    }

    fn enter(&self, path: &Path) -> Result<(), FileError> {
        let mut now = self.now();
        if matches!(*now, Now::LeftBehind) {
            return Err(FileError::Stalled { after: None });
        }
        *now = Now::At {
            path: path.to_owned(),
            since: Instant::now(),
        };
        Ok(())
    }

    fn leave(&self) {
        let mut now = self.now();
        if !matches!(*now, Now::LeftBehind) {
            *now = Now::Between;
        }
    }

    /// How much longer the thread may take until it is looked at again. A thread that has been at one file for `timeout`
    /// is left behind.
    fn left(&self, timeout: Duration) -> Result<Duration, Interrupted> {
        let mut now = self.now();
        let Now::At { path, since } = &*now else {
            return Ok(timeout);
        };
        let left = timeout.saturating_sub(since.elapsed());
        if !left.is_zero() {
            return Ok(left);
        }
        leave_behind(path);
        let path = Some(path.clone());
        *now = Now::LeftBehind;
        let error = FileError::Stalled {
            after: Some(timeout),
        };
        Err(Interrupted { path, error })
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
