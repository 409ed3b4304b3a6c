//! Where a program is looked for.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Why a program cannot be executed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NotRunnable {
    /// There is no such file.
    NotFound {
        /// The program as it was given.
        program: OsString,
        /// The folders, or the one path, where it was looked for.
        looked_in: Vec<PathBuf>,
    },
    /// The file has no execute bit.
    NoExecuteBit {
        /// The file.
        path: PathBuf,
    },
    /// It is a folder, or another thing that is no file.
    NotAFile {
        /// What was found.
        path: PathBuf,
    },
}

/// The program's path: in the current folder if it has a `/`, else in the folders of the search path.
///
/// # Errors
///
/// Nothing there can be executed; the first file that cannot is named.
pub(super) fn find(program: &OsStr, search_path: Option<&OsStr>) -> Result<PathBuf, NotRunnable> {
    let is_bare = !program.as_encoded_bytes().contains(&b'/') && !program.is_empty();
    let looked_in: Vec<PathBuf> = if is_bare {
        std::env::split_paths(search_path.unwrap_or_default()).collect()
    } else {
        vec![PathBuf::from(program)]
    };
    let mut unusable = None;
    for place in &looked_in {
        let path = if is_bare {
            place.join(program)
        } else {
            place.clone()
        };
        match look_at(&path) {
            Ok(true) => return Ok(path),
            Ok(false) => {}
            Err(problem) if !is_bare => return Err(problem),
            Err(problem) => unusable = unusable.or(Some(problem)),
        }
    }
    Err(unusable.unwrap_or_else(|| NotRunnable::NotFound {
        program: program.to_owned(),
        looked_in,
    }))
}

/// Whether there is a file that can be executed; an error if there is something else.
fn look_at(path: &Path) -> Result<bool, NotRunnable> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let path = path.to_owned();
            return Err(NotRunnable::NoExecuteBit { path });
        }
        Err(_) => return Ok(false),
    };
    let path = path.to_owned();
    if !metadata.is_file() {
        Err(NotRunnable::NotAFile { path })
    } else if metadata.permissions().mode() & 0o111 == 0 {
        Err(NotRunnable::NoExecuteBit { path })
    } else {
        Ok(true)
    }
}

impl fmt::Display for NotRunnable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { program, looked_in } => {
                let program = program.display();
                write!(f, "expected the program {program}, found no such file in ")?;
                if looked_in.is_empty() {
                    return f.write_str("PATH, which is empty; set PATH or write the whole path");
                }
                for (index, place) in looked_in.iter().enumerate() {
                    let separator = if index == 0 { "" } else { ":" };
                    write!(f, "{separator}{}", place.display())?;
                }
                f.write_str(
                    "; install it there or write its whole path. An image for custom handlers has no Python, Node or \
                     .NET of its own",
                )
            }
            Self::NoExecuteBit { path } => write!(
                f,
                "expected a program at {0}, found a file that must not be executed; run chmod +x {0} before it is \
                 deployed, or start it with its interpreter",
                path.display()
            ),
            Self::NotAFile { path } => write!(
                f,
                "expected a program at {}, found something that is no file",
                path.display()
            ),
        }
    }
}

impl std::error::Error for NotRunnable {}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &Path, mode: u32) {
        fs::write(path, "").unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_program_is_looked_for_as_the_system_does() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        for place in [&one, &two] {
            fs::create_dir(place).unwrap();
        }
        file(&one.join("plain"), 0o644);
        file(&two.join("plain"), 0o755);
        file(&one.join("locked"), 0o644);
        fs::create_dir(two.join("folder")).unwrap();
        let search = std::env::join_paths([&one, &two]).unwrap();
        let find = |name: &OsStr| find(name, Some(&search));

        assert_eq!(find(OsStr::new("plain")), Ok(two.join("plain")));
        let path = one.join("locked");
        let locked = Err(NotRunnable::NoExecuteBit { path });
        assert_eq!(find(OsStr::new("locked")), locked);
        assert_eq!(find(one.join("locked").as_os_str()), locked);
        let path = two.join("folder");
        let no_file = Err(NotRunnable::NotAFile { path });
        assert_eq!(find(OsStr::new("folder")), no_file);
        let missing = |program: &str, looked_in: &[&PathBuf]| {
            Err(NotRunnable::NotFound {
                program: program.into(),
                looked_in: looked_in.iter().map(|path| (*path).clone()).collect(),
            })
        };
        assert_eq!(
            find(OsStr::new("missing")),
            missing("missing", &[&one, &two])
        );
        let below = PathBuf::from("./missing");
        assert_eq!(find(below.as_os_str()), missing("./missing", &[&below]));
        assert_eq!(find(OsStr::new("")), missing("", &[&PathBuf::new()]));
    }

    #[test]
    fn a_message_says_where_was_looked() {
        let message = find(OsStr::new("server"), Some(OsStr::new("/a:/b"))).unwrap_err();
        assert!(message.to_string().contains("in /a:/b;"), "{message}");
    }
}
