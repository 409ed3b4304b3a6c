//! Recordings of the Functions host: every request that reached a custom handler, as bytes that can be sent again.
//!
//! `HOST_RECORDINGS` names the folder. Their form is that of the host kit beside it: a line a case, bytes as Latin-1
//! text, and tokens as `<guid-1>` where a recording would differ from run to run.

pub mod app;
mod request;
mod tokens;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use request::{Request, Sent};
use tokens::Tokens;

/// One recording: what one dialect of the host made of every case.
pub struct Recording {
    /// The name of its file, without the extension.
    pub name: String,
    /// `forward`, `proxy`, `both`, `envelope`, `routes`, or `mcp`.
    pub dialect: String,
    pub cases: Vec<Case>,
}

/// One request of a client, and what reached the handler because of it.
pub struct Case {
    pub name: String,
    pub sent: Sent,
    /// In the order of arrival: more than one where the host repeats a request, none where it refuses it.
    pub arrived: Vec<Request>,
}

/// The folder with the recordings. `None`, and a line `skipped: …`, where the environment names none.
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("HOST_RECORDINGS");
    if folder.is_none() {
        crate::skipped("HOST_RECORDINGS names no folder with recordings of the host");
    }
    folder.map(PathBuf::from)
}

/// Every recording of requests in a folder; a folder without any fails the test.
#[track_caller]
pub fn all(folder: &Path) -> Vec<Recording> {
    let entries = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("HOST_RECORDINGS: {}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "json")
    });
    files.sort();
    assert!(
        !files.is_empty(),
        "HOST_RECORDINGS: no recording in {}",
        folder.display()
    );
    files.iter().map(|file| Recording::read(file)).collect()
}

impl Recording {
    fn read(file: &Path) -> Self {
        let text: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let cases = text["cases"].as_array().unwrap().iter();
        Self {
            name: file.file_stem().unwrap().to_string_lossy().into_owned(),
            dialect: text["mode"].as_str().unwrap().to_owned(),
            cases: cases.map(|case| Case::read(case, &text["map"])).collect(),
        }
    }
}

impl Case {
    fn read(case: &Value, map: &Value) -> Self {
        let tokens = Tokens::new([map, &case["tokens"]]);
        let arrived = case["handler"].as_array().unwrap().iter();
        Self {
            name: case["name"].as_str().unwrap().to_owned(),
            sent: Sent::read(&case["sent"], &tokens),
            arrived: arrived.map(|one| Request::read(one, &tokens)).collect(),
        }
    }
}
