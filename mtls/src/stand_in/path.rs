//! How a path changes between the caller, the host's routing and the handler.
//!
//! The host routes on the path that Kestrel has decoded once. Forwarding then builds a `Uri` from that decoded
//! text, so one level of encoding is lost and the `Uri` normalises again. Proxying escapes the decoded path anew.
//! What is routed and what arrives can therefore be the paths of two different functions.

/// The path that the host routes on, or nothing where Kestrel answers 400.
///
/// Every escape is decoded once except `%2F`; bytes that are not UTF-8 stay escaped; dot segments are then
/// removed. `\` is an ordinary character here. `%00` and characters outside ASCII are refused.
pub(crate) fn routed(raw: &str) -> Option<String> {
    if !raw.starts_with('/') || !raw.is_ascii() {
        return None;
    }
    let decoded = decode_once(raw)?;
    Some(without_dot_segments(&decoded))
}

/// The path that the handler receives when the host forwards (`new Uri(DisplayUrl).AbsolutePath`).
///
/// Cut at the first `?` or `#`; `\` becomes `/`; escaped unreserved characters are decoded; what a URI cannot
/// hold is escaped; dot segments are removed once more.
pub(crate) fn forwarded(routed: &str) -> String {
    let end = routed.find(['?', '#']).unwrap_or(routed.len());
    let slashes = routed.get(..end).unwrap_or_default().replace('\\', "/");
    without_dot_segments(&canonical(&slashes))
}

/// The path that the handler receives when the host proxies (`PathString.ToUriComponent`, then a `Uri`).
///
/// `?`, `#` and `\` are escaped again. Existing escapes stay, and the `Uri` then decodes the unreserved ones
/// and removes dot segments; for doubly encoded paths this follows from the host's code and was not observed.
pub(crate) fn proxied(routed: &str) -> String {
    let mut escaped = String::with_capacity(routed.len());
    for c in routed.chars() {
        match c {
            '?' | '#' | '\\' | '[' | ']' => push_escaped(&mut escaped, c),
            _ => escaped.push(c),
        }
    }
    without_dot_segments(&canonical(&escaped))
}

/// Decodes each escape once, `%2F` and malformed ones excepted; nothing where the text holds `%00`.
fn decode_once(raw: &str) -> Option<String> {
    let mut decoded = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('%') {
        let (before, escapes) = rest.split_at(at);
        decoded.push_str(before);
        let run = escaped_run(escapes);
        let (run, after) = escapes.split_at(run.max(1));
        push_decoded(&mut decoded, run)?;
        rest = after;
    }
    decoded.push_str(rest);
    Some(decoded)
}

/// The length of the unbroken run of well-formed escapes at the start of `text`.
fn escaped_run(text: &str) -> usize {
    let mut length = 0;
    while text
        .get(length..)
        .is_some_and(|t| escaped_byte(t).is_some())
    {
        length += 3;
    }
    length
}

/// Appends a run of escapes decoded: valid UTF-8 as characters, every other byte as its escape.
fn push_decoded(decoded: &mut String, run: &str) -> Option<()> {
    let bytes: Vec<u8> = (0..run.len() / 3)
        .filter_map(|index| run.get(index * 3..).and_then(escaped_byte))
        .collect();
    if bytes.contains(&0) {
        return None;
    }
    if bytes.is_empty() {
        decoded.push_str(run);
    }
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '/' => decoded.push_str("%2F"),
                _ => decoded.push(c),
            }
        }
        for byte in chunk.invalid() {
            push_escaped_byte(decoded, *byte);
        }
    }
    Some(())
}

/// Decodes escaped unreserved characters and escapes what a URI's path cannot hold, as .NET's `Uri` does.
fn canonical(path: &str) -> String {
    let mut canonical = String::with_capacity(path.len());
    for (at, c) in path.char_indices() {
        match c {
            '%' => match path.get(at..).and_then(escaped_byte) {
                Some(byte) if is_unreserved(byte) => canonical.push(char::from(byte)),
                Some(_) => canonical.push('%'),
                None => canonical.push_str("%25"),
            },
            _ if is_second_half(path, at) => {}
            '!'..='~' if !matches!(c, '"' | '<' | '>' | '^' | '`' | '{' | '|' | '}') => {
                canonical.push(c);
            }
            _ => push_escaped(&mut canonical, c),
        }
    }
    canonical
}

/// Whether the character at `at` belongs to an escape that was decoded at its `%`.
fn is_second_half(path: &str, at: usize) -> bool {
    [1, 2].iter().any(|back| {
        at.checked_sub(*back)
            .and_then(|start| path.get(start..))
            .and_then(escaped_byte)
            .is_some_and(is_unreserved)
    })
}

/// Removes `.` and `..` segments (RFC 3986, section 5.2.4); empty segments stay.
fn without_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            _ => {
                kept.push(segment);
                continue;
            }
        }
        if last {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

/// The byte that the escape at the start of `text` encodes.
fn escaped_byte(text: &str) -> Option<u8> {
    let digits = text.strip_prefix('%')?.get(..2)?;
    if digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        u8::from_str_radix(digits, 16).ok()
    } else {
        None
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn push_escaped(text: &mut String, c: char) {
    let mut buffer = [0; 4];
    for byte in c.encode_utf8(&mut buffer).bytes() {
        push_escaped_byte(text, byte);
    }
}

fn push_escaped_byte(text: &mut String, byte: u8) {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    text.push('%');
    text.push(DIGITS[usize::from(byte >> 4)]);
    text.push(DIGITS[usize::from(byte & 15)]);
}

#[cfg(test)]
mod tests;
