//! JSON in which nothing ends a line or turns a terminal.

use std::io::{self, Write};

use client_cert::is_invisible;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter};

/// Compact JSON in which invisible characters are escaped, also those that JSON itself leaves as they are: some readers take
/// U+2028 for the end of a line, and a terminal acts upon U+009B and on marks of direction.
pub(super) struct LineFormat;

/// A line or a part of one.
pub(super) fn text(part: &impl Serialize) -> Vec<u8> {
    let mut text = Vec::new();
    // Writing to a vector does not fail, and the parts of lines have texts for keys.
    let _ = part.serialize(&mut Serializer::with_formatter(&mut text, LineFormat));
    text
}

impl Formatter for LineFormat {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // Most texts are these, and quickly found to be.
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return CompactFormatter.write_string_fragment(writer, fragment);
        }
        let mut rest = fragment;
        while let Some(place) = rest.find(is_invisible) {
            let (shown, hidden) = rest.split_at(place);
            CompactFormatter.write_string_fragment(writer, shown)?;
            let length = hidden.chars().next().map_or(0, char::len_utf8);
            let (hidden, after) = hidden.split_at(length);
            for unit in hidden.encode_utf16() {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after;
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}
