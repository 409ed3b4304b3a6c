//! Files that the program keeps for itself: replaced as a whole, for their owner alone, and used only if they are undamaged.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use app_settings::read_file;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

/// The bytes of a SHA-256 digest.
pub(crate) const DIGEST_BYTES: usize = 32;

/// What the name of a file that is being written begins with.
const UNFINISHED_PREFIX: &str = ".client-cert-";

/// What it ends with.
const UNFINISHED_SUFFIX: &str = ".unfinished";

/// How long ago a file was last written to that nobody is writing any more: the largest one takes minutes on the slowest share, and
/// another instance may be writing.
const STALE_AFTER: Duration = Duration::from_secs(60 * 60);

/// The most names of a folder that are looked at.
const MAX_NAMES: usize = 10_000;

/// The content of a file of at most so many bytes; `None` if there is no such file, or it is damaged. The digest at its end does
/// not keep out whoever can write into the folder.
pub(crate) fn read(path: &Path, most: u64) -> Option<Vec<u8>> {
    let file = read_file(path, most).ok()?;
    let (content, digest) = file.split_at_checked(file.len().checked_sub(DIGEST_BYTES)?)?;
    (Sha256::digest(content).as_slice() == digest).then(|| content.to_vec())
}

/// Writes a file beside its place and renames it (0600). The folder is made if need be.
pub(crate) fn write(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = unfinished(folder)?;
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
        file.write_all(part)?;
    }
    file.write_all(&digest.finalize())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Removes what processes left that ended while they wrote a copy. A file is removed only if its name is one that is given to a
/// file that is not whole, and it was not written to for an hour: nobody else's is touched.
///
/// # Errors
///
/// The folder cannot be listed, or a file in it not be removed. A folder that is not there has none.
pub fn remove_unfinished(folder: &Path, now: SystemTime) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries.take(MAX_NAMES) {
        let entry = entry?;
        if !is_unfinished(&entry.file_name().to_string_lossy()) {
            continue;
        }
        // One that another instance has renamed or removed meanwhile is no fault.
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        let age = now.duration_since(metadata.modified()?);
        if metadata.is_file() && age.is_ok_and(|age| age >= STALE_AFTER) {
            match fs::remove_file(entry.path()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
    }
    Ok(())
}

fn unfinished(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(UNFINISHED_PREFIX)
        .suffix(UNFINISHED_SUFFIX)
        .tempfile_in(folder)
}

fn is_unfinished(name: &str) -> bool {
    let between = name.strip_prefix(UNFINISHED_PREFIX);
    let between = between.and_then(|name| name.strip_suffix(UNFINISHED_SUFFIX));
    between.is_some_and(|random| {
        !random.is_empty() && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// The name of what belongs to a text, of 32 hexadecimal digits.
pub(crate) fn stem(text: &str) -> String {
    let digest = Sha256::digest(text);
    let bytes = digest.iter().take(16);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn present() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
    }

    /// A folder with a file that nobody ended, last written to so long ago, and files of others.
    fn left_behind(now: SystemTime, age: Duration) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (file, path) = unfinished(folder.path()).unwrap().keep().unwrap();
        file.set_modified(now - age).unwrap();
        (folder, path)
    }

    #[test]
    fn what_a_process_left_that_ended_while_it_wrote_is_removed_after_an_hour() {
        let now = present();
        let second = Duration::from_secs(1);
        for (age, is_kept) in [
            (Duration::ZERO, true),
            (STALE_AFTER - second, true),
            (STALE_AFTER, false),
            (STALE_AFTER * 1_000, false),
        ] {
            let (folder, path) = left_behind(now, age);
            remove_unfinished(folder.path(), now).unwrap();
            assert_eq!(path.exists(), is_kept, "{age:?}");
        }
        // A clock that was set back.
        let (folder, path) = left_behind(now, Duration::ZERO);
        remove_unfinished(folder.path(), now - STALE_AFTER).unwrap();
        assert!(path.exists());
        remove_unfinished(&folder.path().join("absent"), now).unwrap();
    }

    #[test]
    fn nothing_of_others_and_nothing_whole_is_removed() {
        let now = present();
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join(format!("{}.policy", stem("a")));
        write(&whole, &[b"whole"]).unwrap();
        let others = [
            ".tmpAbCdEf",
            ".client-cert-.unfinished",
            ".client-cert-a/../b.unfinished",
            ".client-cert-a.b.unfinished",
            "client-cert-abc.unfinished",
            ".client-cert-abc.unfinished.bak",
            "policy.json",
        ];
        let others = others.map(|name| folder.path().join(name.replace('/', "-")));
        for path in others.iter().chain([&whole]) {
            let file = fs::File::options()
                .create(true)
                .append(true)
                .open(path)
                .unwrap();
            file.set_modified(now - 10 * STALE_AFTER).unwrap();
        }
        let named = folder.path().join(".client-cert-abc.unfinished");
        fs::create_dir(&named).unwrap();
        fs::File::open(&named)
            .unwrap()
            .set_modified(now - 10 * STALE_AFTER)
            .unwrap();
        remove_unfinished(folder.path(), now).unwrap();
        assert!(
            others
                .iter()
                .chain([&whole, &named])
                .all(|path| path.exists())
        );
        assert_eq!(read(&whole, 100).unwrap(), b"whole");
    }
}
