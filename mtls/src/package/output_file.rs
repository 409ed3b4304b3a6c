//! Where the package is written, and what is never overwritten there.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use app_settings::Problem;

/// The first bytes of every zip.
const ZIP: [u8; 2] = *b"PK";

/// A path without links but for its last name, which is not followed; `None` where its folder is missing.
pub(super) fn place(path: &Path) -> Option<PathBuf> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    Some(folder.canonicalize().ok()?.join(path.file_name()?))
}

/// Refuses to overwrite what is there, unless it is a zip and `may_overwrite`.
///
/// # Errors
///
/// A link, a folder, a file that is no zip; a zip that must not be overwritten.
pub(super) fn refuse_overwriting(path: &Path, may_overwrite: bool) -> Result<(), Problem> {
    let text = match path.symlink_metadata() {
        Err(_) => return Ok(()),
        Ok(found) if !found.is_file() || !is_zip(path) => {
            "it exists and is no zip, which is never overwritten; choose another name with --output"
        }
        Ok(_) if may_overwrite => return Ok(()),
        Ok(_) => {
            "it exists already; choose another name with --output, or overwrite it with --force"
        }
    };
    Err(Problem::new(path.display().to_string(), text))
}

/// Refuses an output that is a file which the app needs, whatever is in it.
///
/// # Errors
///
/// The output is one of the files.
pub(super) fn refuse_needed(path: &Path, folder: &Path, needed: &[String]) -> Result<(), Problem> {
    let output = place(path);
    let mut files = needed.iter();
    match files.find(|name| output.is_some() && place(&folder.join(name)) == output) {
        None => Ok(()),
        Some(name) => {
            let text = format!(
                "expected a name for the package, found {name}, which the app needs; choose another name with --output"
            );
            Err(Problem::new(path.display().to_string(), text))
        }
    }
}

fn is_zip(path: &Path) -> bool {
    let mut first = [0; 2];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && first == ZIP
}
