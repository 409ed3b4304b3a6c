//! Which binary of which package makes the program that `host.json` names. Pure.

use std::path::{Path, PathBuf};

use app_settings::Problem;
use clap::Args;

/// What the user chose, where cargo's answer leaves a choice.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Choice {
    /// The cargo package that makes the program, if it is not the one in the app's folder
    #[arg(long, value_name = "NAME")]
    pub(super) package: Option<String>,
    /// The binary that makes the program, if it has another name
    #[arg(long, value_name = "NAME")]
    pub(super) bin: Option<String>,
}

/// One binary that cargo can build.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Binary {
    /// The package it belongs to.
    pub(super) package: String,
    /// Its name.
    pub(super) name: String,
    /// The manifest of its package.
    pub(super) manifest: PathBuf,
}

/// The binary that makes `executable`: the one that was chosen, the one of that name, or the only one.
///
/// None for a bare name that no binary has, which is a program in `PATH`, and where there is no binary at all.
///
/// # Errors
///
/// A choice that nothing fits, and several binaries without a choice; the problem names what was found.
pub(super) fn choose<'a>(
    binaries: &'a [Binary],
    executable: &str,
    choice: &Choice,
) -> Result<Option<&'a Binary>, Problem> {
    let chosen: Vec<&Binary> = binaries
        .iter()
        .filter(|binary| choice.bin.as_ref().is_none_or(|bin| *bin == binary.name))
        .collect();
    let is_chosen = choice.bin.is_some() || choice.package.is_some();
    if chosen.is_empty() && is_chosen {
        return Err(unknown(choice, binaries));
    }
    let stem = Path::new(executable).file_stem();
    let named: Vec<&Binary> = chosen
        .iter()
        .filter(|binary| stem.is_some_and(|stem| stem == binary.name.as_str()))
        .copied()
        .collect();
    let is_bare = Path::new(executable).components().count() == 1;
    match (named.as_slice(), chosen.as_slice()) {
        ([binary], _) => Ok(Some(binary)),
        ([], _) if is_bare && !is_chosen => Ok(None),
        ([], [binary]) => Ok(Some(binary)),
        ([], []) => Ok(None),
        ([], several) | (several, _) => Err(ambiguous(executable, several)),
    }
}

fn unknown(choice: &Choice, binaries: &[Binary]) -> Problem {
    let (option, name) = match (&choice.bin, &choice.package) {
        (Some(bin), _) => ("--bin", bin.as_str()),
        (None, package) => ("--package", package.as_deref().unwrap_or_default()),
    };
    let found = match binaries {
        [] => "none".to_owned(),
        _ => list(binaries.iter()),
    };
    Problem::new(
        format!("{option} {name}"),
        format!("expected a binary that cargo knows, found {found}; correct the name"),
    )
}

fn ambiguous(executable: &str, found: &[&Binary]) -> Problem {
    let text = format!(
        "expected one binary that makes {executable}, found {}; choose with --bin, or --package where the names are equal",
        list(found.iter().copied())
    );
    Problem::new("host.json", text)
}

fn list<'a>(binaries: impl Iterator<Item = &'a Binary>) -> String {
    let names: Vec<String> = binaries
        .map(|binary| format!("{} (package {})", binary.name, binary.package))
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Binaries from a list such as `app/handler app/tool`.
    fn binaries(names: &str) -> Vec<Binary> {
        let binary = |name: &str| {
            let (package, name) = name.split_once('/').unwrap();
            Binary {
                package: package.to_owned(),
                name: name.to_owned(),
                manifest: PathBuf::new(),
            }
        };
        names.split_whitespace().map(binary).collect()
    }

    fn chosen(names: &str, executable: &str, bin: Option<&str>) -> Result<Option<String>, String> {
        let choice = Choice {
            package: None,
            bin: bin.map(ToOwned::to_owned),
        };
        choose(&binaries(names), executable, &choice)
            .map(|binary| binary.map(|binary| format!("{}/{}", binary.package, binary.name)))
            .map_err(|problem| problem.to_string())
    }

    #[test]
    fn the_name_decides_then_being_the_only_one() {
        for (names, executable, bin, expected) in [
            ("app/handler", "bin/handler", None, Some("app/handler")),
            (
                "app/handler app/tool",
                "bin/handler",
                None,
                Some("app/handler"),
            ),
            ("app/handler", "bin/handler.exe", None, Some("app/handler")),
            ("app/server", "bin/handler", None, Some("app/server")),
            ("app/handler", "handler", None, Some("app/handler")),
            // A program in PATH.
            ("app/server", "node", None, None),
            ("", "bin/handler", None, None),
            ("app/server", "handler", Some("server"), Some("app/server")),
            ("app/a app/b", "bin/handler", Some("b"), Some("app/b")),
        ] {
            let found = chosen(names, executable, bin).unwrap();
            assert_eq!(found.as_deref(), expected, "{names} {executable}");
        }
    }

    #[test]
    fn what_leaves_a_choice_names_what_was_found_and_the_option() {
        for (names, bin, parts) in [
            (
                "app/a app/b",
                None,
                ["found a (package app), b (package app)", "--bin"],
            ),
            (
                "x/handler y/handler",
                None,
                ["handler (package x), handler (package y)", "--package"],
            ),
            ("app/a", Some("z"), ["--bin z", "found a (package app)"]),
            ("", Some("z"), ["--bin z", "found none"]),
        ] {
            let problem = chosen(names, "bin/handler", bin).unwrap_err();
            assert!(parts.iter().all(|part| problem.contains(part)), "{problem}");
        }
    }
}
