//! The documents of the repository: what they name is there.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap().to_owned()
}

/// The files under version control with one of these endings.
fn files(ending: &str) -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    let names = String::from_utf8(output.stdout).unwrap();
    let files: Vec<PathBuf> = names
        .lines()
        .filter(|name| name.ends_with(ending))
        .map(|name| root().join(name))
        .filter(|path| path.is_file())
        .collect();
    assert!(!files.is_empty(), "no file ends with {ending}");
    files
}

/// The targets of the links in a document.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let after_title = text.split("](").skip(1);
    after_title.filter_map(|rest| Some(rest.split_once(')')?.0))
}

/// The spans of code in a document, each on one line.
fn code_spans(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut broken = Vec::new();
    for document in files(".md") {
        let text = fs::read_to_string(&document).unwrap();
        for link in links(&text) {
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            if path.contains("://") {
                continue;
            }
            let target = match path {
                "" => document.clone(),
                path => document.parent().unwrap().join(path),
            };
            let found =
                target.exists() && (heading.is_empty() || headings(&target).contains(heading));
            if !found {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The headings of a document, as their links are written.
fn headings(document: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(document).unwrap();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let link = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(link).collect()
}

#[test]
fn every_test_that_guards_an_invariant_is_there() {
    let security = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let sources: String = files(".rs")
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    let (mut tests, mut missing) = (0, Vec::new());
    for name in code_spans(&security) {
        if Path::new(name)
            .extension()
            .is_some_and(|ending| ending == "rs")
        {
            let found = root().join(name).is_file();
            missing.extend((!found).then_some(name));
        } else if name.contains('_') && name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
            tests += 1;
            let found = sources.contains(&format!("fn {name}()"));
            missing.extend((!found).then_some(name));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(tests > 20, "{tests}");
}
