//! Opening files in a folder that others may have filled: nothing there makes a command hang.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;

/// All of a regular file, up to `limit` bytes. A link is followed: people link certificates of their own.
///
/// # Errors
///
/// What the operating system says; anything but a file, such as a FIFO; a longer file.
pub(super) fn bounded(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut options = OpenOptions::new();
    options.read(true);
    let file = regular(path, &mut options, Link::Followed)?;
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
        return Err(io::Error::other(format!("it has more than {limit} bytes")));
    }
    Ok(bytes)
}

/// What becomes of a symbolic link.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Link {
    /// Its target is opened.
    Followed,
    /// It is an error.
    Refused,
}

/// Opens without waiting for anybody at the other end, and looks at what was opened by its handle.
///
/// # Errors
///
/// What the operating system says, and anything but a regular file.
pub(super) fn regular(path: &Path, options: &mut OpenOptions, link: Link) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = match link {
            Link::Followed => OFlags::NONBLOCK,
            Link::Refused => OFlags::NONBLOCK | OFlags::NOFOLLOW,
        };
        options.custom_flags(i32::try_from(flags.bits()).map_err(io::Error::other)?);
    }
    #[cfg(not(unix))]
    let _ = link;
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("it is not a regular file"))
    }
}
