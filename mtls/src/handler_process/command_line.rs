//! The command line that the host makes of `host.json`.

use std::path::{Path, PathBuf};

use super::Variables;

/// The program to start: `%NAME%` expanded, made absolute where that file exists, else left to `PATH`.
///
/// `base` is the worker directory or the project folder. Unknown names stay as text.
pub(crate) fn program(configured: &str, base: &Path, variables: &Variables) -> PathBuf {
    let expanded = PathBuf::from(expanded(configured, variables));
    if expanded.is_absolute() {
        return expanded;
    }
    let below = base.join(&expanded);
    if below.is_file() { below } else { expanded }
}

/// The arguments as the started program sees them.
///
/// The host joins them with blanks and quotes nothing, so one configured argument with a blank becomes two. What
/// is left as `%NAME%` after the expansion is deleted.
pub(crate) fn arguments(configured: &[String], variables: &Variables) -> Vec<String> {
    let joined = configured.join(" ");
    split(&without_names(&expanded(&joined, variables)))
}

/// The text with every `%NAME%` replaced by the variable's value; unknown names stay as they are.
pub(crate) fn expanded(text: &str, variables: &Variables) -> String {
    replace_names(text, |name| variables.get(name).map(ToOwned::to_owned))
}

fn without_names(text: &str) -> String {
    replace_names(text, |_| Some(String::new()))
}

/// Replaces each `%name%` for which `value` gives something; the closing sign of others may open the next.
fn replace_names(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        replaced.push_str(before);
        let named = after
            .split_once('%')
            .filter(|(name, _)| !name.is_empty() && !name.contains(char::is_whitespace))
            .and_then(|(name, tail)| Some((value(name)?, tail)));
        match named {
            Some((value, tail)) => {
                replaced.push_str(&value);
                rest = tail;
            }
            None => {
                replaced.push('%');
                rest = after;
            }
        }
    }
    replaced.push_str(rest);
    replaced
}

/// Splits a command line as .NET does: blanks separate, double quotes group, `\"` is a quote.
fn split(line: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut current: Option<String> = None;
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' if !quoted => arguments.extend(current.take()),
            '"' => {
                quoted = !quoted;
                current.get_or_insert_default();
            }
            '\\' if chars.peek() == Some(&'"') => {
                chars.next();
                current.get_or_insert_default().push('"');
            }
            _ => current.get_or_insert_default().push(c),
        }
    }
    arguments.extend(current);
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Variables {
        Variables::from([("PORT", "4000"), ("NAME", "two words")])
    }

    #[test]
    fn arguments_are_joined_by_blanks_and_split_again() {
        let table: [(&[&str], &[&str]); 8] = [
            (&[], &[]),
            (&["--a", "b"], &["--a", "b"]),
            (&["one argument"], &["one", "argument"]),
            (&["\"one argument\""], &["one argument"]),
            (&["--port=%PORT%"], &["--port=4000"]),
            (&["%NAME%"], &["two", "words"]),
            (&["a%UNKNOWN%b", "100%"], &["ab", "100%"]),
            (&["say \\\"x\\\""], &["say", "\"x\""]),
        ];
        for (configured, expected) in table {
            let configured: Vec<String> = configured.iter().map(ToString::to_string).collect();
            assert_eq!(
                arguments(&configured, &variables()),
                expected,
                "{configured:?}"
            );
        }
    }

    #[test]
    fn a_program_that_is_no_file_below_the_project_is_left_to_the_search_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("4000");
        std::fs::write(&file, "").unwrap();
        let base = folder.path();
        assert_eq!(program("%PORT%", base, &variables()), file);
        assert_eq!(
            program("missing", base, &variables()),
            PathBuf::from("missing")
        );
        assert_eq!(
            program("%UNKNOWN%", base, &variables()),
            PathBuf::from("%UNKNOWN%")
        );
        assert_eq!(
            program("/bin/x", base, &variables()),
            PathBuf::from("/bin/x")
        );
    }
}
