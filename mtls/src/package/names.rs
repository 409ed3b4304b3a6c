//! The names of the files that belong to a package.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};

use app_settings::Problem;
use functions_handler::host::contract;

use crate::check::Subject;
use crate::printable::printable;

/// Names of files from the app's folder, in the order of their bytes.
pub(super) struct Names {
    pub(super) all: Vec<String>,
    pub(super) problems: Vec<Problem>,
}

impl Names {
    /// Every file that `.funcignore` leaves, but for the package itself.
    pub(super) fn of(subject: &Subject, output: &Path) -> Self {
        let mut walk = Walk {
            subject,
            root: subject.folder.canonicalize().ok(),
            output: super::output_file::place(output),
            names: Self {
                all: Vec::new(),
                problems: Vec::new(),
            },
        };
        walk.folder(&subject.folder, "");
        let mut names = walk.names;
        names.all.sort();
        names.problems.extend(cases(&names.all));
        names.problems.extend(misspelt(&names.all));
        names
    }
}

struct Walk<'a> {
    subject: &'a Subject,
    /// Without links.
    root: Option<PathBuf>,
    output: Option<PathBuf>,
    names: Names,
}

impl Walk<'_> {
    fn folder(&mut self, path: &Path, name: &str) {
        match fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => entries.iter().for_each(|entry| self.entry(entry, name)),
            Err(error) => self.refuse(name, &format!("a folder that can be read, found: {error}")),
        }
    }

    fn entry(&mut self, entry: &DirEntry, folder: &str) {
        let part = entry.file_name();
        let name = match folder {
            "" => part.to_string_lossy().into_owned(),
            _ => format!("{folder}/{}", part.to_string_lossy()),
        };
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => return self.refuse(&name, &format!("a file, found: {error}")),
        };
        let is_plain = part.to_str().is_some_and(|part| printable(part) == part);
        if kind.is_dir() && is_plain {
            if self.subject.funcignore.enters(&name) {
                self.folder(&entry.path(), &name);
            }
            return;
        }
        if !self.subject.funcignore.publishes(&name) || self.is_output(&entry.path()) {
            return;
        }
        if !is_plain || name.contains('\\') {
            self.refuse(
                &name,
                "a name of visible characters without a backslash, found another",
            );
        } else if kind.is_symlink() {
            self.link(&entry.path(), name);
        } else if kind.is_file() {
            self.names.all.push(name);
        } else {
            self.refuse(&name, "a file, found a pipe, a socket or a device");
        }
    }

    /// A link is packed as the file that it leads to, if that file may be packed: zips have no links that Azure is known to keep.
    fn link(&mut self, path: &Path, name: String) {
        let target = path.canonicalize().ok();
        let below = target.as_ref().and_then(|target| {
            let below = target.strip_prefix(self.root.as_ref()?).ok()?;
            Some(below.to_string_lossy().replace('\\', "/"))
        });
        match (target, below) {
            (None, _) => self.refuse(&name, "a file, found a link that leads nowhere"),
            (Some(_), None) => self.refuse(&name, "a file, found a link out of the folder"),
            (Some(target), Some(_)) if !target.is_file() => {
                self.refuse(&name, "a file, found a link to a folder");
            }
            (Some(_), Some(below)) if !self.subject.funcignore.publishes(&below) => {
                self.refuse(&name, "a file, found a link to one that is left out");
            }
            (Some(_), Some(_)) => self.names.all.push(name),
        }
    }

    fn is_output(&self, path: &Path) -> bool {
        self.output.is_some() && super::output_file::place(path) == self.output
    }

    fn refuse(&mut self, name: &str, expected: &str) {
        let text = format!(
            "expected {expected}; put the file itself there, or leave it out by a rule of .funcignore"
        );
        self.names.problems.push(Problem::new(name, text));
    }
}

/// Two files that are one where case does not count, as on Windows.
fn cases(names: &[String]) -> Vec<Problem> {
    let mut spellings: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for name in names {
        spellings.entry(name.to_lowercase()).or_default().push(name);
    }
    let several = spellings.values().filter(|names| names.len() > 1);
    several
        .filter_map(|names| {
            let (first, others) = names.split_first()?;
            let others: Vec<&str> = others.iter().map(|name| name.as_str()).collect();
            let text = format!(
                "expected names that differ by more than case, found {} beside it; rename one",
                others.join(", ")
            );
            Some(Problem::new(*first, text))
        })
        .collect()
}

/// Files that the host looks for by another spelling: Linux compares names letter by letter.
fn misspelt(names: &[String]) -> Vec<Problem> {
    let meant = |name: &String| match name.split_once('/') {
        None => Some(contract::HOST_JSON.to_owned()),
        Some((folder, file)) if !file.contains('/') => {
            Some(format!("{folder}/{}", contract::FUNCTION_JSON))
        }
        Some(_) => None,
    };
    let differing = names.iter().filter_map(|name| {
        let meant = meant(name)?;
        (meant.eq_ignore_ascii_case(name) && meant != **name).then(|| {
            let text = format!("expected {meant}, found another case; rename it");
            Problem::new(name, text)
        })
    });
    differing.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_linux_or_windows_reads_otherwise_are_refused() {
        for (names, expected) in [
            ("host.json a/function.json", ""),
            ("Host.json", "Host.json: expected host.json"),
            (
                "a/Function.JSON",
                "a/Function.JSON: expected a/function.json",
            ),
            ("a/b/Function.json", ""),
            (
                "A/x a/x",
                "A/x: expected names that differ by more than case, found a/x",
            ),
        ] {
            let names: Vec<String> = names.split(' ').map(ToOwned::to_owned).collect();
            let problems = cases(&names).into_iter().chain(misspelt(&names));
            let found: Vec<String> = problems.map(|problem| problem.to_string()).collect();
            match expected {
                "" => assert!(found.is_empty(), "{found:?}"),
                _ => assert!(
                    found.len() == 1 && found[0].starts_with(expected),
                    "{found:?}"
                ),
            }
        }
    }
}
