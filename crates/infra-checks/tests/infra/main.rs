//! The templates of `infra/`: what the Bicep compiler is silent about, and what it would say.
//!
//! Each rule is a function from templates to problems, so that a planted mistake can show that it sees.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod certificates;
mod constants;
mod enums;
mod flex;
mod linter;
mod modules;
mod names;
mod planted;
mod settings;
mod storage;

use std::fs;
use std::path::{Path, PathBuf};

use infra_checks::Infra;

/// The root of the repository.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap().to_owned()
}

/// The templates and the files with parameters, by their paths below `infra/`.
fn files() -> Vec<(String, String)> {
    let infra = root().join("infra");
    let mut files = Vec::new();
    for folder in ["", "modules/"] {
        for entry in fs::read_dir(infra.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let ending = path.extension().unwrap_or_default();
            if ending == "bicep" || ending == "bicepparam" {
                let name = path.file_name().unwrap().to_string_lossy();
                files.push((
                    format!("{folder}{name}"),
                    fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    assert!(files.len() > 10, "{files:?}");
    files
}

/// The problems of templates; what cannot be read is one.
fn problems(files: &[(String, String)]) -> Vec<String> {
    let named = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()));
    match Infra::read(named) {
        Err(problems) => problems,
        Ok(infra) => [
            certificates::problems,
            constants::problems,
            flex::problems,
            linter::problems,
            names::problems,
            settings::problems,
            storage::problems,
        ]
        .into_iter()
        .flat_map(|rule| rule(&infra))
        .collect(),
    }
}

#[test]
fn the_templates_have_no_problem() {
    let problems = problems(&files());
    assert!(problems.is_empty(), "{problems:#?}");
}
