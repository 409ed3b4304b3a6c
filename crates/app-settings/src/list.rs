//! The text of a list in a setting: entries separated by commas with CSV quoting (RFC 4180), or a JSON array.

use std::fmt;

/// One entry of a list, and where it is. `Debug` gives its number alone: the text is a value of a setting.
#[derive(Clone, Eq, PartialEq)]
pub struct ListEntry {
    /// Counted from 1, blank entries included.
    pub number: usize,
    /// Without the blanks around it, unless it is quoted.
    pub text: String,
    /// Whether a comma in it could not have cut it: quoted, from JSON, or the only entry.
    pub is_whole: bool,
}

impl fmt::Debug for ListEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut entry = f.debug_struct("ListEntry");
        entry.field("number", &self.number).finish_non_exhaustive()
    }
}

/// Reads a list of one entry at least. Blank entries without quotes are left out.
///
/// # Errors
///
/// No entry, quotes that do not enclose one whole entry, text that begins like a JSON array and is not one of strings, and
/// quoted entries without text. The message repeats nothing of the list.
///
/// ```
/// let texts = |list| app_settings::parse_list(list).map(|entries| entries.into_iter().map(|entry| entry.text).collect());
/// assert_eq!(texts("\"Heron, Ltd.\", Kestrel"), Ok(vec!["Heron, Ltd.".to_owned(), "Kestrel".to_owned()]));
/// assert_eq!(texts("[\"Heron, Ltd.\", \"Kestrel\"]"), texts("\"Heron, Ltd.\", Kestrel"));
/// ```
pub fn parse_list(text: &str) -> Result<Vec<ListEntry>, String> {
    let text = text.trim();
    let entries = match text.starts_with('[') {
        true => json(text)?,
        false => separated(text)?,
    };
    if entries.is_empty() {
        return Err(
            "expected entries separated by commas, found none; remove the setting to list nothing"
                .to_owned(),
        );
    }
    Ok(entries)
}

fn separated(text: &str) -> Result<Vec<ListEntry>, String> {
    let mut entries = Vec::new();
    let mut rest = Some(text);
    let mut number = 0_usize;
    while let Some(from) = rest {
        number = number.saturating_add(1);
        let entry = match from.trim_start().strip_prefix('"') {
            Some(quoted) => quoted_entry(number, quoted)?,
            None => plain_entry(number, from)?,
        };
        rest = entry.rest;
        entries.extend(entry.entry);
    }
    if let [only] = entries.as_mut_slice()
        && number == 1
    {
        only.is_whole = true;
    }
    Ok(entries)
}

/// An entry, if it is not blank, and what follows its comma.
struct Read<'a> {
    entry: Option<ListEntry>,
    rest: Option<&'a str>,
}

fn plain_entry(number: usize, from: &str) -> Result<Read<'_>, String> {
    let (text, rest) = match from.split_once(',') {
        Some((text, rest)) => (text, Some(rest)),
        None => (from, None),
    };
    if text.contains('"') {
        return Err(format!(
            "entry {number}: expected quotes around a whole entry, found one inside; write the whole entry in quotes \
             and each quote in it twice"
        ));
    }
    let text = text.trim();
    let entry = (!text.is_empty()).then(|| ListEntry {
        number,
        text: text.to_owned(),
        is_whole: false,
    });
    Ok(Read { entry, rest })
}

fn quoted_entry(number: usize, from: &str) -> Result<Read<'_>, String> {
    let mut text = String::new();
    let mut rest = from;
    loop {
        let Some((part, after)) = rest.split_once('"') else {
            return Err(format!(
                "entry {number}: expected a closing quote, found none; add it"
            ));
        };
        text.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                text.push('"');
                rest = more;
            }
            None => {
                rest = after.trim_start();
                break;
            }
        }
    }
    let rest = match (rest, rest.strip_prefix(',')) {
        ("", _) => None,
        (_, Some(rest)) => Some(rest),
        (_, None) => {
            return Err(format!(
                "entry {number}: expected a comma after the closing quote, found other text; write the whole entry in \
                 quotes and each quote in it twice"
            ));
        }
    };
    let entry = Some(whole(number, text)?);
    Ok(Read { entry, rest })
}

fn json(text: &str) -> Result<Vec<ListEntry>, String> {
    let list: Vec<String> = serde_json::from_str(text).map_err(|error| {
        format!(
            "expected a JSON array of strings, found a mistake in column {}; write [\"…\", \"…\"], or quote an entry that \
             begins with [",
            error.column()
        )
    })?;
    (1..)
        .zip(list)
        .map(|(number, text)| whole(number, text))
        .collect()
}

fn whole(number: usize, text: String) -> Result<ListEntry, String> {
    if text.trim().is_empty() {
        return Err(format!(
            "entry {number}: expected text, found none between the quotes; remove the entry"
        ));
    }
    Ok(ListEntry {
        number,
        text,
        is_whole: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_quotes_and_json_separate_entries() {
        let rows: [(&str, &[&str]); 9] = [
            ("a", &["a"]),
            (" a , b,,c, ", &["a", "b", "c"]),
            (r#""Heron, Ltd.",b"#, &["Heron, Ltd.", "b"]),
            (r#"b, "Heron, Ltd." "#, &["b", "Heron, Ltd."]),
            (r#""say ""hello""""#, &["say \"hello\""]),
            (r#"" a ""#, &[" a "]),
            (r#"["Heron, Ltd.", "b"]"#, &["Heron, Ltd.", "b"]),
            (r#" [ "a\"b" ] "#, &["a\"b"]),
            (r#""[x]""#, &["[x]"]),
        ];
        for (text, expected) in rows {
            let entries = parse_list(text).unwrap();
            let texts: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
            assert_eq!(texts, expected, "{text}");
            assert!(!format!("{entries:?}").contains("Heron"), "{entries:?}");
        }
    }

    #[test]
    fn a_comma_cuts_only_what_is_not_quoted() {
        for (text, whole) in [
            ("Heron Ltd.", vec![true]),
            ("Heron, Ltd.", vec![false, false]),
            (r#""Heron, Ltd.", x"#, vec![true, false]),
            (r#"["Heron", "Ltd."]"#, vec![true, true]),
        ] {
            let entries = parse_list(text).unwrap();
            let found: Vec<bool> = entries.iter().map(|entry| entry.is_whole).collect();
            assert_eq!(found, whole, "{text}");
        }
    }

    #[test]
    fn what_is_no_list_or_could_be_read_as_two_is_refused_and_not_repeated() {
        for (text, says) in [
            (r#""hunter2"#, "entry 1: expected a closing quote"),
            (r#"a, "hunter2, b"#, "entry 2: expected a closing quote"),
            (
                r#"hun"ter2"#,
                "entry 1: expected quotes around a whole entry",
            ),
            (r#""hunter2" x"#, "entry 1: expected a comma"),
            (r#""""#, "entry 1: expected text"),
            (r#"[" "]"#, "entry 1: expected text"),
            (r#"["hunter2", 5]"#, "expected a JSON array of strings"),
            ("[hunter2]", "expected a JSON array of strings"),
            ("", "expected entries separated by commas"),
            (" , ,", "expected entries separated by commas"),
            ("[]", "expected entries separated by commas"),
        ] {
            let error = parse_list(text).unwrap_err();
            assert!(error.starts_with(says), "{text}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
