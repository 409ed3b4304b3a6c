//! `local.settings.json`, as `func start` reads it.

use std::collections::HashSet;
use std::path::Path;

use app_settings::{FileError, Problem, read_file};
use jsonc_parser::ast::{ObjectProp, Value as Node};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::handler_process::Variables;

/// The largest file that is read; App Service takes some hundred kilobytes of settings in all.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The file's name in the project folder.
pub(crate) const FILE: &str = "local.settings.json";

/// The keys of the file that `func` knows (`AppSettingsFile.cs`).
const KEYS: [&str; 4] = ["IsEncrypted", "Values", "Host", "ConnectionStrings"];

/// Up to so many slips of the keyboard, a key is a known one that is misspelt.
const NEAR: usize = 2;

/// Keys beyond this length are like no known one, and cost much to compare.
const MAX_KEY_LENGTH: usize = 32;

/// The settings under `Values`, in the order of their names.
///
/// Connection strings and the `Host` section are not read: neither reaches a custom handler.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct LocalSettings {
    values: Vec<(String, String)>,
}

/// What became of the settings when they met the environment.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Merged {
    /// Names that the environment defined already; its values won.
    pub(crate) kept: Vec<String>,
}

impl LocalSettings {
    /// Reads the file in the project folder; a missing file is an empty one, as for `func start`.
    ///
    /// # Errors
    ///
    /// All problems at once: unreadable, no JSON, encrypted, unknown keys, keys written twice, values that are no strings.
    pub(crate) fn read(project: &Path) -> Result<Self, Vec<Problem>> {
        let path = project.join(FILE);
        match read_file(&path, MAX_FILE_BYTES) {
            Ok(bytes) => Self::parse(&bytes),
            Err(FileError::Missing) => Ok(Self::default()),
            Err(error) => Err(vec![Problem::new(
                FILE,
                format!("expected a readable file, found: {error}; correct its permissions"),
            )]),
        }
    }

    /// Reads the file's bytes: UTF-8, with or without a byte order mark, comments allowed.
    ///
    /// # Errors
    ///
    /// As [`LocalSettings::read`].
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        let members = parse_object(bytes).map_err(|text| vec![Problem::new(FILE, text)])?;
        let mut problems = unknown_keys(&members);
        problems.extend(encryption_problem(member(&members, "IsEncrypted")));
        let mut values = Vec::new();
        match member(&members, "Values") {
            None | Some(Node::NullKeyword(_)) => {}
            Some(Node::Object(object)) => {
                let mut names = HashSet::new();
                for property in &object.properties {
                    let name = property.name.as_str();
                    if !names.insert(name) {
                        problems.push(repeated(&format!("Values.{}", name.escape_default())));
                    }
                    match read_value(name, &property.value) {
                        Ok(text) => values.push((name.to_owned(), text)),
                        Err(problem) => problems.push(problem),
                    }
                }
            }
            Some(_) => problems.push(Problem::new(
                format!("{FILE}: Values"),
                "expected an object of settings, found another type; write {\"NAME\": \"value\"}",
            )),
        }
        if problems.is_empty() {
            values.sort();
            Ok(Self { values })
        } else {
            problems.sort();
            problems.dedup();
            Err(problems)
        }
    }

    /// Adds the settings to `environment`; a variable that is set to something there already wins.
    pub(crate) fn merge_into(self, environment: &mut Variables) -> Merged {
        let mut merged = Merged::default();
        for (name, value) in self.values {
            match environment.get(&name) {
                Some(defined) if !defined.is_empty() => merged.kept.push(name),
                _ => environment.set(&name, &value),
            }
        }
        merged
    }
}

fn parse_object(bytes: &[u8]) -> Result<Vec<ObjectProp<'_>>, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| "expected UTF-8, found other bytes; save the file as UTF-8".to_owned())?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let options = ParseOptions {
        allow_missing_commas: false,
        ..ParseOptions::default()
    };
    // The parser's own message quotes the place but no more than one token of the text.
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options).map_err(|error| {
        format!(
            "expected JSON, found a mistake in line {}; correct it",
            error.line_display()
        )
    })?;
    match parsed.value {
        Some(Node::Object(object)) => Ok(object.properties),
        _ => Err("expected a JSON object, found something else; write {\"IsEncrypted\": false, \"Values\": {}}".to_owned()),
    }
}

/// Each key of the file that is not one of [`KEYS`], with the nearest one, and each that is written twice: nothing below
/// an unknown key would reach the handler.
fn unknown_keys(members: &[ObjectProp<'_>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut names = HashSet::new();
    for property in members {
        let name = property.name.as_str();
        if !names.insert(name.to_ascii_lowercase()) {
            problems.push(repeated(&name.escape_default().to_string()));
        }
        let distance = |key: &&&str| {
            strsim::damerau_levenshtein(&key.to_ascii_lowercase(), &name.to_ascii_lowercase())
        };
        if KEYS.iter().any(|key| key.eq_ignore_ascii_case(name)) {
            continue;
        }
        let near = KEYS
            .iter()
            .filter(|_| name.len() <= MAX_KEY_LENGTH)
            .min_by_key(distance);
        let advice = match near {
            Some(key) if distance(&key) <= NEAR => format!("rename it to {key}, the nearest one"),
            _ => "move it into Values if it is a setting, or remove it".to_owned(),
        };
        problems.push(Problem::new(
            format!("{FILE}: {}", name.escape_default()),
            format!(
                "expected one of {}, found another key; {advice}",
                KEYS.join(", ")
            ),
        ));
    }
    problems
}

fn repeated(name: &str) -> Problem {
    Problem::new(
        format!("{FILE}: {name}"),
        "expected one value, found several; keep one",
    )
}

/// `IsEncrypted` is true where it is absent, and only `func` holds the key then.
fn encryption_problem(value: Option<&Node<'_>>) -> Option<Problem> {
    let text = match value {
        Some(Node::BooleanLit(literal)) if !literal.value => return None,
        Some(Node::StringLit(literal)) if literal.value.eq_ignore_ascii_case("false") => {
            return None;
        }
        None => {
            "expected false, found nothing, which means true; add \"IsEncrypted\": false to the file"
        }
        Some(_) => {
            "expected false, found something else; only func can decrypt the file, run `func settings decrypt`"
        }
    };
    Some(Problem::new(format!("{FILE}: IsEncrypted"), text))
}

/// A member by its name in any case, as the original reads it.
fn member<'a, 'b>(members: &'a [ObjectProp<'b>], name: &str) -> Option<&'a Node<'b>> {
    let mut members = members.iter();
    let found = members.find(|property| property.name.as_str().eq_ignore_ascii_case(name))?;
    Some(&found.value)
}

/// The text of one setting. No problem shows its value, which may be a secret.
fn read_value(name: &str, value: &Node<'_>) -> Result<String, Problem> {
    let at = || format!("{FILE}: Values.{}", name.escape_default());
    let seen = match value {
        Node::StringLit(_) if name.is_empty() || name.contains(['=', '\0']) => {
            return Err(Problem::new(
                at(),
                "expected a name without = that is not empty; rename it",
            ));
        }
        Node::StringLit(text) if text.value.contains('\0') => "a NUL character",
        Node::StringLit(text) => return Ok(text.value.clone().into_owned()),
        Node::NumberLit(_) => "a number",
        Node::BooleanLit(_) => "true or false without quotes",
        Node::Object(_) => "an object; write nested names with __",
        Node::Array(_) => "an array",
        Node::NullKeyword(_) => "null",
    };
    Err(Problem::new(
        at(),
        format!("expected a string, found {seen}; put the value into double quotes"),
    ))
}

#[cfg(test)]
mod tests;
