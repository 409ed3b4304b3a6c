//! PEM text in the forms that proxies, portals and shells leave it in, brought back to one.

use std::borrow::Cow;
use std::fmt;

use zeroize::Zeroizing;

/// How a block begins, and how it begins where blanks are percent-encoded.
const BEGIN: &str = "-----BEGIN ";
const BEGIN_PERCENT: &str = "-----BEGIN%20";

/// One way in which text departs from ordinary PEM (RFC 7468). All of them are read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Oddity {
    /// The whole text is in quotation marks.
    Quoted,
    /// Blanks and line breaks are percent-encoded, as nginx's `$ssl_client_escaped_cert` has them.
    PercentEncoded,
    /// Line breaks are written as a backslash and `n`.
    EscapedLineBreaks,
    /// Lines are indented, as nginx's `$ssl_client_cert` has them.
    Indented,
    /// A block is on one line.
    OneLine,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quoted => "in quotation marks",
            Self::PercentEncoded => {
                "percent-encoded ($ssl_client_escaped_cert of nginx has this form)"
            }
            Self::EscapedLineBreaks => "with line breaks written as \\n",
            Self::Indented => "with indented lines ($ssl_client_cert of nginx has this form)",
            Self::OneLine => "on one line",
        })
    }
}

/// Whether text contains a PEM block in one of the forms.
pub fn is_pem(text: &str) -> bool {
    text.contains(BEGIN) || text.contains(BEGIN_PERCENT)
}

/// The text with its outer encodings taken off, and what they were. The lines of a block are not touched.
pub(super) fn unwrap(text: &str) -> (Zeroizing<String>, Vec<Oddity>) {
    let mut oddities = Vec::new();
    let mut text = Cow::Borrowed(text.trim());
    if let Some(inner) = unquoted(&text) {
        text = Cow::Owned(inner.to_owned());
        oddities.push(Oddity::Quoted);
    }
    if !text.contains(BEGIN) && text.contains(BEGIN_PERCENT) {
        text = Cow::Owned(percent_decoded(&text));
        oddities.push(Oddity::PercentEncoded);
    }
    if text.contains("\\n") {
        text = Cow::Owned(text.replace("\\r", "").replace("\\n", "\n"));
        oddities.push(Oddity::EscapedLineBreaks);
    }
    (Zeroizing::new(text.into_owned()), oddities)
}

/// The lines between a block's first and last, and in which way they are odd.
///
/// Lines lose what indents them. Base64 on one line stays, since it is decoded as it is.
pub(super) fn lines(inside: &str) -> (Vec<&str>, Option<Oddity>) {
    let indented = inside
        .lines()
        .skip(1)
        .any(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty());
    let one_line = !inside.contains(['\n', '\r']);
    let lines = inside
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    let oddity = match (one_line, indented) {
        (true, _) => Some(Oddity::OneLine),
        (false, true) => Some(Oddity::Indented),
        (false, false) => None,
    };
    (lines.collect(), oddity)
}

fn unquoted(text: &str) -> Option<&str> {
    ['"', '\'']
        .into_iter()
        .find_map(|mark| text.strip_prefix(mark)?.strip_suffix(mark))
}

/// Decodes `%XX`; what is not such an escape stays as it is, and is then not PEM.
fn percent_decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        decoded.push_str(before);
        let byte = after
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(u8::is_ascii);
        match byte {
            Some(byte) => {
                decoded.push(char::from(byte));
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push('%');
                rest = after;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}
