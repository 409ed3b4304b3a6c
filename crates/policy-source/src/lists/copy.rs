//! Copies of lists, for the next start: one file for each URL.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use client_cert::Crl;
use serde::{Deserialize, Serialize};

use super::place::{Held, Validators};
use crate::list_url::ListUrl;
use crate::sealed_file;

/// How the names of copies end.
const EXTENSION: &str = "list";

/// The version of the copy's form. A copy of another one is not used.
const FORM: u32 = 1;

/// The most bytes of a file beside the list: two validators of 256 bytes, a number and a digest.
const MAX_HEAD_BYTES: usize = 4_096;

/// The most bytes of all copies in the folder; the oldest are removed.
const MAX_FOLDER_BYTES: u64 = 1024 * 1024 * 1024;

/// The most copies that are looked at.
const MAX_COPIES: usize = 1_024;

/// What precedes the list, as JSON on one line.
#[derive(Deserialize, Serialize)]
struct Head {
    version: u32,
    etag: Option<String>,
    last_modified: Option<String>,
    confirmed: u64,
}

/// The copy of a URL's list of at most so many bytes; `None` if there is none that can be used. Who signed it is not looked at.
pub(super) fn load(folder: &Path, url: &ListUrl, most: usize) -> Option<Held> {
    let bound = u64::try_from(most.saturating_add(MAX_HEAD_BYTES)).unwrap_or(u64::MAX);
    let copy = sealed_file::read(&path(folder, url), bound)?;
    let end = copy.iter().position(|&byte| byte == b'\n')?;
    let head: Head = serde_json::from_slice(copy.get(..end)?).ok()?;
    if head.version != FORM {
        return None;
    }
    let list = copy.get(end.checked_add(1)?..)?;
    let list = Crl::parse((list.len() <= most).then_some(list)?).ok()?;
    Some(Held {
        list: Arc::new(list),
        validators: Validators {
            etag: head.etag,
            last_modified: head.last_modified,
        },
        confirmed: UNIX_EPOCH.checked_add(Duration::from_secs(head.confirmed))?,
    })
}

/// Keeps a copy, and removes the oldest where the folder gets too large.
pub(super) fn store(folder: &Path, url: &ListUrl, held: &Held) -> io::Result<()> {
    let since = held.confirmed.duration_since(UNIX_EPOCH);
    let head = Head {
        version: FORM,
        etag: held.validators.etag.clone(),
        last_modified: held.validators.last_modified.clone(),
        confirmed: since.map_or(0, |since| since.as_secs()),
    };
    let head = serde_json::to_vec(&head)?;
    let path = path(folder, url);
    sealed_file::write(&path, &[&head, b"\n", held.list.encoding()])?;
    prune(folder, &path, MAX_FOLDER_BYTES)
}

/// Two URLs can differ in their queries alone.
fn path(folder: &Path, url: &ListUrl) -> PathBuf {
    let stem = sealed_file::stem(url.exposed());
    folder.join(stem).with_extension(EXTENSION)
}

/// Removes the oldest copies but `kept` until the rest has at most so many bytes.
fn prune(folder: &Path, kept: &Path, most: u64) -> io::Result<()> {
    let mut copies: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)?.take(MAX_COPIES) {
        let path = entry?.path();
        // One that another instance removed meanwhile is no fault.
        let Ok(metadata) = path.metadata() else {
            continue;
        };
        if path
            .extension()
            .is_some_and(|extension| extension == EXTENSION)
        {
            copies.push((metadata.modified()?, metadata.len(), path));
        }
    }
    copies.sort();
    let mut bytes: u64 = copies.iter().map(|(_, bytes, _)| bytes).sum();
    for (_, size, path) in copies.iter().filter(|(_, _, path)| path != kept) {
        if bytes <= most {
            break;
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            // Another instance was faster.
            Ok(()) | Err(_) => {}
        }
        bytes = bytes.saturating_sub(*size);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use test_support::Shape;
    use test_support::crl::List;

    use super::*;

    const URL: &str = "http://crl.example/a.crl?ca=1";

    fn held() -> Held {
        let root = Shape::authority("Root").self_signed();
        Held {
            list: Arc::new(Crl::parse(&List::of(&[]).signed_by(&root)).unwrap()),
            validators: Validators {
                etag: Some("\"1\"".to_owned()),
                last_modified: None,
            },
            confirmed: UNIX_EPOCH + Duration::from_secs(5),
        }
    }

    #[test]
    fn a_copy_comes_back_as_it_was_unless_it_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("made");
        let url: ListUrl = URL.parse().unwrap();
        let held = held();
        let most = held.list.encoding().len();
        let load = |url: &ListUrl| load(&folder, url, most);
        assert!(load(&url).is_none());
        store(&folder, &url, &held).unwrap();
        let copy = load(&url).unwrap();
        assert_eq!(copy.validators, held.validators);
        assert_eq!(copy.confirmed, held.confirmed);
        assert!(load(&"http://crl.example/a.crl?ca=2".parse().unwrap()).is_none());
        assert!(super::load(&folder, &url, most - 1).is_none());
        let path = path(&folder, &url);
        let whole = fs::read(&path).unwrap();
        for index in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[index] ^= 1;
            fs::write(&path, damaged).unwrap();
            assert!(load(&url).is_none(), "{index}");
            fs::write(&path, &whole[..index]).unwrap();
            assert!(load(&url).is_none(), "cut at {index}");
        }
    }

    #[test]
    fn the_oldest_copies_are_removed_but_not_the_one_just_written() {
        let folder = tempfile::tempdir().unwrap();
        let copy = |name: &str, second: u64| {
            let path = folder.path().join(name);
            fs::write(&path, [0; 10]).unwrap();
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(UNIX_EPOCH + Duration::from_secs(second))
                .unwrap();
            path
        };
        let kept = copy("a.list", 1);
        let (old, new, other) = (copy("b.list", 2), copy("c.list", 3), copy("d.policy", 0));
        prune(folder.path(), &kept, 20).unwrap();
        let exist = [&kept, &old, &new, &other].map(|path| path.exists());
        assert_eq!(exist, [true, false, true, true]);
    }
}
