//! Which files of the app count, and as what.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use app_settings::Environment;
use functions_handler::host::contract;
use ignore::gitignore::Gitignore;

use super::super::Local;
use super::super::prepared::Prepared;
use crate::local_settings;

/// Folders of tools, wherever they are: what is built or installed, and the tool's own certificates.
const TOOLS: [&str; 13] = [
    ".git",
    ".idea",
    ".mypy_cache",
    ".pytest_cache",
    ".python_packages",
    ".venv",
    ".vscode",
    "__pycache__",
    "certs",
    "node_modules",
    "obj",
    "target",
    "venv",
];

/// How names of files end that editors and running servers write.
const PASSING_ENDINGS: [&str; 9] = [
    "~",
    ".db",
    ".db-journal",
    ".log",
    ".pid",
    ".pyc",
    ".swp",
    ".swx",
    ".tmp",
];

/// Names the policy document.
const POLICY: &str = "CLIENT_CERT_POLICY";

/// How much is looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Breadth {
    /// What the host and the settings are read from.
    Configuration,
    /// The program's sources too.
    Everything,
}

/// What a file is to a run.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Kind {
    /// `host.json`, a `function.json`, `local.settings.json`.
    Configuration,
    /// The policy document, which the handler itself reads anew.
    Policy,
    /// Anything that the program may be made of or read.
    Source,
}

/// A file that is another one now.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Change {
    pub(super) kind: Kind,
    /// Its name from the app's folder.
    pub(super) name: String,
}

/// Which files count.
pub(super) struct Scope {
    /// The app's folder, without links in it.
    pub(super) folder: PathBuf,
    breadth: Breadth,
    rules: Vec<Gitignore>,
    /// What cargo builds from the sources.
    built: Option<PathBuf>,
    policy: Option<PathBuf>,
}

impl Scope {
    /// The scope of a run, by what its files say at this moment.
    pub(super) fn of(local: &Local, prepared: &Prepared) -> Self {
        let environment: Environment = prepared.environment.iter().collect();
        let is_package = prepared.folder.join("Cargo.toml").is_file();
        let built = local.own_program(&prepared.project, &prepared.environment);
        let breadth = match local.watch {
            true => Breadth::Everything,
            false => Breadth::Configuration,
        };
        let built = built.as_deref().filter(|_| is_package);
        Self::new(&prepared.folder, breadth, built, &environment)
    }

    /// The scope by its parts; `built` is the program that cargo makes in this folder, as `host.json` names it.
    fn new(
        folder: &Path,
        breadth: Breadth,
        built: Option<&str>,
        environment: &Environment,
    ) -> Self {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let policy = environment
            .get(POLICY)
            .map(|value| value.expose().to_owned());
        let policy = policy.filter(|name| !name.contains("://"));
        Self {
            rules: rules(&folder),
            built: built.map(|program| folder.join(program)),
            policy: policy.map(|name| folder.join(name)),
            breadth,
            folder,
        }
    }

    /// The folder of a policy document that no other folder of the scope holds.
    pub(super) fn policy_folder(&self) -> Option<&Path> {
        self.policy.as_deref().and_then(Path::parent)
    }

    /// What a changed file counts as, if it does.
    pub(super) fn change(&self, path: &Path) -> Option<Change> {
        let is_policy = self.policy.as_deref() == Some(path);
        let name = match path.strip_prefix(&self.folder) {
            Ok(below) => below.to_string_lossy().replace('\\', "/"),
            Err(_) if is_policy => path.display().to_string(),
            Err(_) => return None,
        };
        let kind = match (is_policy, is_configuration(&name), self.breadth) {
            (true, _, Breadth::Everything) => Kind::Policy,
            (_, true, _) => Kind::Configuration,
            (_, false, Breadth::Everything) if self.is_source(path, &name) => Kind::Source,
            _ => return None,
        };
        Some(Change { kind, name })
    }

    /// Whether files of this folder, which is the app's or below it, are looked at.
    pub(super) fn enters(&self, folder: &Path) -> bool {
        let Ok(below) = folder.strip_prefix(&self.folder) else {
            return false;
        };
        let depth = below.components().count();
        match self.breadth {
            _ if depth == 0 => true,
            // Functions are directly below the app's folder.
            Breadth::Configuration => depth == 1 && !is_of_tools(below),
            // A function's folder may be excluded with everything else that lies there.
            Breadth::Everything => {
                !is_of_tools(below)
                    && (folder.join(contract::FUNCTION_JSON).is_file()
                        || !self.is_excluded(folder, true))
            }
        }
    }

    fn is_source(&self, path: &Path, name: &str) -> bool {
        let parent = Path::new(name).parent().unwrap_or(Path::new(""));
        let file = name.rsplit('/').next().unwrap_or_default();
        let is_passing = file.starts_with(".#")
            || file.bytes().all(|byte| byte.is_ascii_digit())
            || PASSING_ENDINGS.iter().any(|ending| file.ends_with(ending));
        !is_passing
            && !is_of_tools(parent)
            && self.built.as_deref() != Some(path)
            && !self.is_excluded(path, false)
    }

    fn is_excluded(&self, path: &Path, is_folder: bool) -> bool {
        let mut rules = self.rules.iter();
        rules.any(|rules| {
            rules
                .matched_path_or_any_parents(path, is_folder)
                .is_ignore()
        })
    }
}

/// `.gitignore` of the folder and of those above it, up to the repository's; and `.funcignore`, unless cargo builds the
/// app, whose sources are not published.
fn rules(folder: &Path) -> Vec<Gitignore> {
    let mut files = Vec::new();
    for above in folder.ancestors() {
        files.push(above.join(".gitignore"));
        if above.join(".git").exists() {
            break;
        }
    }
    if !folder.join("Cargo.toml").is_file() {
        files.push(folder.join(".funcignore"));
    }
    let present = files.into_iter().filter(|file| file.is_file());
    present.map(|file| Gitignore::new(file).0).collect()
}

fn is_configuration(name: &str) -> bool {
    let function = name
        .strip_suffix(contract::FUNCTION_JSON)
        .and_then(|folder| folder.strip_suffix('/'));
    [contract::HOST_JSON, local_settings::FILE].contains(&name)
        || function.is_some_and(|folder| !folder.contains('/'))
}

fn is_of_tools(below: &Path) -> bool {
    let mut parts = below.components();
    parts.any(|part| TOOLS.iter().any(|name| part.as_os_str() == *name))
}
