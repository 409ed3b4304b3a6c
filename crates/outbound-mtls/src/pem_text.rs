//! PEM text in the forms that proxies, portals and shells leave it in, brought back to one.

use std::fmt;

use zeroize::Zeroizing;

use super::secret_bytes::SecretBytes;

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

/// The text without its outer encodings, and what they were. The lines of a block are not touched.
pub(super) fn unwrap(text: &str) -> (Zeroizing<String>, Vec<Oddity>) {
    let mut oddities = Vec::new();
    let mut inner = text.trim();
    if let Some(unquoted) = unquoted(inner) {
        inner = unquoted;
        oddities.push(Oddity::Quoted);
    }
    let percent_encoded = !inner.contains(BEGIN) && inner.contains(BEGIN_PERCENT);
    let mut text = match percent_encoded {
        true => percent_decoded(inner),
        false => Zeroizing::new(inner.to_owned()),
    };
    if percent_encoded {
        oddities.push(Oddity::PercentEncoded);
    }
    if text.contains("\\n") {
        text = with_line_breaks(&text);
        oddities.push(Oddity::EscapedLineBreaks);
    }
    (text, oddities)
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
fn percent_decoded(text: &str) -> Zeroizing<String> {
    let mut decoded = SecretBytes::with_room(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        decoded.push(before.as_bytes());
        let byte = after
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(u8::is_ascii);
        rest = match byte {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
        decoded.push(&[byte.unwrap_or(b'%')]);
    }
    decoded.push(rest.as_bytes());
    decoded.into_text()
}

/// The text with the line breaks that are written as `\\n` or `\\r\\n`.
fn with_line_breaks(text: &str) -> Zeroizing<String> {
    let mut broken = SecretBytes::with_room(text.len());
    for (number, line) in text.split("\\n").enumerate() {
        if number > 0 {
            broken.push(b"\n");
        }
        line.split("\\r")
            .for_each(|part| broken.push(part.as_bytes()));
    }
    broken.into_text()
}
