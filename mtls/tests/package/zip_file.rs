//! A zip as Python reads it, which is none of our own code.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use test_support::skipped;

/// One file of a zip.
#[derive(Debug, Deserialize, Eq, PartialEq)]
pub struct Entry {
    pub name: String,
    /// 3 is Unix.
    pub made_on: u8,
    /// With the kind of file.
    pub mode: String,
    pub time: Vec<u16>,
    pub text: String,
}

const READ: &str = r#"
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as zip:
    assert zip.testzip() is None
    print(json.dumps([{
        "name": entry.filename, "made_on": entry.create_system, "mode": oct(entry.external_attr >> 16),
        "time": entry.date_time, "text": zip.read(entry).decode("latin-1"),
    } for entry in zip.infolist()]))
"#;

/// The files in their order; `None`, and a word about it, without Python.
pub fn entries(zip: &Path) -> Option<Vec<Entry>> {
    let python = Command::new("python3").args(["-c", READ]).arg(zip).output();
    let Ok(output) = python else {
        skipped("python3 reads the package; install it");
        return None;
    };
    assert!(output.status.success(), "{output:?}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
