//! A folder that is whole or not there.

use std::fs;
use std::io;
use std::path::Path;

use app_settings::Problem;
use tempfile::{Builder, TempDir};

/// Makes `folder` with what `fill` writes. It is written beside under another name, and renamed once it is whole.
///
/// A folder that is there and empty stays the same folder, since it may be somebody's current one; its files get in one
/// by one.
///
/// # Errors
///
/// A folder that holds something, or another thing of this name; what the file system says. Nothing is left then.
pub(super) fn make(
    folder: &Path,
    fill: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), Problem> {
    let there = fs::read_dir(folder).map(|mut entries| entries.next().is_none());
    let is_there = match there {
        Ok(true) => true,
        Ok(false) => return Err(problem(folder, "one that holds something", "name another")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(problem(folder, &error.to_string(), "name another")),
    };
    let written = staged(folder, is_there).and_then(|staged| {
        fill(staged.path())?;
        if is_there {
            return move_up(staged.path(), folder);
        }
        fs::rename(staged.path(), folder)?;
        // There is nothing at the old name that could be removed.
        drop(staged.keep());
        Ok(())
    });
    written.map_err(|error| {
        problem(
            folder,
            &error.to_string(),
            "correct the name or the permissions",
        )
    })
}

/// An empty folder on the same file system, with the permissions of any new folder.
fn staged(folder: &Path, is_there: bool) -> io::Result<TempDir> {
    let place = match folder.parent() {
        _ if is_there => folder,
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = Builder::new();
    builder.prefix(".mtls-new-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    builder.tempdir_in(place)
}

fn move_up(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::rename(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

fn problem(folder: &Path, found: &str, advice: &str) -> Problem {
    let text =
        format!("expected a folder that can be made, or an empty one, found: {found}; {advice}");
    Problem::new(folder.display().to_string(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    fn write(folder: &Path) -> io::Result<()> {
        fs::write(folder.join("a"), "a")?;
        fs::create_dir(folder.join("b"))
    }

    #[test]
    fn a_new_folder_and_an_empty_one_are_filled() {
        let place = tempfile::tempdir().unwrap();
        for name in ["new", "empty"] {
            let folder = place.path().join(name);
            if name == "empty" {
                fs::create_dir(&folder).unwrap();
            }
            make(&folder, write).unwrap();
            assert_eq!(names(&folder), ["a", "b"]);
        }
        assert_eq!(names(place.path()), ["empty", "new"]);
    }

    #[test]
    fn nothing_is_left_of_what_fails() {
        let place = tempfile::tempdir().unwrap();
        let failing = |folder: &Path| {
            write(folder)?;
            Err(io::Error::other("full"))
        };
        for name in ["new", "empty", "missing/new"] {
            let folder = place.path().join(name);
            if name == "empty" {
                fs::create_dir(&folder).unwrap();
            }
            assert!(make(&folder, failing).is_err());
        }
        assert_eq!(names(place.path()), ["empty"]);
        assert_eq!(names(&place.path().join("empty")), [""; 0]);
    }

    #[test]
    fn what_is_there_stays() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("file"), "mine").unwrap();
        for folder in [place.path().to_owned(), place.path().join("file")] {
            assert!(make(&folder, write).is_err());
        }
        assert_eq!(names(place.path()), ["file"]);
    }
}
