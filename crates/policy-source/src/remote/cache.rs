//! The last good copy, in a folder.
//!
//! Two files, named after the URL without its query: the copy itself, and a small one with the time at which the store last
//! confirmed it. A copy that is damaged is not used; whoever can write into the folder writes the policy.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::remote_url::RemoteUrl;
use super::snapshot::{NamedFile, Snapshot};
use crate::sealed_file::{self, DIGEST_BYTES, stem};

/// The largest copy: a document and a trial document of 64 MiB each, files of 64 MiB, revocation lists of 128 MiB, and their names.
const MAX_COPY_BYTES: u64 = 330 * 1024 * 1024;

/// The largest file with the time: a number and two digests.
const MAX_CONFIRMED_BYTES: u64 = 256;

/// The last good copy of one URL.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    stem: String,
}

/// What precedes the contents of a copy, as JSON on one line.
#[derive(Deserialize, Serialize)]
struct Head {
    version: u32,
    etag: Option<String>,
    document: usize,
    lists: Vec<String>,
    files: Vec<FileHead>,
}

#[derive(Deserialize, Serialize)]
struct FileHead {
    name: String,
    etag: Option<String>,
    bytes: usize,
}

/// The version of the copy's form. A copy of another one is not used.
const FORM: u32 = 2;

impl Cache {
    pub(super) fn new(folder: &Path, url: &RemoteUrl) -> Self {
        Self {
            folder: folder.to_owned(),
            stem: stem(&url.to_string()),
        }
    }

    /// The copy, and when the store last confirmed it. `None` where there is none that can be used.
    pub(super) fn load(&self) -> Option<(Snapshot, SystemTime)> {
        let copy = sealed_file::read(&self.path("policy"), MAX_COPY_BYTES)?;
        let snapshot = decode(&copy.into())?;
        let confirmed = sealed_file::read(&self.path("confirmed"), MAX_CONFIRMED_BYTES)?;
        let (digest, seconds) = confirmed.split_at_checked(DIGEST_BYTES)?;
        let seconds = u64::from_be_bytes(seconds.try_into().ok()?);
        let confirmed = UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
        (digest == snapshot.digest()).then_some((snapshot, confirmed))
    }

    /// Keeps a copy, and says when the store confirmed it. A crash between the two leaves a time that belongs to no copy: then none
    /// is used.
    pub(super) fn store(&self, snapshot: &Snapshot, now: SystemTime) -> Result<(), CacheError> {
        let copy = encode(snapshot).map_err(CacheError)?;
        self.write("policy", &copy)?;
        self.confirm(snapshot.digest(), now)
    }

    /// Says when the store confirmed the copy of this digest.
    pub(super) fn confirm(&self, digest: [u8; 32], now: SystemTime) -> Result<(), CacheError> {
        let seconds = now
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let content = [digest.as_slice(), &seconds.to_be_bytes()].concat();
        self.write("confirmed", &content)
    }

    fn path(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.stem))
    }

    fn write(&self, extension: &str, content: &[u8]) -> Result<(), CacheError> {
        sealed_file::write(&self.path(extension), &[content]).map_err(CacheError)
    }
}

/// A file that could not be had is not part of a copy: whoever loads it finds it absent.
fn encode(snapshot: &Snapshot) -> io::Result<Vec<u8>> {
    let files = snapshot.files.iter();
    let files: Vec<_> = files
        .filter_map(|(name, file)| Some((name, file.etag.clone(), file.content.as_ref().ok()?)))
        .collect();
    let head = Head {
        version: FORM,
        etag: snapshot.etag.clone(),
        document: snapshot.document.len(),
        lists: snapshot.lists.iter().map(ToString::to_string).collect(),
        files: files
            .iter()
            .map(|(name, etag, bytes)| FileHead {
                name: name.as_str().to_owned(),
                etag: etag.clone(),
                bytes: bytes.len(),
            })
            .collect(),
    };
    let mut copy = serde_json::to_vec(&head)?;
    copy.push(b'\n');
    copy.extend_from_slice(&snapshot.document);
    files
        .iter()
        .for_each(|(_, _, bytes)| copy.extend_from_slice(bytes));
    Ok(copy)
}

fn decode(copy: &Bytes) -> Option<Snapshot> {
    let end = copy.iter().position(|&byte| byte == b'\n')?;
    let head: Head = serde_json::from_slice(copy.get(..end)?).ok()?;
    if head.version != FORM {
        return None;
    }
    let mut rest = copy.slice(end + 1..);
    let mut take = |bytes: usize| (bytes <= rest.len()).then(|| rest.split_to(bytes));
    let document = take(head.document)?;
    let mut files = BTreeMap::new();
    for file in head.files {
        let content = Ok(take(file.bytes)?);
        let etag = file.etag;
        files.insert(file.name.parse().ok()?, NamedFile { content, etag });
    }
    let lists = head.lists.iter().map(|name| name.parse().ok());
    Some(Snapshot {
        document,
        etag: head.etag,
        lists: lists.collect::<Option<_>>()?,
        files,
    })
}

/// The last good copy could not be written: the system's reason.
#[derive(Debug)]
pub struct CacheError(pub(crate) io::Error);

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the last good copy cannot be written: {}", self.0)
    }
}

impl std::error::Error for CacheError {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    fn snapshot() -> Snapshot {
        let file = |content: &'static [u8]| NamedFile {
            content: Ok(Bytes::from_static(content)),
            etag: Some("\"2\"".to_owned()),
        };
        Snapshot {
            document: Bytes::from_static(b"{ \"version\": 1,\n \"callers\": [] }"),
            etag: Some("\"1\"".to_owned()),
            lists: BTreeSet::from(["trust/a.crl".parse().unwrap()]),
            files: BTreeMap::from([
                ("trust/a.pem".parse().unwrap(), file(b"a\nb")),
                ("trust/empty.pem".parse().unwrap(), file(b"")),
            ]),
        }
    }

    fn cache(folder: &Path) -> Cache {
        Cache::new(
            folder,
            &"https://a.example/policy.json?sig=1".parse().unwrap(),
        )
    }

    #[test]
    fn a_copy_comes_back_as_it_was_and_its_owner_alone_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(&folder.path().join("made"));
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        cache.store(&snapshot(), at(5)).unwrap();
        assert_eq!(cache.load(), Some((snapshot(), at(5))));
        cache.confirm(snapshot().digest(), at(6)).unwrap();
        assert_eq!(cache.load(), Some((snapshot(), at(6))));
        // A signature that is renewed does not lose the copy.
        let renewed = "https://a.example/policy.json?sig=2".parse().unwrap();
        assert!(Cache::new(&cache.folder, &renewed).load().is_some());
        #[cfg(unix)]
        for extension in ["policy", "confirmed"] {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(cache.path(extension))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    /// Any byte that is changed, and any length that is cut.
    #[test]
    fn a_damaged_copy_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let cache = cache(folder.path());
        cache.store(&snapshot(), UNIX_EPOCH).unwrap();
        for extension in ["policy", "confirmed"] {
            let path = cache.path(extension);
            let whole = fs::read(&path).unwrap();
            for index in 0..whole.len() {
                let mut damaged = whole.clone();
                damaged[index] ^= 1;
                fs::write(&path, damaged).unwrap();
                assert_eq!(cache.load(), None, "{extension} {index}");
                fs::write(&path, &whole[..index]).unwrap();
                assert_eq!(cache.load(), None, "{extension} cut at {index}");
            }
            fs::write(&path, whole).unwrap();
        }
        assert!(cache.load().is_some());
        // The time of another copy.
        cache.confirm([0; 32], UNIX_EPOCH).unwrap();
        assert_eq!(cache.load(), None);
    }
}
