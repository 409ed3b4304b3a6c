//! `local.settings.json`, as `func start` reads it.

use std::path::Path;

use app_settings::{FileError, Problem, read_file};
use jsonc_parser::{JsonObject, JsonValue, ParseOptions, parse_to_value};

use crate::handler_process::Variables;

/// The largest file that is read; App Service takes some hundred kilobytes of settings in all.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The file's name in the project folder.
pub(crate) const FILE: &str = "local.settings.json";

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
    /// All problems at once: unreadable, no JSON, encrypted, values that are no strings.
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
        let mut root = parse_object(bytes).map_err(|text| vec![Problem::new(FILE, text)])?;
        let mut problems: Vec<_> = encryption_problem(&mut root).into_iter().collect();
        let mut values = Vec::new();
        match take(&mut root, "Values") {
            None | Some(JsonValue::Null) => {}
            Some(JsonValue::Object(object)) => {
                for (name, value) in object {
                    match read_value(&name, &value) {
                        Ok(text) => values.push((name.into_owned(), text)),
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

fn parse_object(bytes: &[u8]) -> Result<JsonObject<'_>, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| "expected UTF-8, found other bytes; save the file as UTF-8".to_owned())?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let options = ParseOptions {
        allow_missing_commas: false,
        ..ParseOptions::default()
    };
    // The parser's own message quotes the place but no more than one token of the text.
    match parse_to_value(text, &options) {
        Ok(Some(JsonValue::Object(object))) => Ok(object),
        Ok(_) => Err("expected a JSON object, found something else; write {\"IsEncrypted\": false, \"Values\": {}}".to_owned()),
        Err(error) => Err(format!(
            "expected JSON, found a mistake in line {}; correct it",
            error.line_display()
        )),
    }
}

/// `IsEncrypted` is true where it is absent, and only `func` holds the key then.
fn encryption_problem(root: &mut JsonObject<'_>) -> Option<Problem> {
    let text = match take(root, "IsEncrypted") {
        Some(JsonValue::Boolean(false)) => return None,
        Some(JsonValue::String(text)) if text.eq_ignore_ascii_case("false") => return None,
        None => {
            "expected false, found nothing, which means true; add \"IsEncrypted\": false to the file"
        }
        Some(_) => {
            "expected false, found something else; only func can decrypt the file, run `func settings decrypt`"
        }
    };
    Some(Problem::new(format!("{FILE}: IsEncrypted"), text))
}

/// Takes a member by its name in any case, as the original reads it.
fn take<'a>(object: &mut JsonObject<'a>, name: &str) -> Option<JsonValue<'a>> {
    let members = std::mem::replace(object, JsonObject::with_capacity(0));
    let (found, others): (Vec<_>, Vec<_>) = members
        .into_iter()
        .partition(|(key, _)| key.eq_ignore_ascii_case(name));
    let mut kept = JsonObject::with_capacity(others.len()).take_inner();
    kept.extend(others);
    *object = JsonObject::new(kept);
    found.into_iter().map(|(_, value)| value).next()
}

/// The text of one setting. Its value never stands in a problem, since it may be a secret.
fn read_value(name: &str, value: &JsonValue<'_>) -> Result<String, Problem> {
    let at = || format!("{FILE}: Values.{}", name.escape_default());
    let seen = match value {
        JsonValue::String(text) if name.is_empty() || name.contains(['=', '\0']) => {
            let _ = text;
            return Err(Problem::new(
                at(),
                "expected a name without = that is not empty; rename it",
            ));
        }
        JsonValue::String(text) if text.contains('\0') => "a NUL character",
        JsonValue::String(text) => return Ok(text.clone().into_owned()),
        JsonValue::Number(_) => "a number",
        JsonValue::Boolean(_) => "true or false without quotes",
        JsonValue::Object(_) => "an object; write nested names with __",
        JsonValue::Array(_) => "an array",
        JsonValue::Null => "null",
    };
    Err(Problem::new(
        at(),
        format!("expected a string, found {seen}; put the value into double quotes"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(problems: Vec<Problem>) -> Vec<String> {
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn values_are_read_with_comments_and_a_byte_order_mark() {
        let text = "\u{FEFF}{ // a comment\n \"isEncrypted\": false, \"Values\": {\"B\": \"2\", \"A\": \"1\"},\n \"Host\": {\"CORS\": \"*\"} }";
        let settings = LocalSettings::parse(text.as_bytes()).unwrap();
        assert_eq!(
            settings.values,
            [
                ("A".to_owned(), "1".to_owned()),
                ("B".to_owned(), "2".to_owned())
            ]
        );
    }

    #[test]
    fn a_variable_that_is_set_already_wins() {
        let text = br#"{"IsEncrypted": false, "Values": {"A": "file", "B": "file", "C": "file"}}"#;
        let mut environment = Variables::from([("A", "shell"), ("B", "")]);
        let merged = LocalSettings::parse(text)
            .unwrap()
            .merge_into(&mut environment);
        assert_eq!(merged.kept, ["A"]);
        let seen = ["A", "B", "C"].map(|name| environment.get(name));
        assert_eq!(seen, [Some("shell"), Some("file"), Some("file")]);
    }

    #[test]
    fn an_encrypted_file_is_refused_plainly() {
        for text in ["{}", r#"{"IsEncrypted": true}"#, r#"{"IsEncrypted": null}"#] {
            let problems = texts(LocalSettings::parse(text.as_bytes()).unwrap_err());
            assert!(
                problems[0].contains("IsEncrypted: expected false"),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn all_problems_are_named_at_once_and_no_value_is_shown() {
        let text = r#"{"Values": {"A": 4711, "B": ["secret"], "C": true, "D": null, "E": {"F": "secret"}, "OK": "x"}}"#;
        let problems = texts(LocalSettings::parse(text.as_bytes()).unwrap_err());
        assert_eq!(problems.len(), 6, "{problems:?}");
        assert!(
            problems
                .iter()
                .all(|p| !p.contains("secret") && !p.contains("4711"))
        );
        for name in [
            "Values.A",
            "Values.B",
            "Values.C",
            "Values.D",
            "Values.E",
            "IsEncrypted",
        ] {
            assert!(problems.iter().any(|p| p.contains(name)), "{name}");
        }
    }

    #[test]
    fn what_is_no_json_object_says_so() {
        for (text, expected) in [
            (&b"[]"[..], "a JSON object"),
            (b"", "a JSON object"),
            (b"{\n\"a\": ?}", "line 2"),
            (b"\xff\xfe{", "UTF-8"),
            (
                br#"{"IsEncrypted": false, "Values": []}"#,
                "an object of settings",
            ),
        ] {
            let problems = texts(LocalSettings::parse(text).unwrap_err());
            assert!(problems[0].contains(expected), "{problems:?}");
        }
    }

    #[test]
    fn a_missing_file_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            LocalSettings::read(folder.path()),
            Ok(LocalSettings::default())
        );
    }
}
