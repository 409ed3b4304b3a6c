//! Where a program is looked for.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Why users miss a program that every machine of theirs has.
const NOTHING_PREINSTALLED: &str =
    "An image for custom handlers has no Python, Node or .NET of its own";

/// Why a program cannot be executed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NotRunnable {
    /// No folder of the search path has it.
    NotInSearchPath {
        /// The program as it was given.
        program: OsString,
        /// The folders where it was looked for.
        folders: Vec<PathBuf>,
        /// Whether the current folder has a file of that name, where the system does not look.
        is_here: bool,
    },
    /// There is no file at its path.
    NoFile {
        /// The path as it was given.
        program: OsString,
        /// The same from the root, as it counts from the current folder.
        path: PathBuf,
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

/// The program's path: from the current folder if it has a `/`, else in the folders of the search path.
///
/// # Errors
///
/// Nothing there can be executed; the first file that cannot is named.
pub(super) fn find(program: &OsStr, search_path: Option<&OsStr>) -> Result<PathBuf, NotRunnable> {
    if program.as_encoded_bytes().contains(&b'/') {
        let path = PathBuf::from(program);
        return match look_at(&path)? {
            true => Ok(path),
            false => Err(NotRunnable::NoFile {
                program: program.to_owned(),
                path: std::path::absolute(&path).unwrap_or(path),
            }),
        };
    }
    find_in(search_path.unwrap_or_default(), program)
}

fn find_in(search_path: &OsStr, program: &OsStr) -> Result<PathBuf, NotRunnable> {
    let folders =
        std::env::split_paths(search_path).filter(|folder| !folder.as_os_str().is_empty());
    let folders: Vec<PathBuf> = folders.collect();
    let mut unusable = None;
    for folder in folders.iter().filter(|_| !program.is_empty()) {
        let path = folder.join(program);
        match look_at(&path) {
            Ok(true) => return Ok(path),
            Ok(false) => {}
            Err(problem) => unusable = unusable.or(Some(problem)),
        }
    }
    Err(unusable.unwrap_or_else(|| NotRunnable::NotInSearchPath {
        program: program.to_owned(),
        folders,
        is_here: !program.is_empty() && Path::new(program).is_file(),
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
            Self::NotInSearchPath {
                program,
                folders,
                is_here,
            } => {
                let name = program.display();
                write!(f, "expected the program {name}, found no such file in ")?;
                write_folders(f, folders)?;
                if *is_here {
                    return write!(
                        f,
                        "; the current folder has one, where the system does not look: write ./{name}"
                    );
                }
                write!(
                    f,
                    "; install it there or write its whole path. {NOTHING_PREINSTALLED}"
                )
            }
            Self::NoFile { program, path } => {
                let name = program.display();
                write!(
                    f,
                    "expected the program {name}, found no file {}",
                    path.display()
                )?;
                if Path::new(program).is_relative() {
                    f.write_str(": a relative path counts from the current folder")?;
                }
                write!(
                    f,
                    "; correct the path or install it there. {NOTHING_PREINSTALLED}"
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

/// The folders of the search path, the first ones by name.
fn write_folders(f: &mut fmt::Formatter<'_>, folders: &[PathBuf]) -> fmt::Result {
    /// An image has six to ten; a developer's machine may have fifty.
    const SHOWN: usize = 4;
    match folders.len() {
        0 => return f.write_str("PATH, which names no folder"),
        1 => f.write_str("the folder of PATH, ")?,
        count => write!(f, "the {count} folders of PATH, ")?,
    }
    for (index, folder) in folders.iter().take(SHOWN).enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        write!(f, "{separator}{}", folder.display())?;
    }
    f.write_str(if folders.len() > SHOWN {
        " and more"
    } else {
        ""
    })
}

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
        let missing = |program: &str| {
            Err(NotRunnable::NotInSearchPath {
                program: program.into(),
                folders: vec![one.clone(), two.clone()],
                is_here: false,
            })
        };
        assert_eq!(find(OsStr::new("missing")), missing("missing"));
        let below = Err(NotRunnable::NoFile {
            program: "./missing".into(),
            path: std::env::current_dir().unwrap().join("missing"),
        });
        assert_eq!(find(OsStr::new("./missing")), below);
    }

    #[test]
    fn a_message_says_where_was_looked_and_what_is_near() {
        let table = [
            (
                "server",
                "/a:/b",
                "found no such file in the 2 folders of PATH, /a, /b; install it",
            ),
            ("server", "/a", "in the folder of PATH, /a; install it"),
            (
                "server",
                "/a:/b:/c:/d:/e:/f",
                "the 6 folders of PATH, /a, /b, /c, /d and more; install it",
            ),
            ("server", "", "in PATH, which names no folder; install it"),
            // Tests run in the crate's folder.
            (
                "Cargo.toml",
                "/a",
                "the current folder has one, where the system does not look: write ./Cargo.toml",
            ),
            (
                "bin/server",
                "/a",
                "/bin/server: a relative path counts from the current folder; correct",
            ),
            (
                "/no/server",
                "/a",
                "found no file /no/server; correct the path",
            ),
        ];
        for (program, search_path, expected) in table {
            let problem = find(OsStr::new(program), Some(OsStr::new(search_path))).unwrap_err();
            let message = problem.to_string();
            assert!(
                message.contains(expected),
                "{program} {search_path}: {message}"
            );
        }
    }
}
