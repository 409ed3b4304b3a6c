//! Files that are whole or absent, and never readable by others for an instant.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use openssl::rand::rand_bytes;

/// Who may do what with the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Access {
    /// 0600: a private key is inside. Windows has no such bits; there the folder's own rights hold.
    Secret,
    /// 0644, less what the umask takes.
    Public,
    /// 0755, whatever the umask: the Functions host may run as another user.
    Executable,
}

/// Writes `bytes` to `path`, replacing what is there.
///
/// The bytes go to a temporary name in the same folder, which is then renamed: a reader sees the old file or the
/// new one, and a crash leaves no half file. The permissions hold from the moment of creation.
///
/// # Errors
///
/// What the file system says; the temporary file is removed then.
pub(crate) fn replace(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    replace_dated(path, bytes, access, None)
}

/// As [`replace`], and the file says that it was last modified at the given instant.
///
/// # Errors
///
/// The same.
pub(crate) fn replace_dated(
    path: &Path,
    bytes: &[u8],
    access: Access,
    modified: Option<SystemTime>,
) -> io::Result<()> {
    let temporary = temporary_name(path)?;
    let written = open_new(&temporary, access)
        .and_then(|file| fill(file, bytes, access, modified))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Writes `bytes` to `path`, which must not exist.
///
/// # Errors
///
/// `AlreadyExists` where something has that name, a dangling symbolic link included; else what the file system
/// says, and then no half file stays.
pub(crate) fn create(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    let file = open_new(path, access)?;
    let written = fill(file, bytes, access, None);
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

fn fill(
    mut file: File,
    bytes: &[u8],
    access: Access,
    modified: Option<SystemTime>,
) -> io::Result<()> {
    file.write_all(bytes)?;
    if let Some(modified) = modified {
        file.set_modified(modified)?;
    }
    #[cfg(unix)]
    if access == Access::Executable {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(fs::Permissions::from_mode(mode(access)))?;
    }
    #[cfg(not(unix))]
    let _ = access;
    file.sync_all()
}

fn open_new(path: &Path, access: Access) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(mode(access));
    }
    #[cfg(not(unix))]
    let _ = access;
    options.open(path)
}

#[cfg(unix)]
fn mode(access: Access) -> u32 {
    match access {
        Access::Secret => 0o600,
        Access::Public => 0o644,
        Access::Executable => 0o755,
    }
}

/// A name in the same folder that nobody can guess, so that two writers never share one.
fn temporary_name(path: &Path) -> io::Result<PathBuf> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"))?;
    let mut random = [0; 8];
    rand_bytes(&mut random).map_err(io::Error::other)?;
    let mut temporary = std::ffi::OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{:016x}.tmp", u64::from_ne_bytes(random)));
    Ok(path.with_file_name(temporary))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn replacing_leaves_one_file_with_the_new_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.key");
        replace(&path, b"old", Access::Secret).unwrap();
        replace(&path, b"new", Access::Secret).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.key"]);
    }

    #[test]
    fn a_replacement_that_fails_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), b"").unwrap();
        assert!(replace(&path, b"new", Access::Public).is_err());
        assert_eq!(names(folder.path()), ["taken"]);
    }

    #[test]
    fn creating_never_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pfx");
        create(&path, b"first", Access::Secret).unwrap();
        let error = create(&path, b"second", Access::Secret).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_as_declared() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        for (access, expected) in [(Access::Secret, 0o600), (Access::Executable, 0o755)] {
            let path = folder.path().join(format!("{access:?}"));
            replace(&path, b"x", access).unwrap();
            let seen = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(seen, expected, "{access:?}");
        }
    }
}
