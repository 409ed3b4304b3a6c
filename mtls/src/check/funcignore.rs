//! `.funcignore`: what is published.

use std::path::Path;

use app_settings::{FileError, Problem, read_file};
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
    /// Why its rules are not known; nothing may be packed then.
    pub(crate) mistake: Option<Problem>,
    text: String,
    rules: Gitignore,
}

impl Funcignore {
    /// Reads the file of an app's folder. Only a missing one has no rules: one that cannot be read is a mistake.
    pub(super) fn read(folder: &Path) -> Self {
        let (text, mistake) = match text(&folder.join(FILE)) {
            Ok(text) => (text, None),
            Err(found) => {
                let text =
                    format!("expected rules that can be read, found {found}; correct the file");
                (None, Some(Problem::new(FILE, text)))
            }
        };
        let mut builder = GitignoreBuilder::new("");
        for line in text.iter().flat_map(|text| text.lines()) {
            // A rule that is no pattern matches nothing.
            let _ = builder.add_line(None, line);
        }
        Self {
            is_there: text.is_some(),
            mistake,
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

/// The file's text; `None` where there is no file, not even a link that leads nowhere.
fn text(path: &Path) -> Result<Option<String>, String> {
    match read_file(path, MAX_FILE_BYTES) {
        Ok(bytes) => decoded(&bytes).map(Some).ok_or_else(|| {
            "bytes that are neither UTF-8 nor UTF-16 with a byte order mark".to_owned()
        }),
        Err(FileError::Missing) if path.symlink_metadata().is_err() => Ok(None),
        Err(FileError::Missing) => Err("a link that leads nowhere".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// Text by its byte order mark, as .NET reads it; UTF-8 without one.
fn decoded(bytes: &[u8]) -> Option<String> {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().copied().map(unit).collect();
        String::from_utf16(&units).ok().filter(|_| rest.is_empty())
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => units(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok();
    // UTF-16 without its mark is UTF-8 with NULs.
    text.filter(|text| !text.contains('\0'))
        .map(ToOwned::to_owned)
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

    /// The bytes of the file, and whether its rule leaves `a.pfx` out; `None` for a mistake.
    #[test]
    fn rules_are_known_or_a_mistake_in_every_encoding() {
        let wide = |mark: &[u8], unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let text = "*.pfx\n".encode_utf16().flat_map(unit);
            mark.iter().copied().chain(text).collect()
        };
        for (bytes, expected) in [
            (b"*.pfx\n".to_vec(), Some(true)),
            (b"\xEF\xBB\xBF*.pfx\n".to_vec(), Some(true)),
            (wide(b"\xFF\xFE", u16::to_le_bytes), Some(true)),
            (wide(b"\xFE\xFF", u16::to_be_bytes), Some(true)),
            (Vec::new(), Some(false)),
            (wide(b"", u16::to_le_bytes), None),
            (b"*.pfx\n\xE4\n".to_vec(), None),
            (b"\xFF\xFE*".to_vec(), None),
            (vec![b'#'; 256 * 1024 + 1], None),
        ] {
            let app = tempfile::tempdir().unwrap();
            std::fs::write(app.path().join(FILE), &bytes).unwrap();
            let rules = Funcignore::read(app.path());
            let found = rules.mistake.is_none().then(|| !rules.publishes("a.pfx"));
            assert_eq!(found, expected, "{:?}", &bytes[..bytes.len().min(20)]);
        }
    }

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
