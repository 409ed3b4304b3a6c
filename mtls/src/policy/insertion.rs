//! A rule put into the text of a document, with everything else as it is.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstObject, CstRootNode};
use serde_json::Value;

use super::written::{list, object};

/// What is put in.
pub(super) struct Insertion<'i> {
    /// The caller, who may be in the document already.
    pub(super) caller: &'i str,
    /// The roles of a caller who is not.
    pub(super) roles: &'i [String],
    pub(super) rule: Vec<(&'static str, Value)>,
}

/// The UTF-8 byte order mark, which editors on Windows put before text.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

impl Insertion<'_> {
    /// The text with the rule as the caller's last, and a new caller as the last one. `None` for a text that is no document.
    ///
    /// Comments, blanks and the order of everything stay.
    pub(super) fn into_text(self, text: &str) -> Option<String> {
        let (mark, rest) = match text.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) => (BYTE_ORDER_MARK, rest),
            None => ("", text),
        };
        let root = CstRootNode::parse(rest, &ParseOptions::default()).ok()?;
        let callers = root.object_value()?.array_value("callers")?;
        match caller(&callers, self.caller) {
            Some(known) => append(&known.array_value("any")?, object(&self.rule)),
            None => append(&callers, self.entry()),
        }?;
        Some(format!("{mark}{root}"))
    }

    /// A whole caller.
    fn entry(&self) -> String {
        let name = Value::from(self.caller);
        let roles = match self.roles {
            [] => String::new(),
            roles => format!("\"roles\": {}, ", list(roles)),
        };
        let rule = object(&self.rule);
        format!("{{ \"name\": {name}, {roles}\"any\": [{rule}] }}")
    }
}

/// The caller's object.
fn caller(callers: &CstArray, name: &str) -> Option<CstObject> {
    let entries = callers.elements().into_iter();
    let mut objects = entries.filter_map(|entry| entry.as_object());
    objects.find(|object| {
        let value = object.get("name").and_then(|member| member.value());
        let value = value.and_then(|value| value.as_string_lit());
        value.is_some_and(|value| value.decoded_value().is_ok_and(|found| found == name))
    })
}

/// Appends a text as an element: on a line of its own where the others are on theirs.
fn append(array: &CstArray, text: String) -> Option<()> {
    let element = array.append(CstInputValue::String(String::new()));
    element.as_string_lit()?.set_raw_value(text);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inserted(caller: &str, text: &str) -> String {
        let insertion = Insertion {
            caller,
            roles: &["r".to_owned()],
            rule: vec![("sha256", Value::from("ab"))],
        };
        insertion.into_text(text).unwrap()
    }

    /// A text, the caller, the line that is new, and what is before it.
    #[test]
    fn a_rule_or_caller_is_the_last_and_everything_else_stays() {
        let text = "\u{FEFF}// first\r\n{\r\n  \"callers\": [\r\n    // of a\r\n    { \"name\": \"a\", \"any\": [\r\n        { \"sha256\": \"cd\" }, // cd\r\n    ] }, // end of a\r\n  ],\r\n}\r\n";
        let with_rule = text.replace("// cd\r\n", "// cd\r\n        { \"sha256\": \"ab\" },\r\n");
        assert_eq!(inserted("a", text), with_rule);
        let entry =
            "    { \"name\": \"b\", \"roles\": [\"r\"], \"any\": [{ \"sha256\": \"ab\" }] },\r\n";
        let with_caller = text.replace("// end of a\r\n", &format!("// end of a\r\n{entry}"));
        assert_eq!(inserted("b", text), with_caller);
    }

    #[test]
    fn lists_on_one_line_and_empty_ones_are_continued_there() {
        let text = r#"{ "callers": [{ "name": "\u0061", "any": [] }] }"#;
        let expected = r#"{ "callers": [{ "name": "\u0061", "any": [{ "sha256": "ab" }] }] }"#;
        assert_eq!(inserted("a", text), expected);
        let expected =
            r#"{ "callers": [{ "name": "b", "roles": ["r"], "any": [{ "sha256": "ab" }] }] }"#;
        assert_eq!(inserted("b", r#"{ "callers": [] }"#), expected);
    }
}
