//! The callers that the two lists admit.

use app_settings::{Environment, HarmlessSetting, ListEntry, Problem, is_key_material, parse_list};
use client_cert::{Thumbprint, is_invisible};

use super::cut_name::looks_cut;
use super::known::{COMMON_NAMES, THUMBPRINTS};

/// What the lists contain, each entry once, in the order of the setting.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Listed {
    /// `ALLOWED_CLIENT_CERT_THUMBPRINTS`.
    pub(super) thumbprints: Vec<Thumbprint>,
    /// `ALLOWED_CLIENT_CERT_COMMON_NAMES`.
    pub(super) common_names: Vec<String>,
}

impl Listed {
    /// Reads both lists. One wrong entry spoils its list.
    pub(super) fn read(environment: &Environment, problems: &mut Vec<Problem>) -> Self {
        Self {
            thumbprints: entries(environment, THUMBPRINTS, thumbprint, problems),
            common_names: entries(environment, COMMON_NAMES, name, problems),
        }
    }
}

fn entries<T: PartialEq>(
    environment: &Environment,
    setting: HarmlessSetting,
    read: fn(ListEntry) -> Result<T, String>,
    problems: &mut Vec<Problem>,
) -> Vec<T> {
    let Some(value) = environment.setting(setting.name(), problems) else {
        return Vec::new();
    };
    let mut wrong = |text| problems.push(Problem::new(setting.name(), text));
    let entries = match parse_list(value.expose()) {
        Ok(entries) => entries,
        Err(text) => {
            wrong(text);
            return Vec::new();
        }
    };
    let mut read_entries = Vec::new();
    for entry in entries {
        let number = entry.number;
        match read(entry) {
            Ok(read) if read_entries.contains(&read) => {}
            Ok(read) => read_entries.push(read),
            Err(text) => wrong(format!("entry {number}: {text}")),
        }
    }
    read_entries
}

fn thumbprint(entry: ListEntry) -> Result<Thumbprint, String> {
    let text = &entry.text;
    text.parse().map_err(|error| {
        format!(
            "{error}, in {}; copy the thumbprint again",
            THUMBPRINTS.shown(text)
        )
    })
}

/// A name, of which nothing is changed.
fn name(entry: ListEntry) -> Result<String, String> {
    let shown = || COMMON_NAMES.shown(&entry.text);
    if is_key_material(&entry.text) {
        return Err(format!(
            "expected a name, found {}; a key or certificate does not belong in this list",
            shown()
        ));
    }
    if let Some(found) = entry.text.chars().find(|c| is_unseen(*c)) {
        return Err(format!(
            "expected visible characters, found {found:?} in {}; type the name again",
            shown()
        ));
    }
    if !entry.is_whole && looks_cut(&entry.text) {
        return Err(format!(
            "expected a whole name, found {}, which looks like a part of a name that contains a comma; write each name \
             with a comma in double quotes, as \"Heron, Ltd.\", and this one in quotes if it is whole",
            shown()
        ));
    }
    Ok(entry.text)
}

/// Whether a character in a name could not be seen by the person who lists it, so that it never matched; U+FFFD is what
/// remains of a character that was lost.
fn is_unseen(c: char) -> bool {
    is_invisible(c) || c == '\u{FFFD}'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Result<Vec<String>, Vec<Problem>> {
        let environment = Environment::from_iter([(COMMON_NAMES.name(), text)]);
        let mut problems = Vec::new();
        let listed = Listed::read(&environment, &mut problems);
        match problems.is_empty() {
            true => Ok(listed.common_names),
            false => Err(problems),
        }
    }

    #[test]
    fn names_are_taken_as_they_are_written() {
        let rows: [(&str, &[&str]); 9] = [
            ("partner", &["partner"]),
            ("partner, other,partner", &["partner", "other"]),
            (r#""Heron, Ltd.", Egret"#, &["Heron, Ltd.", "Egret"]),
            (r#"["Heron, Ltd.", "Ltd."]"#, &["Heron, Ltd.", "Ltd."]),
            ("Heron Ltd.", &["Heron Ltd."]),
            ("Heron Ltd, Egret GmbH", &["Heron Ltd", "Egret GmbH"]),
            (
                "Heron (UK), api-1.example",
                &["Heron (UK)", "api-1.example"],
            ),
            ("Coop, Agfa", &["Coop", "Agfa"]),
            (&"a".repeat(64), &[&"a".repeat(64)]),
        ];
        for (text, expected) in rows {
            assert_eq!(names(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_name_that_a_comma_has_cut_is_never_listed() {
        for form in [
            "Ltd.",
            "Ltd",
            "Inc.",
            "inc",
            "GmbH",
            "LLC",
            "L.L.C.",
            "AG",
            "S.A.",
            "Co.",
            "Co. KG",
            "GmbH & Co. KG",
            "PLC",
            "S.p.A.",
            "Pty Ltd",
            "A/S",
            "B.V.",
        ] {
            for text in [
                format!("Heron, {form}"),
                format!("Heron,{form}"),
                format!("Egret, Heron, {form}"),
            ] {
                let problems = names(&text).unwrap_err();
                assert!(problems[0].text().contains("double quotes"), "{problems:?}");
            }
        }
        for text in [
            "Heron (UK, Wales)",
            "Heron -, Egret",
            "Heron, & Sons",
            "Heron,-x",
        ] {
            assert!(names(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_name_is_refused_and_not_repeated() {
        for text in [
            "MIIK".repeat(20),
            "-----BEGIN PRIVATE KEY----- hunter2hunter2".to_owned(),
            "hunter2\nhunter2".to_owned(),
            "hunter2hunter2\u{200B}".to_owned(),
            "a,hunter2hunter2.".to_owned(),
        ] {
            let problems = names(&text).unwrap_err();
            let messages = format!("{problems:?}");
            assert!(
                !messages.contains("hunter2hunter2") && !messages.contains("MIIKMIIK"),
                "{messages}"
            );
        }
    }
}
