//! What git and the publishing tools leave out of a gated app, and what they should.

use std::path::Path;

use ignore::Match;
use ignore::gitignore::Gitignore;

/// A test key that `mtls local` makes.
const KEY: &str = "certs/allowed.key";

/// What is said of one of the two files.
struct Reader {
    file: &'static str,
    /// What becomes of the gate where the file leaves it out.
    without_gate: &'static str,
    /// What becomes of the test certificates' keys where the file does not leave them out.
    with_keys: &'static str,
}

const READERS: [Reader; 2] = [
    Reader {
        file: ".gitignore",
        without_gate: "it is in no clone, so that whoever publishes from one runs mtls init there first",
        with_keys: "keys of test certificates, would be committed",
    },
    Reader {
        file: ".funcignore",
        without_gate: "func does not publish it, and the host finds no program; add !/bin/gate to the file",
        with_keys: "keys of test certificates, would be published",
    },
];

/// What to know about the two files of the app; `gate` is the program's place in it.
pub(super) fn notes(folder: &Path, gate: &str) -> Vec<String> {
    let readers = READERS.iter();
    readers
        .flat_map(|reader| of(reader, folder, gate))
        .collect()
}

fn of(reader: &Reader, folder: &Path, gate: &str) -> Vec<String> {
    let file = reader.file;
    // A file that is missing, or in part wrong, leaves out what it leaves out.
    let (rules, _) = Gitignore::new(folder.join(file));
    let mut notes = Vec::new();
    if let Match::Ignore(rule) = rules.matched_path_or_any_parents(gate, false) {
        let (rule, effect) = (rule.original(), reader.without_gate);
        notes.push(format!(
            "{file} leaves out {gate} by the line {rule}: {effect}"
        ));
    }
    if !rules.matched_path_or_any_parents(KEY, false).is_ignore() {
        let keys = reader.with_keys;
        notes.push(format!(
            "{file} does not leave out certs/, which mtls local makes: {keys}; add the line /certs/"
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of both files, and parts of what is said of each.
    #[test]
    fn a_gate_that_is_left_out_and_keys_that_are_not_are_named() {
        let table: [(&str, &[&str]); 5] = [
            ("/certs/\n", &[]),
            ("certs\n*.key\n", &[]),
            (
                "[Bb]in/\n/certs/\n",
                &["leaves out bin/gate by the line [Bb]in/"],
            ),
            ("/bin/*\n!/bin/gate\n/certs/\n", &[]),
            ("", &["add the line /certs/"]),
        ];
        for (lines, expected) in table {
            let folder = tempfile::tempdir().unwrap();
            for reader in &READERS {
                std::fs::write(folder.path().join(reader.file), lines).unwrap();
                let found = of(reader, folder.path(), "bin/gate");
                assert_eq!(found.len(), expected.len(), "{lines:?}: {found:?}");
                for (found, part) in found.iter().zip(expected) {
                    assert!(found.contains(part), "{lines:?}: {found}");
                    assert!(found.starts_with(reader.file), "{found}");
                }
            }
        }
        let empty = tempfile::tempdir().unwrap();
        assert_eq!(notes(empty.path(), "bin/gate").len(), READERS.len());
    }
}
