//! The text of distinguished names (RFC 4514).

use super::attribute::Attribute;
use super::attribute_type::AttributeType;
use crate::syntax_error::SyntaxError;

/// Reads the text of a name: the attributes of each relative distinguished name, in the order of the certificate, which is the
/// reverse of the text's.
pub(super) fn parse(text: &str) -> Result<Vec<Vec<Attribute>>, SyntaxError> {
    let mut rdns = Vec::new();
    let mut reader = Reader { text, offset: 0 };
    if text.is_empty() {
        return Ok(rdns);
    }
    let mut rdn = Vec::new();
    loop {
        rdn.push(reader.attribute()?);
        match reader.next() {
            Some('+') => {}
            Some(',') => rdns.push(std::mem::take(&mut rdn)),
            _ => break,
        }
    }
    rdns.push(rdn);
    rdns.reverse();
    Ok(rdns)
}

struct Reader<'t> {
    text: &'t str,
    offset: usize,
}

const TYPE: &str = "an attribute type (CN, serialNumber, C, L, ST, STREET, O, OU, UID, DC, emailAddress or a dotted \
                    identifier) and '=', without blanks around them (RFC 4514)";
const VALUE: &str = "an attribute value, in which a backslash escapes \" + , ; < > \\, a blank at an end and '#' at the \
                     begin (RFC 4514)";
const ESCAPED: &str =
    "one of \" + , ; < > \\ # = or a blank after a backslash, or two hexadecimal digits of UTF-8";
const ENCODING: &str = "the hexadecimal digits of one DER element after '#'";

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.offset = self.offset.saturating_add(c.len_utf8());
        Some(c)
    }

    /// What stands next as long as it fits.
    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.offset = self.offset.saturating_add(end);
        rest.get(..end).unwrap_or_default()
    }

    fn expected(&self, what: &'static str, offset: usize) -> SyntaxError {
        SyntaxError::at(what, self.text, offset)
    }

    fn attribute(&mut self) -> Result<Attribute, SyntaxError> {
        let begin = self.offset;
        let kind = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
        if kind.is_empty() || !self.rest().starts_with('=') {
            return Err(self.expected(TYPE, self.offset));
        }
        let Some(kind) = AttributeType::from_text(kind) else {
            return Err(SyntaxError::new(TYPE, "another type").behind_offset(self.text, begin));
        };
        self.next();
        match self.rest().starts_with('#') {
            true => self.encoding(kind),
            false => Ok(Attribute::of_text(kind, self.string()?)),
        }
    }

    /// `#` and the BER encoding of the value.
    fn encoding(&mut self, kind: AttributeType) -> Result<Attribute, SyntaxError> {
        self.next();
        let begin = self.offset;
        let digits = self.take_while(|c| c.is_ascii_hexdigit());
        if !matches!(self.rest().chars().next(), None | Some(',' | '+')) {
            return Err(self.expected(ENCODING, self.offset));
        }
        let der = decode_hex(digits);
        der.and_then(|der| Attribute::of_der(kind, &der))
            .ok_or_else(|| {
                SyntaxError::new(ENCODING, "something else").behind_offset(self.text, begin)
            })
    }

    /// A value as text, with escapes.
    fn string(&mut self) -> Result<String, SyntaxError> {
        let begin = self.offset;
        let mut bytes = Vec::new();
        // Where the last character was an unescaped blank.
        let mut blank = None;
        while let Some(c) = self
            .rest()
            .chars()
            .next()
            .filter(|c| !matches!(c, ',' | '+'))
        {
            let at = self.offset;
            if matches!(c, '"' | ';' | '<' | '>' | '\0') || (c == ' ' && at == begin) {
                return Err(self.expected(VALUE, at));
            }
            self.next();
            blank = (c == ' ').then_some(at);
            match c {
                '\\' => bytes.push(self.escaped()?),
                c => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
            }
        }
        match (blank, String::from_utf8(bytes)) {
            (Some(at), _) => Err(self.expected(VALUE, at)),
            (None, Ok(text)) => Ok(text),
            (None, Err(_)) => Err(SyntaxError::new("escaped bytes that are UTF-8", "others")
                .behind_offset(self.text, begin)),
        }
    }

    /// What follows a backslash: a special character, or the two digits of a byte.
    fn escaped(&mut self) -> Result<u8, SyntaxError> {
        let at = self.offset;
        let digits = self.text.get(at..at.saturating_add(2));
        if let Some([byte]) = digits.and_then(decode_hex).as_deref() {
            self.offset = at.saturating_add(2);
            return Ok(*byte);
        }
        match self.next().map(u8::try_from) {
            Some(Ok(special)) if b" \"#+,;<=>\\".contains(&special) => Ok(special),
            _ => Err(self.expected(ESCAPED, at)),
        }
    }
}

/// The bytes of pairs of hexadecimal digits.
fn decode_hex(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| {
        let text = str::from_utf8(pair).ok()?;
        let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits.then(|| u8::from_str_radix(text, 16).ok())?
    };
    rest.is_empty().then(|| pairs.iter().map(byte).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_name_is_refused_with_the_place() {
        for (text, position) in [
            ("partner", 8),
            ("CN = partner", 3),
            ("CN=partner, O=Example", 12),
            ("CN=partner,O", 13),
            ("CN=partner,", 12),
            (",CN=partner", 1),
            ("=partner", 1),
            ("/C=DE/CN=partner", 1),
            ("GN=partner", 1),
            ("CN=a,1.2.=b", 6),
            ("CN= partner", 4),
            ("CN=partner ", 11),
            ("CN=\"partner\"", 4),
            ("CN=a;O=b", 5),
            ("CN=a<b", 5),
            ("CN=a\0", 5),
            ("CN=a\\", 6),
            ("CN=a\\x", 6),
            ("CN=a\\4", 6),
            ("CN=a\\\u{fc}", 6),
            ("CN=a\\ff", 4),
            ("CN=#", 5),
            ("CN=#0", 5),
            ("CN=#0c0161ff", 5),
            ("CN=#0c0161 ", 11),
            ("CN=#0c01", 5),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.position(), Some(position), "{text:?}: {error}");
        }
    }
}
