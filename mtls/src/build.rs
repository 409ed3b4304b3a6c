//! `mtls build`: the deployed build of the handler, in the place where the Functions host starts it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, ExitCode, Stdio};
use std::time::SystemTime;

use app_settings::Problem;
use clap::Args;
use serde::Deserialize;

use crate::Failure;
use crate::atomic_file::{self, Access};
use crate::output;

/// What is deployed: no developer tool, and the versions that were tested.
const CARGO_ARGUMENTS: [&str; 6] = [
    "build",
    "--release",
    "--locked",
    "--bin",
    "handler",
    // Cargo then says where the executable is, whatever its configuration and environment make of the folder.
    "--message-format=json-render-diagnostics",
];

/// Build the handler as it is deployed, and put it where the Functions host starts it: bin/handler.
#[derive(Args)]
pub(crate) struct Build {
    /// The project's folder
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    project: PathBuf,
}

impl Build {
    /// Builds, and prints where the binary is and how big.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let manifest = self.project.join("Cargo.toml");
        if !manifest.is_file() {
            let text = "expected the project's manifest, found none; run the command in the project's folder, or give --project";
            return Err(Problem::new(manifest.display().to_string(), text).into());
        }
        build(&self.project)?;
        let binary = binary(&self.project);
        let bytes = fs::metadata(&binary)
            .map_err(|error| unwritable(&binary, &error))?
            .len();
        output::print(&format!("{} ({})\n", binary.display(), size(bytes)))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Builds the handler where `bin/handler` is missing, or older than the manifest, the lock file or anything below
/// `handler/`; says whether it did. Cargo's progress goes to standard error.
///
/// A folder without a manifest, such as an unpacked deployment, only needs the binary to be there.
///
/// # Errors
///
/// A build that fails (its messages have been shown), a file that cannot be read or written, or a folder with
/// neither manifest nor binary.
pub(crate) fn build_if_stale(project: &Path) -> Result<bool, Failure> {
    let binary = binary(project);
    if !project.join("Cargo.toml").is_file() {
        if binary.is_file() {
            return Ok(false);
        }
        let text = "expected the handler here, or a project that it can be built from (Cargo.toml), found neither; run the command in the project's folder";
        return Err(Problem::new(binary.display().to_string(), text).into());
    }
    let stale = is_stale(project, &binary).map_err(|error| {
        Problem::new(
            project.display().to_string(),
            format!("the sources cannot be looked at: {error}"),
        )
    })?;
    if stale {
        build(project)?;
    }
    Ok(stale)
}

/// Where the Functions host finds the handler; Windows wants the ending.
pub(crate) fn binary(project: &Path) -> PathBuf {
    let name = format!("handler{}", std::env::consts::EXE_SUFFIX);
    project.join("bin").join(name)
}

fn is_stale(project: &Path, binary: &Path) -> std::io::Result<bool> {
    let Ok(built) = fs::metadata(binary).and_then(|metadata| metadata.modified()) else {
        return Ok(true);
    };
    for name in ["Cargo.toml", "Cargo.lock", "handler", "crates"] {
        if changed_since(&project.join(name), built)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A folder counts too: a file that was removed changes nothing else. Symbolic links are not followed.
fn changed_since(path: &Path, instant: SystemTime) -> std::io::Result<bool> {
    let metadata = match path.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if metadata.modified()? > instant {
        return Ok(true);
    }
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            if changed_since(&entry?.path(), instant)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Builds and copies. The copy is dated to the build's start: what is saved while it runs makes it stale.
fn build(project: &Path) -> Result<(), Failure> {
    #[expect(
        clippy::disallowed_methods,
        reason = "compared with the times of files, which this clock sets"
    )]
    let started = SystemTime::now();
    let built = compile(project)?;
    let bytes = fs::read(&built).map_err(|error| unwritable(&built, &error))?;
    let binary = binary(project);
    if let Some(folder) = binary.parent() {
        fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    }
    atomic_file::replace_dated(&binary, &bytes, Access::Executable, Some(started))
        .map_err(|error| unwritable(&binary, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Problem::new(
        path.display().to_string(),
        format!("the built handler cannot be put in place: {error}; stop a handler that runs from there, and look at the folder's rights"),
    )
    .into()
}

/// Runs cargo and gives the path of the executable. Its progress and its messages go to our standard error.
fn compile(project: &Path) -> Result<PathBuf, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut child = Command::new(&cargo)
        .args(CARGO_ARGUMENTS)
        .current_dir(project)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| no_cargo(&cargo.to_string_lossy(), &error))?;
    let executable = child.stdout.take().and_then(executable);
    let status = child
        .wait()
        .map_err(|error| Failure::No(format!("cargo was lost: {error}")))?;
    if !status.success() {
        return Err(Failure::No(format!(
            "the handler could not be built ({status}); cargo's messages stand above"
        )));
    }
    executable.ok_or_else(|| {
        Failure::No(
            "cargo built no executable named handler; is this the project's folder?".to_owned(),
        )
    })
}

fn no_cargo(cargo: &str, error: &std::io::Error) -> Failure {
    let text = format!(
        "it cannot be started: {error}; install Rust (https://rustup.rs), or set CARGO to its path"
    );
    Problem::new(cargo, text).into()
}

/// One line of `--message-format=json`; all other fields and kinds of lines are passed over.
#[derive(Deserialize)]
struct Message {
    target: Target,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// The executable that cargo names. All lines are read, since cargo waits for its reader.
fn executable(output: ChildStdout) -> Option<PathBuf> {
    BufReader::new(output)
        .split(b'\n')
        .map_while(Result::ok)
        .filter_map(|line| serde_json::from_slice::<Message>(&line).ok())
        .filter(|message| message.target.name == "handler")
        .filter(|message| message.target.kind.iter().any(|kind| kind == "bin"))
        .filter_map(|message| message.executable)
        .last()
}

/// In megabytes of a million bytes, to one place.
fn size(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::Duration;

    use super::*;

    const BUILT: u64 = 1_767_225_600;

    /// A project whose files all date from before its binary.
    fn project() -> tempfile::TempDir {
        let project = tempfile::tempdir().unwrap();
        let root = project.path();
        fs::create_dir_all(root.join("handler/auth")).unwrap();
        fs::create_dir(root.join("bin")).unwrap();
        let files = [
            "Cargo.toml",
            "Cargo.lock",
            "handler/lib.rs",
            "handler/auth/mod.rs",
            "README.md",
        ];
        for file in files {
            fs::write(root.join(file), "").unwrap();
        }
        fs::write(binary(root), "").unwrap();
        for path in files.iter().chain(&["handler/auth", "handler"]) {
            date(&root.join(path), BUILT);
        }
        date(&binary(root), BUILT);
        project
    }

    fn date(path: &Path, seconds: u64) {
        let instant = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        File::open(path).unwrap().set_modified(instant).unwrap();
    }

    #[test]
    fn the_binary_is_stale_once_anything_it_is_made_from_is_newer() {
        for (path, stale) in [
            ("Cargo.toml", true),
            ("Cargo.lock", true),
            ("handler/lib.rs", true),
            ("handler/auth/mod.rs", true),
            ("handler/auth", true),
            ("README.md", false),
            ("bin/handler", false),
        ] {
            let project = project();
            let root = project.path();
            assert!(!is_stale(root, &binary(root)).unwrap());
            date(&root.join(path), BUILT + 1);
            assert_eq!(is_stale(root, &binary(root)).unwrap(), stale, "{path}");
        }
    }

    #[test]
    fn a_missing_binary_is_stale_and_a_missing_lock_file_is_cargos_matter() {
        let project = project();
        let root = project.path();
        fs::remove_file(root.join("Cargo.lock")).unwrap();
        assert!(!is_stale(root, &binary(root)).unwrap());
        fs::remove_file(binary(root)).unwrap();
        assert!(is_stale(root, &binary(root)).unwrap());
    }

    #[test]
    fn without_a_manifest_the_binary_alone_is_enough() {
        let project = project();
        let root = project.path();
        fs::remove_file(root.join("Cargo.toml")).unwrap();
        assert!(!build_if_stale(root).unwrap());
        fs::remove_file(binary(root)).unwrap();
        let Err(Failure::Configuration(problems)) = build_if_stale(root) else {
            panic!("expected a problem");
        };
        assert!(problems[0].text().contains("Cargo.toml"), "{problems:?}");
    }

    #[test]
    fn sizes_are_rounded() {
        for (bytes, expected) in [(0, "0.0 MB"), (9_050_000, "9.1 MB"), (9_049_999, "9.0 MB")] {
            assert_eq!(size(bytes), expected);
        }
    }
}
