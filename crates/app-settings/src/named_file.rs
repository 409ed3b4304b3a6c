//! A file that a setting names.

use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::{FileError, read_file};

/// The most characters of a file's name that a message shows.
const SHOWN_CHARACTERS: usize = 128;

/// How the names of files with certificates and keys end. Neither a password nor key material does.
const ENDINGS: [&str; 10] = [
    ".cer", ".crl", ".crt", ".der", ".json", ".key", ".p12", ".p7b", ".pem", ".pfx",
];

/// A file that the setting `at` names, relative to the app's folder.
///
/// A key can be pasted where a file's name belongs, so the name is a value like any other: a message shows it only
/// where it ends as the name of a certificate file does. `Display` gives the label for messages; `Debug` gives the same.
///
/// ```
/// use std::path::Path;
/// use app_settings::NamedFile;
///
/// let file = NamedFile::new("TRUST", "trust/ca.pem", Path::new("/app"));
/// assert_eq!(file.to_string(), "TRUST: trust/ca.pem");
/// let pasted = NamedFile::new("TRUST", "MIIKcAIBAzCCCiwGCSqGSIb3DQEHAaCCCh0Eggo", Path::new("/app"));
/// assert_eq!(pasted.to_string(), "TRUST");
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct NamedFile {
    at: Option<&'static str>,
    shown: Option<String>,
    path: PathBuf,
}

impl NamedFile {
    /// The file `name`, where the setting `at` says so. Blanks around it do not count.
    pub fn new(at: &'static str, name: &str, app_root: &Path) -> Self {
        let name = name.trim();
        Self {
            at: Some(at),
            shown: may_be_shown(name).then(|| name.to_owned()),
            path: app_root.join(name),
        }
    }

    /// The file `file_name` in the folder that the setting `at` names. Only `file_name` is shown.
    pub fn in_folder(at: &'static str, folder: &str, file_name: &str, app_root: &Path) -> Self {
        Self {
            at: Some(at),
            shown: Some(file_name.to_owned()),
            path: app_root.join(folder.trim()).join(file_name),
        }
    }

    /// A file that no setting names, but the program or its arguments: its path is shown.
    pub fn given(path: &Path) -> Self {
        Self {
            at: None,
            shown: Some(path.display().to_string()),
            path: path.to_owned(),
        }
    }

    /// Whether the name can be shown: it ends as the name of a certificate file does.
    pub fn is_shown(&self) -> bool {
        self.shown.is_some()
    }

    /// The path, for opening it. It does not belong in a message.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The name for messages: quoted, or a description where it is not shown.
    pub fn name(&self) -> String {
        match &self.shown {
            Some(name) => format!("{name:?}"),
            None => {
                "the named file (not shown: it does not end like the name of a certificate file)"
                    .to_owned()
            }
        }
    }

    /// Reads it, as [`read_file`] does.
    ///
    /// # Errors
    ///
    /// [`FileError`].
    pub fn read(&self, most: u64) -> Result<Zeroizing<Vec<u8>>, FileError> {
        read_file(&self.path, most)
    }
}

fn may_be_shown(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_certificate_file = ENDINGS.iter().any(|ending| lower.ends_with(ending));
    is_certificate_file
        && name.chars().count() <= SHOWN_CHARACTERS
        && !name.contains(char::is_control)
}

impl fmt::Display for NamedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.at, &self.shown) {
            (Some(at), Some(name)) => write!(f, "{at}: {name}"),
            (None, Some(name)) => f.write_str(name),
            (at, None) => f.write_str(at.unwrap_or_default()),
        }
    }
}

impl fmt::Debug for NamedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_never_repeats_what_may_be_a_secret() {
        for (name, shown) in [
            (" certs/ours.p12 ", true),
            ("CA.PEM", true),
            ("trust", false),
            ("hunter2", false),
            ("hunter2-hunter2", false),
            (
                "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
                false,
            ),
            ("MIIK\nx.pem", false),
            (&format!("{}.pem", "a".repeat(200)), false),
        ] {
            let file = NamedFile::new("S", name, Path::new("/app"));
            let label = format!("{file} {file:?} {}", file.name());
            assert_eq!(label.contains(name.trim()), shown, "{label}");
            assert_eq!(file.path(), Path::new("/app").join(name.trim()));
        }
    }
}
