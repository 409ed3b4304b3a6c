//! The program that the host started so far, as an argument of the gate, and back.
//!
//! The host looks for its program below the app's folder and then in `PATH`. The gate looks for the server below the
//! working directory if the name has a `/`, and else in `PATH`. The host joins arguments by blanks and splits them again,
//! which it does not do to the program. Both are made up for on the text as it is written, so that the way back is exact.

use std::path::{Component, Path};

/// A double quote within a JSON string, which groups words of a command line.
const GROUP: &str = "\\\"";

/// Precedes a path of the current folder, which a bare name is not.
const HERE: &str = "./";

/// A JSON string: its source with the quotes, and what it says.
pub(super) struct Literal<'l> {
    pub(super) source: &'l str,
    pub(super) value: &'l str,
}

/// The program as the gate's argument; `is_file` says whether the app's folder holds a file.
pub(super) fn argument(
    program: &Literal<'_>,
    working_directory: Option<&str>,
    is_file: impl Fn(&str) -> bool,
) -> String {
    let value = program.value;
    let is_path = value.contains('/') || is_file(value);
    let is_fixed = Path::new(value).is_absolute() || value.starts_with('%');
    let prefix = match way_up(working_directory) {
        _ if is_fixed || !is_path => String::new(),
        Some(up) => up,
        // A `./` that is there already gets another one, so that it stays at the way back.
        None if value.starts_with(HERE) || !value.contains('/') => HERE.to_owned(),
        None => String::new(),
    };
    let is_grouped = value.contains([' ', '\t', '%']) || prefix.contains('%');
    let group = if is_grouped { GROUP } else { "" };
    let (quote, inner) = parts(program.source);
    format!("{quote}{group}{prefix}{inner}{group}{quote}")
}

/// The source of the gate's argument as that of the host's program.
pub(super) fn program(argument: &str, working_directory: Option<&str>) -> String {
    let (quote, inner) = parts(argument);
    let grouped = inner.strip_prefix(GROUP);
    let grouped = grouped.and_then(|rest| rest.strip_suffix(GROUP));
    let path = grouped.unwrap_or(inner);
    let prefix = way_up(working_directory).unwrap_or_else(|| HERE.to_owned());
    let program = path.strip_prefix(&prefix).unwrap_or(path);
    format!("{quote}{program}{quote}")
}

/// What leads from the working directory to the app's folder. `None` if they are the same.
fn way_up(working_directory: Option<&str>) -> Option<String> {
    let folder = Path::new(working_directory?);
    let parts = folder
        .components()
        .filter(|part| *part != Component::CurDir);
    let parts: Vec<Component<'_>> = parts.collect();
    match parts
        .iter()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        true if parts.is_empty() => None,
        true => Some("../".repeat(parts.len())),
        // The host puts the app's folder in place of this, in arguments too.
        false => Some("%FUNCTIONS_APP_ROOT_PATH%/".to_owned()),
    }
}

/// The quote of a JSON string, and what it encloses.
fn parts(source: &str) -> (&str, &str) {
    let inner = source.get(1..source.len().saturating_sub(1));
    (
        source.get(..1).unwrap_or_default(),
        inner.unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A working directory, a program as `host.json` has it, and the gate's argument. The app holds a file `server`.
    #[test]
    fn every_program_has_an_argument_that_leads_back_to_it() {
        let table = [
            (None, r#""python3""#, r#""python3""#),
            (None, r#""server""#, r#""./server""#),
            (None, r#""bin/server""#, r#""bin/server""#),
            (None, r#""./server""#, r#""././server""#),
            (None, r#""/opt/my server""#, r#""\"/opt/my server\"""#),
            (None, r#""my server/x""#, r#""\"my server/x\"""#),
            (None, "'server'", "'./server'"),
            (None, r#""%NODE%""#, r#""\"%NODE%\"""#),
            (None, r#""b\u00e9/x""#, r#""b\u00e9/x""#),
            (Some("."), r#""server""#, r#""./server""#),
            (Some("app"), r#""server""#, r#""../server""#),
            (Some("app/in"), r#""app/in/x""#, r#""../../app/in/x""#),
            (Some("app"), r#""./server""#, r#"".././server""#),
            (Some("app"), r#""python3""#, r#""python3""#),
            (
                Some("/srv"),
                r#""bin/x""#,
                r#""\"%FUNCTIONS_APP_ROOT_PATH%/bin/x\"""#,
            ),
            (
                Some("../out"),
                r#""server""#,
                r#""\"%FUNCTIONS_APP_ROOT_PATH%/server\"""#,
            ),
        ];
        for (folder, source, expected) in table {
            let (_, value) = parts(source);
            let literal = Literal { source, value };
            let found = argument(&literal, folder, |name| name == "server");
            assert_eq!(found, expected, "{folder:?} {source}");
            assert_eq!(program(&found, folder), source, "{folder:?} {source}");
        }
    }
}
