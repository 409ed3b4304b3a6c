//! The path that the host routes on, as Kestrel decodes it (`PathNormalizer.cs`, `UrlDecoder.cs`).

/// The path that the host routes on, or nothing where Kestrel answers 400; `*` is the path of `OPTIONS *`.
///
/// Every escape is decoded once except `%2F`; what is not UTF-8 stays escaped as it was spelt; dot segments are then
/// removed. `\` is an ordinary character here. `%00` and characters outside ASCII are refused.
pub(in crate::stand_in) fn routed(raw: &str) -> Option<String> {
    if raw == "*" {
        return Some("/".to_owned());
    }
    if !raw.starts_with('/') || !raw.is_ascii() {
        return None;
    }
    let decoded = decode_once(raw)?;
    Some(without_dot_segments(&decoded))
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

/// Appends a run of escapes decoded: valid UTF-8 as characters, every other byte as it was spelt.
fn push_decoded(decoded: &mut String, run: &str) -> Option<()> {
    let escapes: Vec<&str> = (0..run.len() / 3)
        .filter_map(|index| run.get(index * 3..index * 3 + 3))
        .collect();
    let bytes: Vec<u8> = escapes.iter().copied().filter_map(escaped_byte).collect();
    if bytes.contains(&0) {
        return None;
    }
    if bytes.is_empty() {
        decoded.push_str(run);
    }
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '/' => decoded.push_str(escapes.get(at).copied().unwrap_or_default()),
                _ => decoded.push(c),
            }
            at += c.len_utf8();
        }
        for _ in chunk.invalid() {
            decoded.push_str(escapes.get(at).copied().unwrap_or_default());
            at += 1;
        }
    }
    Some(())
}

/// Removes `.` and `..` segments (RFC 3986, section 5.2.4); empty segments stay.
pub(in crate::stand_in) fn without_dot_segments(path: &str) -> String {
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
pub(in crate::stand_in) fn escaped_byte(text: &str) -> Option<u8> {
    let digits = text.strip_prefix('%')?.get(..2)?;
    if digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        u8::from_str_radix(digits, 16).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
