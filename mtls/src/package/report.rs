//! What is in a package, for people and for programs.

use std::fmt;
use std::path::Path;

use app_settings::Problem;
use openssl::sha::sha256;
use serde::Serialize;

use super::archive::mode;
use super::contents::Contents;
use crate::printable::printable;
use crate::table::table;

/// The whole answer.
#[derive(Serialize)]
pub(super) struct Report {
    /// Where it was written; absent where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// Size of the zip.
    bytes: usize,
    /// Of the zip, in hexadecimal.
    sha256: String,
    files: Vec<Row>,
    warnings: Vec<Problem>,
}

/// One file in it.
#[derive(Serialize)]
struct Row {
    name: String,
    /// Before it is compressed.
    bytes: usize,
    /// As `chmod` takes it.
    mode: String,
}

impl Report {
    /// About a zip of these contents, and where it was written.
    pub(super) fn new(contents: &Contents, zip: &[u8], written: Option<&Path>) -> Self {
        let files = contents.files.iter().map(|file| Row {
            name: file.name.clone(),
            bytes: file.bytes.len(),
            mode: format!("{:04o}", mode(file)),
        });
        let digest = sha256(zip);
        Self {
            file: written.map(|path| path.display().to_string()),
            bytes: zip.len(),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            files: files.collect(),
            warnings: contents.warnings.clone(),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let heads = ["BYTES", "MODE", "NAME"].map(ToOwned::to_owned).to_vec();
        let rows = self.files.iter().map(|row| {
            let bytes = format!("{:>9}", row.bytes);
            vec![bytes, row.mode.clone(), printable(&row.name)]
        });
        let rows: Vec<Vec<String>> = std::iter::once(heads).chain(rows).collect();
        f.write_str(&table(&rows))?;
        for warning in &self.warnings {
            writeln!(f, "\nwarning: {warning}")?;
        }
        let sum: usize = self.files.iter().map(|row| row.bytes).sum();
        writeln!(f, "\n{} files of {sum} bytes", self.files.len())?;
        match &self.file {
            Some(file) => writeln!(f, "{} ({} bytes)", printable(file), self.bytes)?,
            None => writeln!(
                f,
                "Nothing was written: the zip would have {} bytes",
                self.bytes
            )?,
        }
        writeln!(f, "SHA-256 {}", self.sha256)
    }
}
