//! `local.settings.json` with the two settings that a gated app needs on this machine, and without them. Pure.

use std::ops::Range;

use app_settings::Problem;
use jsonc_parser::ast::{Object, ObjectProp};
use jsonc_parser::common::Ranged;

use super::json_text::{self, Edits, JsonText, quoted};
use crate::local_settings::FILE;

/// A setting that a gated app needs, and the words that other apps have there; any other value is not shown.
struct Needed {
    name: &'static str,
    value: &'static str,
    words: &'static [&'static str],
    /// What another value comes to.
    effect: &'static str,
}

const FRONT_END: Needed = Needed {
    name: "CLIENT_CERT_FRONT_END",
    value: "development",
    words: &["app-service", "container-apps", "rfc9440"],
    effect: "on this machine only development counts",
};

const RUNTIME: Needed = Needed {
    name: "FUNCTIONS_WORKER_RUNTIME",
    value: "custom",
    words: &[
        "dotnet",
        "dotnet-isolated",
        "java",
        "node",
        "powershell",
        "python",
    ],
    effect: "the host takes routes of host.json only under custom",
};

/// The way of the two into an object: the first is put in first.
///
/// Removal takes the runtime's setting for the gate's if it follows the other one, as here, and for the app's elsewhere.
const BOTH: [&Needed; 2] = [&FRONT_END, &RUNTIME];

/// A text with the settings, and what should be known about it.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Settings {
    /// None if there is nothing to change.
    pub(super) text: Option<String>,
    /// `NAME=value` of each setting that is put in or taken out.
    pub(super) changed: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// The file where there was none.
pub(super) fn new() -> Settings {
    let members = BOTH.map(|needed| format!("    {}", written(needed)));
    Settings {
        text: Some(format!(
            "{{\n  \"IsEncrypted\": false,\n  \"Values\": {{\n{}\n  }}\n}}\n",
            members.join(",\n")
        )),
        changed: BOTH.map(assignment).into(),
        notes: Vec::new(),
    }
}

/// The text with what is missing. No value that is there is replaced.
///
/// # Errors
///
/// A text that is no object, or whose `Values` are none.
pub(super) fn with(text: &str) -> Result<Settings, Problem> {
    let file = JsonText::parse(text).ok_or_else(unedited)?;
    let values = values(&file)?;
    let found = |needed: &Needed| values.and_then(|values| found(values, needed.name));
    let missing = BOTH.into_iter().filter(|needed| found(needed).is_none());
    let missing: Vec<&Needed> = missing.collect();
    let notes = BOTH
        .into_iter()
        .filter_map(|needed| note(needed, found(needed)?));
    let mut edits = Edits::default();
    insert(&file, values, &missing, &mut edits);
    Ok(Settings {
        text: (!missing.is_empty()).then(|| file.edited(edits)),
        changed: missing.into_iter().map(assignment).collect(),
        notes: notes.collect(),
    })
}

/// The text without what was put in.
///
/// # Errors
///
/// As [`with`].
pub(super) fn without(text: &str) -> Result<Settings, Problem> {
    let file = JsonText::parse(text).ok_or_else(unedited)?;
    let Some(values) = values(&file)? else {
        return Ok(Settings::default());
    };
    let is = |property: &ObjectProp<'_>, needed: &Needed| {
        let value = property.value.as_string_lit();
        property.name.as_str() == needed.name
            && value.is_some_and(|value| value.value == needed.value)
    };
    let mut properties = values.properties.iter();
    let first = properties.position(|property| is(property, &FRONT_END));
    let second = properties.next().filter(|property| is(property, &RUNTIME));
    let count = 1 + usize::from(second.is_some());
    let Some(ours) = first.and_then(|first| place(&file, values, first, count)) else {
        return Ok(Settings::default());
    };
    let mut edits = Edits::default();
    edits.remove(ours);
    Ok(Settings {
        text: Some(file.edited(edits)),
        changed: BOTH.into_iter().take(count).map(assignment).collect(),
        notes: Vec::new(),
    })
}

/// Behind the last value, or as the first of an empty object; an object that is missing becomes the file's last member.
fn insert(
    file: &JsonText<'_>,
    values: Option<&Object<'_>>,
    missing: &[&Needed],
    edits: &mut Edits,
) {
    if missing.is_empty() {
        return;
    }
    let separated = |separator: &str| {
        let members: Vec<String> = missing.iter().copied().map(written).collect();
        members.join(&format!(",{separator}"))
    };
    let last = values.and_then(|values| values.properties.last());
    match (values, last, file.root().properties.last()) {
        (_, Some(last), _) => {
            let separator = file.separator(last.start());
            edits.insert(last.end(), format!(",{separator}{}", separated(&separator)));
        }
        // The blank says that the object was there.
        (Some(values), None, _) => {
            edits.insert(json_text::inside(values), format!("{} ", separated(" ")));
        }
        (None, None, Some(last)) => {
            let separator = file.separator(last.start());
            let text = format!(",{separator}\"Values\": {{{}}}", separated(" "));
            edits.insert(last.end(), text);
        }
        (None, None, None) => {}
    }
}

/// What is taken out with `count` members from the one at `first` on.
fn place(
    file: &JsonText<'_>,
    values: &Object<'_>,
    first: usize,
    count: usize,
) -> Option<Range<usize>> {
    let member = |index: usize| values.properties.get(index);
    let ours = member(first)?.start()..member(first + count - 1)?.end();
    let is_comma = |gap: Range<usize>| file.source(gap).trim() == ",";
    let before = first.checked_sub(1).and_then(member).map(Ranged::end);
    if let Some(before) = before.filter(|before| is_comma(*before..ours.start)) {
        return Some(before..ours.end);
    }
    if let Some(next) = member(first + count) {
        let gap = file.source(ours.end..next.start()).trim_start();
        let kept = gap.strip_prefix(',').map_or("", str::trim_start);
        return Some(ours.start..next.start() - kept.len());
    }
    let is_tight = ours == (json_text::inside(values)..values.end() - 1);
    let mut members = file.root().properties.iter();
    let own = members.position(|member| member.value.start() == values.start())?;
    let own_start = file.root().properties.get(own)?.start();
    let previous = own
        .checked_sub(1)
        .and_then(|index| file.root().properties.get(index));
    let previous = previous.map(Ranged::end);
    if let Some(previous) = previous.filter(|previous| is_tight && is_comma(*previous..own_start)) {
        return Some(previous..values.end());
    }
    let rest = file.source(ours.end..values.end());
    Some(ours.start..ours.end + usize::from(rest.starts_with(' ')))
}

/// `Values`, if there is such a member.
fn values<'n, 't>(file: &'n JsonText<'t>) -> Result<Option<&'n Object<'t>>, Problem> {
    match json_text::member(file.root(), "Values") {
        None => Ok(None),
        Some(member) => member.value.as_object().map(Some).ok_or_else(unedited),
    }
}

fn unedited() -> Problem {
    let text = "expected Values as an object, found another form; write {\"IsEncrypted\": false, \"Values\": {}}";
    Problem::new(FILE, text)
}

/// The value of a setting, whose name counts as it is written.
fn found<'n>(values: &'n Object<'_>, name: &str) -> Option<&'n str> {
    let mut properties = values.properties.iter();
    let found = properties.find(|property| property.name.as_str() == name)?;
    found
        .value
        .as_string_lit()
        .map(|value| value.value.as_ref())
}

/// What another value than the needed one comes to. It is shown only if it is a word that other apps have there.
fn note(needed: &Needed, value: &str) -> Option<String> {
    let Needed { name, effect, .. } = needed;
    let word = needed.words.iter().find(|word| **word == value);
    match (value == needed.value, word) {
        (true, _) => None,
        (false, Some(word)) => Some(format!("{FILE}: {name} is {word} and stays so: {effect}")),
        (false, None) => Some(format!(
            "{FILE}: {name} has another value, which stays: {effect}"
        )),
    }
}

fn assignment(needed: &Needed) -> String {
    format!("{}={}", needed.name, needed.value)
}

fn written(needed: &Needed) -> String {
    format!("{}: {}", quoted(needed.name), quoted(needed.value))
}

#[cfg(test)]
mod tests;
