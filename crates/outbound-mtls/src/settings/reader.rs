//! The values of the settings, and what is wrong with them.

use std::collections::BTreeMap;
use std::path::Path;

use app_settings::{Environment, Problem, Value};

use super::names::{DECLARED, PASSWORD, PEM, SELECT};

/// Reads one setting after the other and collects every problem.
pub(super) struct Reader<'a> {
    pub(super) environment: &'a Environment,
    values: BTreeMap<&'static str, Value<'a>>,
    pub(super) app_root: &'a Path,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(environment: &'a Environment, app_root: &'a Path) -> Self {
        let mut problems = Vec::new();
        let mut values = BTreeMap::new();
        for name in DECLARED.names() {
            let value = environment.setting(name, &mut problems);
            let wrong = value.and_then(|value| misplaced_character(name, value.expose()));
            problems.extend(wrong.map(|text| Problem::new(*name, text)));
            values.extend(value.map(|value| (*name, value)));
        }
        Self {
            environment,
            values,
            app_root,
            problems,
        }
    }

    /// The value of a setting that is set.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.values.get(name).map(|value| value.expose())
    }

    pub(super) fn problem(&mut self, at: &str, text: impl Into<String>) {
        self.problems.push(Problem::new(at, text));
    }

    pub(super) fn has_problem(&self, at: &str) -> bool {
        self.problems.iter().any(|problem| problem.at() == at)
    }

    /// What a value looks like, without a part of it.
    pub(super) fn described(&self, name: &str) -> String {
        let value = self.values.get(name);
        value.map(|value| value.described()).unwrap_or_default()
    }

    /// Every problem, if there is one.
    pub(super) fn finish(self) -> Result<(), Vec<Problem>> {
        match self.problems.is_empty() {
            true => Ok(()),
            false => Err(self.problems),
        }
    }
}

/// A line break or quotation mark that was copied with a value. It is not removed: what is meant would be a guess.
fn misplaced_character(name: &str, text: &str) -> Option<String> {
    // PEM has line breaks of its own.
    if name != PEM && text.contains(['\r', '\n', '\0']) {
        return Some(
            "expected one line, found a line break or NUL; store the value without it (base64 -w0)"
                .to_owned(),
        );
    }
    let may_be_quoted = [PASSWORD, SELECT].contains(&name);
    let quote = |quote: char| text.trim().starts_with(quote) && text.trim().ends_with(quote);
    (!may_be_quoted && ['"', '\''].into_iter().any(quote))
        .then(|| "expected the value alone, found quotes around it; remove the quotes".to_owned())
}
