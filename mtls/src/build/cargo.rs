//! Cargo as a child process: which binaries there are, and building one.

use std::ffi::{OsStr, OsString};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, ExitStatus, Stdio};

use app_settings::Problem;
use cargo_metadata::{Message, Metadata, MetadataCommand, Package, TargetKind};

use super::How;
use super::binary::Binary;
use super::linking::{Linking, StaticTarget};
use crate::Failure;

/// What an outer cargo (`cargo mtls …`, `cargo test`) says about a package of its own. Build scripts look at some of
/// them, so that what the inner cargo inherits would make it compile ring and its users again and again.
const OUTER_CARGO: [&str; 6] = [
    "CARGO_BIN_",
    "CARGO_CRATE_",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_PRIMARY_PACKAGE",
    "OUT_DIR",
];

/// What becomes of `Cargo.lock` where it does not fit the manifests.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LockFile {
    /// The build fails: what is deployed has the versions that were tested.
    Kept,
    /// Cargo completes it, as `cargo run` does.
    Completed,
}

/// The binaries of the package in `folder`, or of the named one. Where `folder` is a workspace or has no binary of its
/// own, those of all members.
///
/// # Errors
///
/// No cargo, or a manifest that it does not understand.
pub(super) fn binaries(folder: &Path, package: Option<&str>) -> Result<Vec<Binary>, Failure> {
    let metadata = metadata(folder)?;
    let members = metadata.workspace_packages();
    if let Some(name) = package {
        let named = members.iter().filter(|member| member.name == name);
        return Ok(named.flat_map(|package| of(package)).collect());
    }
    let manifest = folder.join("Cargo.toml").canonicalize().ok();
    let is_own =
        |package: &&&Package| manifest.as_deref() == Some(package.manifest_path.as_std_path());
    let own: Vec<Binary> = members
        .iter()
        .find(is_own)
        .map(|package| of(package))
        .unwrap_or_default();
    if own.is_empty() {
        return Ok(members.iter().flat_map(|package| of(package)).collect());
    }
    Ok(own)
}

/// Builds one binary in its deployed form and gives the path that cargo put it at.
///
/// # Errors
///
/// No cargo, no target that links statically; a build that fails, whose messages have gone to standard error.
pub(super) fn build(folder: &Path, binary: &Binary, how: &How<'_>) -> Result<PathBuf, Failure> {
    let mut command = build_command(folder, binary, how)?;
    let mut child = command.spawn().map_err(|error| no_cargo(&error.into()))?;
    let built = child
        .stdout
        .take()
        .and_then(|output| executable(output, binary));
    let status = child
        .wait()
        .map_err(|error| Failure::No(format!("cargo cannot be waited for: {error}")))?;
    if !status.success() {
        return Err(failed(binary, status, how.linking));
    }
    built.ok_or_else(|| {
        Failure::No(format!(
            "expected cargo to say where it put {}, found nothing",
            binary.name
        ))
    })
}

fn build_command(folder: &Path, binary: &Binary, how: &How<'_>) -> Result<Command, Problem> {
    let mut command = command();
    command
        // Cargo then says where the executable is, whatever its configuration and environment make of the folder.
        .args([
            "build",
            "--release",
            "--message-format=json-render-diagnostics",
        ])
        .arg("--manifest-path")
        .arg(&binary.manifest)
        .args(["--package", &binary.package, "--bin", &binary.name])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    if how.lock_file == LockFile::Kept {
        command.arg("--locked");
    }
    if how.linking == Linking::Static {
        StaticTarget::installed(folder)?.apply(&mut command, folder);
    }
    Ok(command)
}

fn failed(binary: &Binary, status: ExitStatus, linking: Linking) -> Failure {
    let libraries = match linking {
        Linking::System => "",
        Linking::Static => {
            "; a static program needs libc.a (Debian: libc6-dev, Fedora: glibc-static), and every crate linked statically"
        }
    };
    Failure::No(format!(
        "{} could not be built ({status}); cargo's messages are above{libraries}",
        binary.name
    ))
}

/// Cargo, without what another cargo has set for this process.
fn command() -> Command {
    let mut command = Command::new(program());
    for name in outer_variables() {
        command.env_remove(name);
    }
    command
}

fn outer_variables() -> impl Iterator<Item = OsString> {
    std::env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| is_outer(name))
}

fn is_outer(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    OUTER_CARGO.iter().any(|prefix| name.starts_with(prefix))
}

fn program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn metadata(folder: &Path) -> Result<Metadata, Failure> {
    let mut command = MetadataCommand::new();
    command.cargo_path(program()).current_dir(folder).no_deps();
    for name in outer_variables() {
        command.env_remove(name);
    }
    command.exec().map_err(|error| match error {
        cargo_metadata::Error::CargoMetadata { stderr } => Failure::from(Problem::new(
            folder.join("Cargo.toml").display().to_string(),
            format!(
                "expected a manifest that cargo understands, found: {}",
                stderr.trim()
            ),
        )),
        other => no_cargo(&other),
    })
}

fn of(package: &Package) -> Vec<Binary> {
    let binaries = package.targets.iter().filter(|target| target.is_bin());
    binaries
        .map(|target| Binary {
            package: package.name.to_string(),
            name: target.name.clone(),
            manifest: package.manifest_path.clone().into(),
        })
        .collect()
}

/// The executable that cargo names. All messages are read, since cargo waits for its reader.
fn executable(output: ChildStdout, binary: &Binary) -> Option<PathBuf> {
    Message::parse_stream(BufReader::new(output))
        .filter_map(Result::ok)
        .filter_map(|message| match message {
            Message::CompilerArtifact(artifact) => Some(artifact),
            _ => None,
        })
        .filter(|artifact| artifact.target.name == binary.name)
        .filter(|artifact| artifact.target.kind.contains(&TargetKind::Bin))
        .filter_map(|artifact| artifact.executable)
        .last()
        .map(Into::into)
}

fn no_cargo(error: &cargo_metadata::Error) -> Failure {
    let text = format!(
        "expected cargo to start, found: {error}; install Rust (https://rustup.rs), or set CARGO to its path"
    );
    Problem::new(program().to_string_lossy(), text).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_describes_the_outer_package_is_kept_from_the_inner_cargo() {
        let table = [
            ("CARGO_PKG_NAME", true),
            ("CARGO_MANIFEST_DIR", true),
            ("CARGO_BIN_NAME", true),
            ("OUT_DIR", true),
            ("CARGO", false),
            ("CARGO_HOME", false),
            ("CARGO_TARGET_DIR", false),
            ("CARGO_NET_OFFLINE", false),
            ("CARGO_BUILD_TARGET", false),
            ("RUSTFLAGS", false),
        ];
        for (name, expected) in table {
            assert_eq!(is_outer(OsStr::new(name)), expected, "{name}");
        }
    }
}
