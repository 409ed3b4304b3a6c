//! What `func` publishes: everything that the app needs, and no key.

use std::fs;
use std::path::Path;

use functions_handler::host::contract;

use super::finding::{Finding, Kind, Place, Severity};
use super::funcignore::FILE;
use super::program::{beginning, file_of};
use super::server::base;
use super::subject::Subject;
use crate::secret::Secret;

/// Names that must not be published, each with an example that the rules are tried on.
const UNWANTED: [(&str, &str); 3] = [
    ("certs/", "certs/allowed.pfx"),
    ("*.pfx", "partner.pfx"),
    ("*.key", "partner.key"),
];

/// Folders that hold much and no key of anybody's.
const PASSED_OVER: [&str; 5] = [
    ".git",
    "target",
    "node_modules",
    "__pycache__",
    ".python_packages",
];

/// Entries of the folder that are looked at; more are passed over.
const MAX_ENTRIES: usize = 20_000;

/// How much of a file is looked at for secrets: as much as is parsed.
const MAX_SECRET_BYTES: u64 = 1024 * 1024;

/// What the package lacks, and what it must not hold.
pub(super) fn findings(subject: &Subject) -> Vec<Finding> {
    let needed = needed(subject);
    let lacking = needed.iter().filter_map(|path| {
        let place = subject.funcignore.leaving_out(path)?;
        Some(lacks(path, place))
    });
    lacking.chain(leaks(subject)).collect()
}

/// The files without which the app does not work, from the app's folder.
pub(crate) fn needed(subject: &Subject) -> Vec<String> {
    let mut paths = vec![contract::HOST_JSON.to_owned()];
    paths.extend(
        subject
            .function_files
            .iter()
            .map(|(_, file)| file.name.clone()),
    );
    let Some(command) = &subject.command else {
        return paths;
    };
    let is_below = Path::new(&command.program).is_relative() && command.program.contains('/');
    if is_below || file_of(subject, command).is_some() {
        paths.push(command.program.clone());
    }
    if let Some(server) = command.server() {
        let files = server.script().into_iter().chain([server.program]);
        let below = files.filter_map(|file| {
            let path = base(subject).join(file);
            let below = path
                .strip_prefix(&subject.folder)
                .ok()
                .filter(|_| path.is_file())?;
            Some(below.to_string_lossy().replace('\\', "/"))
        });
        paths.extend(below);
    }
    // A path out of the folder, which the rules do not know.
    paths.retain(|path| Path::new(path).is_relative() && !path.split('/').any(|part| part == ".."));
    paths.sort();
    paths.dedup();
    paths
}

fn lacks(path: &str, place: Place) -> Finding {
    Finding {
        severity: Severity::Error,
        kind: Kind::PackageLacks,
        place,
        found: format!("a rule leaves {path} out").into(),
        happens: "The app on Azure lacks the file.".into(),
        action: format!("Narrow the rule, or add !/{path} below it.").into(),
    }
}

fn leaks(subject: &Subject) -> Vec<Finding> {
    if let Some(mistake) = &subject.funcignore.mistake {
        return vec![Finding {
            severity: Severity::Error,
            kind: Kind::PackageLeaks,
            place: Place::file(FILE),
            found: mistake.text().to_owned().into(),
            happens: "What it leaves out is not known: func may publish the whole folder.".into(),
            action: "Make it a text in UTF-8 of at most 256 KiB.".into(),
        }];
    }
    if !subject.funcignore.is_there {
        return vec![Finding {
            severity: Severity::Warning,
            kind: Kind::PackageLeaks,
            place: Place::file(FILE),
            found: "there is no such file".into(),
            happens: "func publishes the whole folder: the keys in certs/, sources, build output.".into(),
            action: "Write one that names at least certs/, *.pfx, *.key, local.settings.json and build output.".into(),
        }];
    }
    let mut keys = Vec::new();
    key_files(
        subject,
        &subject.folder,
        &mut MAX_ENTRIES.clone(),
        &mut keys,
    );
    let found = keys.into_iter().map(|(path, secret)| {
        leak(
            Severity::Error,
            format!("no rule leaves {path} out, which holds {}", secret.name()),
        )
    });
    let unwanted = UNWANTED.iter();
    let open = unwanted.filter(|(_, example)| subject.funcignore.publishes(example));
    let open = open.map(|(rule, _)| leak(Severity::Warning, format!("no rule leaves {rule} out")));
    // func leaves it out by itself; other tools that read the same rules do not.
    let settings = "local.settings.json";
    let others = subject.funcignore.leaving_out(settings).is_none();
    let others = others.then(|| leak(Severity::Warning, format!("no rule leaves {settings} out")));
    found.chain(open).chain(others).collect()
}

fn leak(severity: Severity, found: String) -> Finding {
    Finding {
        severity,
        kind: Kind::PackageLeaks,
        place: Place::file(FILE),
        found: found.into(),
        happens:
            "It becomes part of the package, which everybody can read who may read the app's files."
                .into(),
        action: "Add a rule, such as /certs/ or *.pfx.".into(),
    }
}

/// Files with private keys that are published, by their paths from the app's folder.
fn key_files(
    subject: &Subject,
    folder: &Path,
    left: &mut usize,
    found: &mut Vec<(String, Secret)>,
) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let Some(rest) = left.checked_sub(1) else {
            return;
        };
        *left = rest;
        let path = entry.path();
        let is_passed_over = PASSED_OVER.iter().any(|name| entry.file_name() == *name);
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !is_passed_over => key_files(subject, &path, left, found),
            Ok(kind) if kind.is_file() => found.extend(published_key(subject, &path)),
            Ok(_) | Err(_) => {}
        }
    }
}

/// The path from the app's folder, if the file is published and holds what must not be.
fn published_key(subject: &Subject, path: &Path) -> Option<(String, Secret)> {
    let below = path.strip_prefix(&subject.folder).ok()?;
    let below = below.to_string_lossy().replace('\\', "/");
    if !subject.funcignore.publishes(&below) {
        return None;
    }
    let bytes = beginning(path, MAX_SECRET_BYTES)?;
    let secret = Secret::of(&below, &bytes)?;
    Some((below, secret))
}
