//! The files of a package, as they are packed.

use std::path::Path;

use app_settings::{Problem, read_file_below};
use zeroize::Zeroizing;

use super::image::Image;
use super::machine_paths::MachinePaths;
use super::names::Names;
use super::program::Assessment;
use crate::check::{self, Subject};
use crate::secret::Secret;

/// The largest file that is packed: the whole package is held in memory.
const MAX_FILE_BYTES: u64 = 512 * 1024 * 1024;

/// The most bytes of all files together, for the same reason.
const MAX_BYTES: usize = 1024 * 1024 * 1024;

/// The most files: what a zip counts without its 64-bit form, which not every reader knows.
const MAX_FILES: usize = 65_534;

/// What is packed.
pub(super) struct Contents {
    /// In the order of their names.
    pub(super) files: Vec<PackedFile>,
    /// What may be as it is meant.
    pub(super) warnings: Vec<Problem>,
}

/// One file.
pub(super) struct PackedFile {
    /// From the app's folder, with slashes.
    pub(super) name: String,
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) is_executable: bool,
}

impl Contents {
    /// Reads an app's files.
    ///
    /// # Errors
    ///
    /// Everything for which the app is refused.
    pub(super) fn of(subject: &Subject, output: &Path, image: Image) -> Result<Self, Vec<Problem>> {
        let found = check::of_the_package(subject);
        let mut problems = found.errors;
        if let Some(mistake) = &subject.funcignore.mistake {
            problems.push(mistake.clone());
            return Err(problems);
        }
        let names = Names::of(subject, output);
        problems.extend(names.problems);
        let files = read(subject, names.all, &mut problems);
        problems.extend(files.iter().filter_map(secret));
        let paths = MachinePaths::of(&subject.folder);
        let assessment = Assessment::of(subject, &files, image, &paths);
        problems.extend(assessment.problems);
        match problems.is_empty() {
            true => Ok(Self {
                files,
                warnings: [found.warnings, assessment.warnings].concat(),
            }),
            false => Err(problems),
        }
    }
}

fn read(subject: &Subject, names: Vec<String>, problems: &mut Vec<Problem>) -> Vec<PackedFile> {
    if names.len() > MAX_FILES {
        problems.push(too_much(subject, &format!("{MAX_FILES} files")));
        return Vec::new();
    }
    let (mut files, mut sum) = (Vec::new(), 0);
    for name in names {
        match read_file_below(&subject.folder, Path::new(&name), MAX_FILE_BYTES) {
            Ok(bytes) => {
                sum += bytes.len();
                let is_executable = check::is_executable(&subject.folder.join(&name));
                files.push(PackedFile {
                    name,
                    bytes,
                    is_executable,
                });
            }
            Err(error) => {
                let text = format!(
                    "expected a file that can be read, found: {error}; correct it, or leave it out by a rule of .funcignore"
                );
                problems.push(Problem::new(name, text));
            }
        }
        if sum > MAX_BYTES {
            problems.push(too_much(subject, &format!("{MAX_BYTES} bytes")));
            break;
        }
    }
    files
}

fn too_much(subject: &Subject, most: &str) -> Problem {
    let text = format!(
        "expected {most} at most, found more; leave out what the app does not need by rules of .funcignore"
    );
    Problem::new(subject.folder.display().to_string(), text)
}

fn secret(file: &PackedFile) -> Option<Problem> {
    let secret = Secret::of(&file.name, &file.bytes)?;
    let text = format!(
        "expected a file that everybody may read who may read the app's files, found {}; take it out of the folder, or leave it out by a rule of .funcignore",
        secret.name()
    );
    Some(Problem::new(&file.name, text))
}
