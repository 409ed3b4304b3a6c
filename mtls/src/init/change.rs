//! A change to one file of the app: shown first, made later.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use app_settings::Problem;
use similar::TextDiff;

use crate::atomic_file::{self, Access};
use crate::printable::printable;

/// How many unchanged lines are shown around a change, as `diff -u` has it.
const CONTEXT_LINES: usize = 3;

/// What becomes of a file.
pub(super) struct Change {
    /// Its name in the app's folder.
    name: String,
    path: PathBuf,
    shown: String,
    deed: Deed,
}

enum Deed {
    Create(Vec<u8>),
    Rewrite(Vec<u8>),
    /// A copy of this file, executable.
    Program(PathBuf),
    /// With its folder, if nothing else is in there.
    Remove,
}

impl Change {
    /// A new text in place of another. All of it may be shown.
    pub(super) fn rewritten(folder: &Path, name: &str, before: &str, after: &str) -> Self {
        Self::new(
            folder,
            name,
            diff(name, before, after),
            Deed::Rewrite(after.into()),
        )
    }

    /// A new text in place of another, or where none was, of which only the changed settings are shown.
    pub(super) fn settings(
        folder: &Path,
        name: &str,
        sign: char,
        changed: &[String],
        after: String,
        is_new: bool,
    ) -> Self {
        let lines: Vec<String> = changed
            .iter()
            .map(|setting| format!("{sign} {setting}\n"))
            .collect();
        let shown = format!(
            "{name}{}\n{}",
            if is_new { " (new)" } else { "" },
            lines.join("")
        );
        let deed = match is_new {
            true => Deed::Create(after.into_bytes()),
            false => Deed::Rewrite(after.into_bytes()),
        };
        Self::new(folder, name, shown, deed)
    }

    /// A copy of the program at `source`.
    pub(super) fn program(folder: &Path, name: &str, source: &Path) -> Self {
        let shown = format!(
            "{name}: a copy of {}\n",
            printable(&source.display().to_string())
        );
        Self::new(folder, name, shown, Deed::Program(source.to_owned()))
    }

    /// A file that goes.
    pub(super) fn removed(folder: &Path, name: &str) -> Self {
        Self::new(folder, name, format!("{name}: removed\n"), Deed::Remove)
    }

    fn new(folder: &Path, name: &str, shown: String, deed: Deed) -> Self {
        Self {
            name: name.to_owned(),
            path: folder.join(name),
            shown,
            deed,
        }
    }

    /// What is to be done, as text for people; ends with a line's end.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// Does it: each file is the old one or the new one, and never a half.
    ///
    /// # Errors
    ///
    /// What the file system says, with the file's name.
    pub(super) fn make(&self) -> Result<(), Problem> {
        self.try_make().map_err(|error| {
            let text = format!(
                "expected a file that can be written, found: {error}; correct its permissions and call again"
            );
            Problem::new(&self.name, text)
        })
    }

    fn try_make(&self) -> io::Result<()> {
        let parent = self.path.parent().unwrap_or(Path::new("."));
        match &self.deed {
            Deed::Create(bytes) => atomic_file::create(&self.path, bytes, Access::Public),
            Deed::Rewrite(bytes) => atomic_file::rewrite(&self.path, bytes),
            Deed::Program(source) => {
                let bytes = fs::read(source)?;
                fs::create_dir_all(parent)?;
                atomic_file::replace(&self.path, &bytes, Access::Executable)
            }
            Deed::Remove => {
                fs::remove_file(&self.path)?;
                // Only if it is empty; the app's own folder never is.
                drop(fs::remove_dir(parent));
                Ok(())
            }
        }
    }
}

/// Lines as `diff -u` shows them, safe for a terminal.
fn diff(name: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut unified = diff.unified_diff();
    let text = unified
        .context_radius(CONTEXT_LINES)
        .header(name, name)
        .to_string();
    let lines: Vec<String> = text
        .lines()
        .map(|line| format!("{}\n", printable(line).replace("\\t", "\t")))
        .collect();
    lines.join("")
}
