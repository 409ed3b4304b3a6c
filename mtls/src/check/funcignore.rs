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

/// Folders that `func` does not enter, at any depth and in any case (`FileSystemHelpers.cs`).
const FOLDERS_LEFT_OUT: [&str; 2] = [".git", ".vscode"];

/// Files that it leaves out whatever the rules say, in the same way.
const FILES_LEFT_OUT: [&str; 4] = [
    FILE,
    ".gitignore",
    "local.settings.json",
    "project.lock.json",
];

/// The rules of the file; none where it is absent.
pub(crate) struct Funcignore {
    /// Whether there is such a file.
    pub(crate) is_there: bool,
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
    pub(crate) fn publishes(&self, path: &str) -> bool {
        let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
        let is_left_out =
            is_among(&FILES_LEFT_OUT, file) || folders.split('/').any(is_never_entered);
        !is_left_out && self.leaving_out(path).is_none()
    }

    /// Whether anything below a folder can be published, by its path from the app's folder.
    pub(crate) fn enters(&self, folder: &str) -> bool {
        let name = folder.rsplit('/').next().unwrap_or(folder);
        // A rule with `!` may name a file in a folder that another rule leaves out.
        let has_exceptions = self.rules.num_whitelists() > 0;
        let is_left_out = || {
            let matched = self.rules.matched_path_or_any_parents(folder, true);
            matched.is_ignore()
        };
        !is_never_entered(name) && (has_exceptions || !is_left_out())
    }

    /// The place of the rule that leaves a file out.
    pub(crate) fn leaving_out(&self, path: &str) -> Option<Place> {
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

fn is_never_entered(folder: &str) -> bool {
    is_among(&FOLDERS_LEFT_OUT, folder)
}

fn is_among(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules, a path, whether its folder is entered, and whether it is published.
    #[test]
    fn what_func_leaves_out_by_itself_is_left_out_at_any_depth_and_in_any_case() {
        for (rules, folder, file, entered, published) in [
            ("", "a", "a/b.txt", true, true),
            ("", "a/.git", "a/.git/config", false, false),
            ("", ".VSCode", ".VSCode/x.json", false, false),
            ("", "a", "a/Local.Settings.json", true, false),
            ("", ".git2", ".git2/x", true, true),
            ("target/", "a/target", "a/target/x", false, false),
            ("/*/*\n!/bin/handler", "bin", "bin/handler", true, true),
            ("/*/*\n!/bin/handler", "bin", "bin/other", true, false),
            (
                "/*/*\n!/*/function.json",
                "a/b",
                "a/b/function.json",
                true,
                false,
            ),
        ] {
            let app = tempfile::tempdir().unwrap();
            std::fs::write(app.path().join(FILE), rules).unwrap();
            let rules = Funcignore::read(app.path());
            assert_eq!(
                (rules.enters(folder), rules.publishes(file)),
                (entered, published),
                "{file}"
            );
        }
    }
}
