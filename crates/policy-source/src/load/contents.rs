//! The bytes of the files that a document names, each read once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use app_settings::NamedFile;
use client_cert::PolicyVersion;

use crate::certificate_file::certificates;
use crate::document::kind::File;
use crate::document::{Document, Findings, Text};
use crate::named_files::Unreadable;
use crate::relative_name::RelativeName;

/// The most files of one document. A bank with 1,000 partners has two for each of them; each costs a read at the start.
pub(crate) const MAX_FILES: usize = 4_096;

/// The files of a document.
pub(super) struct Contents(BTreeMap<RelativeName, Vec<u8>>);

/// One certificate of a file.
pub(super) struct Found {
    pub(super) der: Vec<u8>,
    /// Which one it is, for messages: `certificate 2 of "trust/root.pem"`.
    pub(super) label: String,
}

/// Reads every file that holds certificates. One that cannot be read is reported at each place that names it.
pub(super) fn read(
    document: &Document,
    mut read: impl FnMut(&RelativeName) -> Result<Vec<u8>, Unreadable>,
    findings: &mut Findings,
) -> Contents {
    let mut files: BTreeMap<RelativeName, Result<Vec<u8>, Unreadable>> = BTreeMap::new();
    for file in document.certificate_files() {
        let count = files.len();
        let result = match files.entry(file.value.clone()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(_) if count >= MAX_FILES => {
                findings.add(file.place, format!("expected at most {MAX_FILES} files, found one more; put certificates of one domain into one file"));
                break;
            }
            Entry::Vacant(entry) => entry.insert(read(&file.value)),
        };
        if let Err(error) = result {
            let name = shown(&file.value);
            findings.add(
                file.place,
                format!("expected a file of certificates in {name}, found: {error}; correct the name or deploy the file beside the document"),
            );
        }
    }
    Contents(
        files
            .into_iter()
            .filter_map(|(name, bytes)| Some((name, bytes.ok()?)))
            .collect(),
    )
}

impl Contents {
    /// The certificates of a file. None where it could not be read, which was reported.
    pub(super) fn certificates(&self, file: &Text<File>, findings: &mut Findings) -> Vec<Found> {
        let Some(bytes) = self.0.get(&file.value) else {
            return Vec::new();
        };
        let name = shown(&file.value);
        let found = certificates(bytes).unwrap_or_else(|errors| {
            for error in errors {
                let text = format!("expected certificates (PEM or DER) in {name}, {error}");
                findings.add(file.place, text);
            }
            Vec::new()
        });
        let label = |number: usize| format!("certificate {number} of {name}");
        (1..)
            .zip(found)
            .map(|(number, der)| Found {
                der,
                label: label(number),
            })
            .collect()
    }

    /// The version of the policy that a document makes with these files.
    pub(super) fn version(&self, document: &[u8]) -> PolicyVersion {
        let files = self
            .0
            .iter()
            .flat_map(|(name, bytes)| [name.as_str().as_bytes(), bytes.as_slice()]);
        PolicyVersion::of(std::iter::once(document).chain(files))
    }
}

/// The name for messages; described where a key could have been pasted in its place.
fn shown(name: &RelativeName) -> String {
    NamedFile::new("", name.as_str(), Path::new("")).name()
}
