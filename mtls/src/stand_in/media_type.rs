//! `Content-Type` and `Content-Disposition` as .NET reads and writes them (`MediaTypeHeaderValue.cs`,
//! `ContentDispositionHeaderValue.cs`, `NameValueHeaderValue.cs`).

use std::fmt;

use super::header_values::{is_token, parts};

/// A type with its parameters, whose spelling stays and whose blanks are .NET's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct MediaType {
    essence: String,
    parameters: Vec<(String, Option<String>)>,
}

impl MediaType {
    /// `type/subtype` and parameters; nothing where .NET throws.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::with(text, |essence| {
            let parts = essence.split_once('/');
            parts.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
        })
    }

    /// `attachment` or another token, and parameters.
    pub(super) fn disposition(text: &str) -> Option<Self> {
        Self::with(text, is_token)
    }

    /// The value of a parameter, without its quotes.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        let (_, value) = parameters.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(value.as_deref()?.trim_matches('"'))
    }

    fn with(text: &str, is_essence: impl Fn(&str) -> bool) -> Option<Self> {
        let mut parts = parts(text, ';').into_iter().map(str::trim);
        let essence = parts.next().filter(|essence| is_essence(essence))?;
        let parameters = parts.filter(|parameter| !parameter.is_empty());
        Some(Self {
            essence: essence.to_owned(),
            parameters: parameters.map(parameter).collect::<Option<_>>()?,
        })
    }
}

/// `name`, or `name=value` with a token or a quoted string.
fn parameter(text: &str) -> Option<(String, Option<String>)> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim())),
        None => (text, None),
    };
    let is_sound = is_token(name) && value.is_none_or(|value| is_token(value) || is_quoted(value));
    is_sound.then(|| (name.to_owned(), value.map(ToOwned::to_owned)))
}

fn is_quoted(text: &str) -> bool {
    text.len() >= 2 && text.starts_with('"') && text.ends_with('"')
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.essence)?;
        for (name, value) in &self.parameters {
            write!(f, "; {name}")?;
            if let Some(value) = value {
                write!(f, "={value}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_written_with_other_blanks() {
        let table = [
            ("text/plain", Some("text/plain")),
            (
                "TEXT/Plain;Charset=UTF-8 ; x=\"y; z\"",
                Some("TEXT/Plain; Charset=UTF-8; x=\"y; z\""),
            ),
            (" a/b ; ; c ", Some("a/b; c")),
            ("a/b; c = d", Some("a/b; c=d")),
            ("a/b; c=d e", None),
            ("a/b, c/d", None),
            ("nonsense", None),
            ("a/", None),
            ("", None),
        ];
        for (text, expected) in table {
            let written = MediaType::parse(text).map(|kind| kind.to_string());
            assert_eq!(written.as_deref(), expected, "{text}");
        }
        let kind = MediaType::parse("a/b; Charset=\"utf-16\"").unwrap();
        assert_eq!(kind.parameter("charset"), Some("utf-16"));
    }
}
