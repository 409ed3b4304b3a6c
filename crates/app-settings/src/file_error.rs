//! Why a file or folder could not be read.

use std::fmt;
use std::io;
use std::time::Duration;

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
    /// A name or a link that leads out of the folder.
    Outside,
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
            Self::Outside => f.write_str("a file outside the folder"),
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
