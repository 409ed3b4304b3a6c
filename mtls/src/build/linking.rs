//! How a program is linked: to the libraries of the system, or to nothing that has to be on the machine that it starts on.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use app_settings::Problem;

/// What a built program needs of the machine that it starts on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Linking {
    /// The C library of this machine, or a newer one.
    System,
    /// Nothing but Linux on x86-64. It names no folder of this machine either.
    Static,
}

/// A target of rustc whose programs are static.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum StaticTarget {
    /// With glibc, which has to be there as `libc.a`.
    Glibc,
    /// With musl, which the target brings; crates in C need its compiler (`musl-gcc`).
    Musl,
}

/// What comes between the flags in `CARGO_ENCODED_RUSTFLAGS`.
const FLAG_SEPARATOR: &str = "\u{1f}";

/// OpenSSL would name cargo's output folder as the place of its engines and modules, of which it builds none. Its own makefile
/// takes the places from here.
const OPENSSL_PLACES: &str = "ENGINESDIR=/nonexistent MODULESDIR=/nonexistent";

impl StaticTarget {
    /// The one to build with: glibc, which other builds have too, or else musl.
    ///
    /// # Errors
    ///
    /// Neither is installed.
    pub(super) fn installed(folder: &Path) -> Result<Self, Problem> {
        let targets = [Self::Glibc, Self::Musl].into_iter();
        // The linker of another system has no libraries of glibc.
        let mut linkable =
            targets.filter(|target| *target == Self::Musl || cfg!(target_os = "linux"));
        linkable
            .find(|target| target.is_installed(folder))
            .ok_or_else(|| {
                let text = format!(
                    "expected the target {} or {} of rustc, found neither; run rustup target add {}",
                    Self::Glibc.triple(),
                    Self::Musl.triple(),
                    Self::Musl.triple()
                );
                Problem::new("--static", text)
            })
    }

    /// Has cargo build for this target, with paths of this machine replaced.
    pub(super) fn apply(self, command: &mut Command, folder: &Path) {
        command.args(["--target", self.triple()]);
        command.env("GNUMAKEFLAGS", OPENSSL_PLACES);
        let flags = self.flags(&folders(folder));
        match inherited_flags() {
            // Cargo asks no configuration then.
            Some(mut all) => {
                all.extend(flags);
                command.env("CARGO_ENCODED_RUSTFLAGS", all.join(FLAG_SEPARATOR));
            }
            // A list of JSON is one of TOML.
            None => {
                let list = serde_json::Value::from(flags);
                let setting = format!("target.{}.rustflags={list}", self.triple());
                command.args(["--config", &setting]);
            }
        }
    }

    fn triple(self) -> &'static str {
        match self {
            Self::Glibc => "x86_64-unknown-linux-gnu",
            Self::Musl => "x86_64-unknown-linux-musl",
        }
    }

    fn is_installed(self, folder: &Path) -> bool {
        let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let output = Command::new(compiler)
            .args(["--print", "target-libdir", "--target", self.triple()])
            .current_dir(folder)
            .stderr(Stdio::null())
            .output();
        output.is_ok_and(|output| {
            Path::new(String::from_utf8_lossy(&output.stdout).trim_end()).is_dir()
        })
    }

    /// The last prefix that fits counts, so folders come before those within them.
    fn flags(self, folders: &[(PathBuf, &str)]) -> Vec<String> {
        // musl is static by itself.
        let linked = (self == Self::Glibc).then(|| "-Ctarget-feature=+crt-static".to_owned());
        let replaced = folders
            .iter()
            .map(|(folder, name)| format!("--remap-path-prefix={}={name}", folder.display()));
        linked.into_iter().chain(replaced).collect()
    }
}

/// Folders of this machine, and what programs call them.
fn folders(folder: &Path) -> Vec<(PathBuf, &'static str)> {
    let home = std::env::home_dir().filter(|home| home.parent().is_some());
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| home.as_ref().map(|home| home.join(".cargo")));
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let named = [
        (home, "/home"),
        (folder.canonicalize().ok(), "/app"),
        (target, "/target"),
        (cargo, "/cargo"),
    ];
    let named = named.into_iter();
    named
        .filter_map(|(folder, name)| Some((folder?, name)))
        .collect()
}

/// The flags that the environment gives to rustc, as cargo reads them.
fn inherited_flags() -> Option<Vec<String>> {
    let text = |name| -> Option<String> {
        let value: OsString = std::env::var_os(name)?;
        Some(value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
    };
    let list = |text: String, separator: &str| {
        let flags = text.split(separator).filter(|flag| !flag.is_empty());
        flags.map(ToOwned::to_owned).collect()
    };
    text("CARGO_ENCODED_RUSTFLAGS")
        .map(|flags| list(flags, FLAG_SEPARATOR))
        .or_else(|| text("RUSTFLAGS").map(|flags| list(flags, " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_link_statically_and_name_the_inner_folder_last() {
        let folders = [
            (PathBuf::from("/home/me"), "/home"),
            (PathBuf::from("/home/me/.cargo"), "/cargo"),
        ];
        let replaced = [
            "--remap-path-prefix=/home/me=/home",
            "--remap-path-prefix=/home/me/.cargo=/cargo",
        ];
        assert_eq!(StaticTarget::Musl.flags(&folders), replaced);
        let flags = StaticTarget::Glibc.flags(&folders);
        assert_eq!(flags[0], "-Ctarget-feature=+crt-static");
        assert_eq!(flags[1..], replaced);
    }
}
