//! The head of an answer as .NET reads it (`HttpConnection.cs`: `ParseStatusLine`, `ParseHeaders`).
//!
//! It takes more than hyper does, such as HTTP/1.2, folded lines and a blank before the colon, and refuses an empty line
//! before the status line.

use bytes::Bytes;

/// Bytes of a head; .NET's `MaxResponseHeadersLength` of 64 KB, which the host keeps.
pub(super) const HEAD_BYTES: usize = 64 * 1024;

/// `HTTP/1.1 200`, which .NET asks of a status line at least.
const STATUS_LINE_BYTES: usize = 12;

/// Status line and header lines, as they came.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(in crate::stand_in) struct Head {
    /// Three digits; also below 100.
    pub(in crate::stand_in) status: u16,
    /// Empty where the handler sent none.
    pub(in crate::stand_in) reason: Bytes,
    /// Names as they were spelt, values without the blanks around them.
    pub(in crate::stand_in) lines: Vec<(Bytes, Bytes)>,
    /// Whether the status line says HTTP/1.0.
    pub(in crate::stand_in) is_http_10: bool,
}

/// What .NET takes for no HTTP answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Malformed;

impl Head {
    /// The values of the lines of that name, which is in lower case.
    pub(in crate::stand_in) fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let lines = self.lines.iter();
        lines
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| &**value)
    }

    /// The one value of that name as text; nothing where there are more, or none, or no ASCII.
    pub(in crate::stand_in) fn single(&self, name: &str) -> Option<&str> {
        let mut values = self.values(name);
        let first = values.next()?;
        let text = std::str::from_utf8(first).ok()?;
        values.next().is_none().then_some(text)
    }

    /// Whether a header that is a list of tokens has this one.
    pub(super) fn lists(&self, name: &str, token: &str) -> bool {
        self.values(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .any(|part| part.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
    }
}

/// The head at the start of `received`, and its length; nothing while it is not whole.
pub(super) fn parse(received: &[u8]) -> Result<Option<(Head, usize)>, Malformed> {
    let parsed = whole(received);
    let length = match &parsed {
        Ok(Some((_, length))) => *length,
        _ => received.len(),
    };
    if length > HEAD_BYTES {
        return Err(Malformed);
    }
    parsed
}

fn whole(received: &[u8]) -> Result<Option<(Head, usize)>, Malformed> {
    let Some((line, mut at)) = line(received, 0) else {
        return Ok(None);
    };
    let mut head = status_line(without_line_end(line))?;
    loop {
        let Some((line, after)) = folded_line(received, at) else {
            return Ok(None);
        };
        at = after;
        if line.is_empty() {
            return Ok(Some((head, at)));
        }
        head.lines.push(field(&line)?);
    }
}

/// The line that starts at `at`, with its end, and where the next one starts.
fn line(received: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = received.get(at..)?;
    let length = rest.iter().position(|byte| *byte == b'\n')? + 1;
    Some((rest.get(..length)?, at + length))
}

/// A line with those that continue it; each byte of a line end between them becomes a blank.
fn folded_line(received: &[u8], at: usize) -> Option<(Vec<u8>, usize)> {
    let (first, mut after) = line(received, at)?;
    let mut whole = first.to_vec();
    if without_line_end(first).is_empty() {
        return Some((Vec::new(), after));
    }
    while matches!(received.get(after)?, b' ' | b'\t') {
        let end = without_line_end(&whole).len();
        whole.iter_mut().skip(end).for_each(|byte| *byte = b' ');
        let (more, next) = line(received, after)?;
        whole.extend_from_slice(more);
        after = next;
    }
    Some((without_line_end(&whole).to_vec(), after))
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn status_line(line: &[u8]) -> Result<Head, Malformed> {
    if line.len() < STATUS_LINE_BYTES {
        return Err(Malformed);
    }
    let rest = line.strip_prefix(b"HTTP/1.").ok_or(Malformed)?;
    let (version, rest) = rest.split_first().ok_or(Malformed)?;
    let rest = rest.strip_prefix(b" ").ok_or(Malformed)?;
    let (digits, rest) = rest.split_at_checked(3).ok_or(Malformed)?;
    let is_sound = version.is_ascii_digit() && digits.iter().all(u8::is_ascii_digit);
    let reason = match rest {
        [] => rest,
        [b' ', reason @ ..] => reason,
        _ => return Err(Malformed),
    };
    if !is_sound {
        return Err(Malformed);
    }
    let status = digits
        .iter()
        .fold(0, |status, digit| status * 10 + u16::from(digit - b'0'));
    Ok(Head {
        status,
        reason: Bytes::copy_from_slice(reason),
        lines: Vec::new(),
        is_http_10: *version == b'0',
    })
}

/// Name and value; blanks before the colon and around the value are dropped.
fn field(line: &[u8]) -> Result<(Bytes, Bytes), Malformed> {
    let colon = line.iter().position(|byte| *byte == b':');
    let (name, value) = line.split_at(colon.ok_or(Malformed)?);
    let name = trimmed_end(name);
    if name.is_empty() || !name.iter().all(|byte| is_token_byte(*byte)) {
        return Err(Malformed);
    }
    let value = trimmed_end(value.get(1..).unwrap_or_default());
    let blanks = value.iter().take_while(|byte| is_blank(**byte)).count();
    let value = value.get(blanks..).unwrap_or_default();
    Ok((Bytes::copy_from_slice(name), Bytes::copy_from_slice(value)))
}

fn trimmed_end(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !is_blank(*byte));
    text.get(..end.map_or(0, |end| end + 1)).unwrap_or_default()
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// A character of a token (RFC 9110, section 5.6.2).
pub(in crate::stand_in) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests;
