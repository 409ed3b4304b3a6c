//! Keeps two calls of `mtls` apart while they write into one folder.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use app_settings::Problem;

/// Its name. It stays empty.
pub(super) const NAME: &str = ".lock";

/// Waits until nobody else holds the lock of `folder`; dropping it lets the next one in.
///
/// Nothing where this user cannot write to the folder, which can still be read.
///
/// # Errors
///
/// Something else has that name. A symbolic link is not followed: its target would be opened for writing.
pub(crate) fn take(folder: &Path) -> Result<Option<File>, Problem> {
    let path = folder.join(NAME);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let locked = regular(&path, &mut options).and_then(|file| file.lock().map(|()| file));
    match locked {
        Ok(file) => Ok(Some(file)),
        Err(error) if is_read_only(&error) => Ok(None),
        Err(error) => {
            let text = format!(
                "expected an empty file that mtls makes and locks, found: {error}; remove it and run the command again"
            );
            Err(Problem::new(path.display().to_string(), text))
        }
    }
}

/// Opens the lock without waiting for anybody at the other end, and looks at what was opened by its handle. A link is not
/// followed.
///
/// # Errors
///
/// What the operating system says, and anything but a regular file.
fn regular(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
        options.custom_flags(i32::try_from(flags.bits()).map_err(io::Error::other)?);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("it is not a regular file"))
    }
}

fn is_read_only(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::Unsupported
    )
}
