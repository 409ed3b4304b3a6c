//! `.funcignore`: what is published.

use std::path::Path;

use app_settings::read_file;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::finding::Place;

/// The file's name in the app's folder.
pub(super) const FILE: &str = ".funcignore";

/// The largest file that is read.
const MAX_FILE_BYTES: u64 = 256 * 1024;

/// What `func` leaves out whatever the file says (`FileSystemHelpers.cs`).
const ALWAYS_LEFT_OUT: [&str; 6] = [
    ".git",
    ".vscode",
    FILE,
    ".gitignore",
    "local.settings.json",
    "project.lock.json",
];

/// The rules of the file; none where it is absent.
pub(super) struct Funcignore {
    /// Whether there is such a file.
    pub(super) is_there: bool,
    text: String,
    rules: Gitignore,
}

impl Funcignore {
    /// Reads the file of an app's folder. Rules that cannot be read count as absent, as for the Functions tools.
    pub(super) fn read(folder: &Path) -> Self {
        let bytes = read_file(&folder.join(FILE), MAX_FILE_BYTES).ok();
        let text = bytes
            .as_ref()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let mut builder = GitignoreBuilder::new("");
        for line in text.iter().flat_map(|text| text.lines()) {
            // A rule that is no pattern matches nothing.
            let _ = builder.add_line(None, line);
        }
        Self {
            is_there: text.is_some(),
            text: text.unwrap_or_default(),
            rules: builder.build().unwrap_or_else(|_| Gitignore::empty()),
        }
    }

    /// Whether `func` publishes a file, by its path from the app's folder.
    pub(super) fn publishes(&self, path: &str) -> bool {
        let is_left_out = ALWAYS_LEFT_OUT
            .iter()
            .any(|name| Path::new(path).starts_with(name));
        !is_left_out && self.leaving_out(path).is_none()
    }

    /// The place of the rule that leaves a file out.
    pub(super) fn leaving_out(&self, path: &str) -> Option<Place> {
        let Match::Ignore(rule) = self.rules.matched_path_or_any_parents(path, false) else {
            return None;
        };
        let line = self
            .text
            .lines()
            .position(|line| line.trim_end() == rule.original());
        Some(Place {
            file: FILE.to_owned(),
            line: line.map(|index| index + 1),
        })
    }
}
