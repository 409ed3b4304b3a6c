//! The path of a request, as it came over the wire, cut into decoded segments.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

/// A request path that means one thing only: segments, each percent-decoded once.
///
/// While forwarding, the host decodes, rewrites and encodes the path again, so a caller can make
/// `/api/open/..%5Csecret` arrive as `/api/secret`. What arrives here is therefore the only path that counts, and
/// every form that two readers could take for two different paths is refused, not repaired. Fails closed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequestPath<'a> {
    segments: Vec<Cow<'a, str>>,
    trailing_slash: bool,
}

impl<'a> RequestPath<'a> {
    /// Reads the path of a request line, without query.
    ///
    /// One trailing slash is allowed, since the host routes such a path. Length is not looked at: the server
    /// bounds the request line.
    ///
    /// # Errors
    ///
    /// [`PathRefusal`], for the access line; the caller gets 404 in every case.
    pub fn parse(raw: &'a str) -> Result<Self, PathRefusal> {
        let Some(inner) = raw.strip_prefix('/') else {
            return Err(PathRefusal::NotAbsolute);
        };
        let (inner, trailing_slash) = match inner.strip_suffix('/') {
            Some(inner) => (inner, true),
            None => (inner, false),
        };
        if inner.is_empty() {
            // "/" has no segment; "//" has an empty one.
            return match trailing_slash {
                true => Err(PathRefusal::EmptySegment),
                false => Ok(Self {
                    segments: Vec::new(),
                    trailing_slash,
                }),
            };
        }
        let segments = inner.split('/').map(segment).collect::<Result<_, _>>()?;
        Ok(Self {
            segments,
            trailing_slash,
        })
    }

    /// Reads a path that [`RequestPath::parse`] refuses, each part as it is written where it cannot be decoded: for one who
    /// passes it on as it came, and decides nothing by it. `None` for what does not start with a slash.
    pub fn opaque(raw: &'a str) -> Option<Self> {
        let inner = raw.strip_prefix('/')?;
        let (inner, trailing_slash) = match inner.strip_suffix('/') {
            Some(inner) => (inner, true),
            None => (inner, false),
        };
        let parts = inner.split('/');
        Some(Self {
            segments: parts
                .map(|raw| segment(raw).unwrap_or(Cow::Borrowed(raw)))
                .collect(),
            trailing_slash,
        })
    }

    /// The decoded segments, none of them empty but in an opaque path; none at all for `/`.
    pub fn segments(&self) -> &[Cow<'a, str>] {
        &self.segments
    }

    /// Whether a slash follows the last segment.
    pub fn has_trailing_slash(&self) -> bool {
        self.trailing_slash
    }
}

/// Why a path is not served.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PathRefusal {
    /// It does not start with a slash: `*`, or a whole URL.
    NotAbsolute,
    /// Two slashes meet.
    EmptySegment,
    /// A segment is `.` or `..`.
    DotSegment,
    /// A backslash, which the host turns into a slash.
    Backslash,
    /// An encoded slash.
    EncodedSlash,
    /// An encoded backslash.
    EncodedBackslash,
    /// An encoded dot, which no client needs.
    EncodedDot,
    /// A percent sign without two hexadecimal digits.
    BadEscape,
    /// An encoded control character, NUL among them.
    Control,
    /// Bytes that are not UTF-8 once decoded.
    NotUtf8,
    /// A character that must be encoded in a path: blank, `?`, `#`, control, beyond ASCII.
    Character,
}

impl fmt::Display for PathRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAbsolute => "the path does not start with a slash",
            Self::EmptySegment => "the path has an empty segment",
            Self::DotSegment => "the path has a dot segment",
            Self::Backslash => "the path has a backslash",
            Self::EncodedSlash => "the path has an encoded slash",
            Self::EncodedBackslash => "the path has an encoded backslash",
            Self::EncodedDot => "the path has an encoded dot",
            Self::BadEscape => "the path has a percent sign without two hexadecimal digits",
            Self::Control => "the path has an encoded control character",
            Self::NotUtf8 => "the path is not UTF-8",
            Self::Character => "the path has a character that must be encoded",
        })
    }
}

impl std::error::Error for PathRefusal {}

fn segment(raw: &str) -> Result<Cow<'_, str>, PathRefusal> {
    match raw {
        "" => return Err(PathRefusal::EmptySegment),
        "." | ".." => return Err(PathRefusal::DotSegment),
        _ => {}
    }
    match raw
        .bytes()
        .find(|byte| !byte.is_ascii_graphic() || b"\\?#".contains(byte))
    {
        Some(b'\\') => return Err(PathRefusal::Backslash),
        Some(_) => return Err(PathRefusal::Character),
        None => {}
    }
    if raw.contains('%') {
        decode(raw).map(Cow::Owned)
    } else {
        Ok(Cow::Borrowed(raw))
    }
}

fn decode(raw: &str) -> Result<String, PathRefusal> {
    let mut decoded = Vec::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => escaped(bytes.next(), bytes.next())?,
            plain => plain,
        });
    }
    let text = String::from_utf8(decoded).map_err(|_| PathRefusal::NotUtf8)?;
    match text.chars().any(char::is_control) {
        true => Err(PathRefusal::Control),
        false => Ok(text),
    }
}

fn escaped(high: Option<u8>, low: Option<u8>) -> Result<u8, PathRefusal> {
    match (hex(high), hex(low)) {
        (Some(high), Some(low)) => match high << 4 | low {
            b'/' => Err(PathRefusal::EncodedSlash),
            b'\\' => Err(PathRefusal::EncodedBackslash),
            b'.' => Err(PathRefusal::EncodedDot),
            byte => Ok(byte),
        },
        _ => Err(PathRefusal::BadEscape),
    }
}

fn hex(digit: Option<u8>) -> Option<u8> {
    match digit? {
        digit @ b'0'..=b'9' => Some(digit - b'0'),
        digit @ b'a'..=b'f' => Some(digit - b'a' + 10),
        digit @ b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
