//! Files that are whole or absent, and never readable by others for an instant.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

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
/// new one, and a crash leaves no half file. The permissions hold from the moment of creation. A symbolic link at
/// `path` is replaced, and not followed.
///
/// # Errors
///
/// What the file system says; the temporary file is removed then.
pub(crate) fn replace(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    temporary(path, bytes, access)?.persist(path)?;
    Ok(())
}

/// Writes `bytes` to `path`, which must not exist.
///
/// # Errors
///
/// `AlreadyExists` where something has that name, a dangling symbolic link included; else what the file system
/// says, and then no half file stays.
pub(crate) fn create(path: &Path, bytes: &[u8], access: Access) -> io::Result<()> {
    temporary(path, bytes, access)?.persist_noclobber(path)?;
    Ok(())
}

/// Writes `bytes` to the file that a link at `path` leads to, which must exist, and keeps who may read it.
///
/// # Errors
///
/// As [`replace`], and a file that is not there.
pub(crate) fn rewrite(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = path.canonicalize()?;
    let permissions = fs::metadata(&path)?.permissions();
    replace(&path, bytes, Access::Public)?;
    fs::set_permissions(&path, permissions)
}

/// The file under a name that nobody can guess, created exclusively.
fn temporary(path: &Path, bytes: &[u8], access: Access) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = Builder::new();
    builder.prefix(".mtls-").suffix(".tmp");
    let permissions = permissions(access);
    if let Some(permissions) = &permissions {
        builder.permissions(permissions.clone());
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions.filter(|_| access != Access::Public) {
        // The umask does not take anything from these two.
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(unix)]
fn permissions(access: Access) -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = match access {
        Access::Secret => 0o600,
        Access::Public => 0o644,
        Access::Executable => 0o755,
    };
    Some(Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn permissions(_: Access) -> Option<Permissions> {
    None
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
