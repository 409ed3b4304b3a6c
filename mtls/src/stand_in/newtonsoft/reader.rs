//! JSON as `JsonTextReader` takes it: with comments, single quotes, bare names, commas too many, text behind the value.

use super::date::Date;
use super::number;
use super::token::Token;

/// How deep arrays and objects may lie in each other: what ASP.NET's formatter sets (`FormattingUtilities.cs`).
const MAX_DEPTH: usize = 256;

/// A text that is no JSON even to Newtonsoft.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::stand_in) struct Unreadable;

/// The first value of a text; what stands behind it is not looked at.
pub(in crate::stand_in) fn read(text: &str) -> Result<Token, Unreadable> {
    let mut reader = Reader { rest: text };
    reader.value(0)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Token, Unreadable> {
        if depth > MAX_DEPTH {
            return Err(Unreadable);
        }
        self.skip_blanks()?;
        match self.peek().ok_or(Unreadable)? {
            '{' => self.object(depth),
            '[' => self.array(depth),
            quote @ ('"' | '\'') => {
                self.next();
                let text = self.string(quote)?;
                Ok(Date::parse(&text).map_or(Token::String(text), Token::Date))
            }
            ',' => Ok(Token::Null),
            _ => {
                let word = self.word(|c| c.is_alphanumeric() || "+-.".contains(c));
                bare(word)
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Token, Unreadable> {
        self.next();
        let mut members: Vec<(String, Token)> = Vec::new();
        let mut may_be_comma = false;
        loop {
            self.skip_blanks()?;
            match self.peek().ok_or(Unreadable)? {
                '}' => {
                    self.next();
                    return Ok(Token::Object(members));
                }
                ',' if may_be_comma => {
                    self.next();
                    continue;
                }
                _ => {}
            }
            let name = self.name()?;
            self.skip_blanks()?;
            if self.next() != Some(':') {
                return Err(Unreadable);
            }
            let value = self.value(depth + 1)?;
            // What says of which .NET type a value is never reaches a function.
            match members.iter_mut().find(|(own, _)| *own == name) {
                Some((_, earlier)) => *earlier = value,
                None if name == "$type" => {}
                None => members.push((name, value)),
            }
            self.end_of_element('}')?;
            may_be_comma = true;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Token, Unreadable> {
        self.next();
        let mut elements = Vec::new();
        loop {
            self.skip_blanks()?;
            if self.peek().ok_or(Unreadable)? == ']' {
                self.next();
                return Ok(Token::Array(elements));
            }
            elements.push(self.value(depth + 1)?);
            self.end_of_element(']')?;
            if self.peek() == Some(',') {
                self.next();
            }
        }
    }

    /// What may follow an element: a comma or the end.
    fn end_of_element(&mut self, end: char) -> Result<(), Unreadable> {
        self.skip_blanks()?;
        match self.peek() {
            Some(c) if c == ',' || c == end => Ok(()),
            _ => Err(Unreadable),
        }
    }

    fn name(&mut self) -> Result<String, Unreadable> {
        match self.peek().ok_or(Unreadable)? {
            quote @ ('"' | '\'') => {
                self.next();
                self.string(quote)
            }
            _ => {
                let name = self.word(|c| c.is_alphanumeric() || "_$".contains(c));
                match name.is_empty() {
                    true => Err(Unreadable),
                    false => Ok(name.to_owned()),
                }
            }
        }
    }

    /// The rest of a string whose opening quote has been taken.
    fn string(&mut self, quote: char) -> Result<String, Unreadable> {
        let mut units: Vec<u16> = Vec::new();
        loop {
            let c = self.next().ok_or(Unreadable)?;
            match c {
                _ if c == quote => return Ok(String::from_utf16_lossy(&units)),
                '\\' => units.push(self.escape()?),
                _ => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
            }
        }
    }

    fn escape(&mut self) -> Result<u16, Unreadable> {
        let c = match self.next().ok_or(Unreadable)? {
            'b' => '\u{8}',
            't' => '\t',
            'n' => '\n',
            'f' => '\u{c}',
            'r' => '\r',
            c @ ('\\' | '"' | '\'' | '/') => c,
            'u' => {
                let (digits, rest) = self.rest.split_at_checked(4).ok_or(Unreadable)?;
                self.rest = rest;
                return u16::from_str_radix(digits, 16).map_err(|_| Unreadable);
            }
            _ => return Err(Unreadable),
        };
        u16::try_from(u32::from(c)).map_err(|_| Unreadable)
    }

    fn skip_blanks(&mut self) -> Result<(), Unreadable> {
        loop {
            self.rest = self.rest.trim_start();
            if let Some(comment) = self.rest.strip_prefix("/*") {
                self.rest = comment.split_once("*/").ok_or(Unreadable)?.1;
            } else if let Some(comment) = self.rest.strip_prefix("//") {
                self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
            } else {
                return Ok(());
            }
        }
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> &str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
        Some(c)
    }
}

/// A value without quotes.
fn bare(word: &str) -> Result<Token, Unreadable> {
    let token = match word {
        "null" | "undefined" => Some(Token::Null),
        "true" => Some(Token::Bool(true)),
        "false" => Some(Token::Bool(false)),
        "NaN" => Some(Token::Float(f64::NAN)),
        "Infinity" => Some(Token::Float(f64::INFINITY)),
        "-Infinity" => Some(Token::Float(f64::NEG_INFINITY)),
        _ => number::parse(word),
    };
    token.ok_or(Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stand_in::newtonsoft::compact;

    #[test]
    fn what_newtonsoft_takes_is_taken() {
        let table = [
            ("{\"a\":1}", "{\"a\":1}"),
            ("{\"a\":1} trailing", "{\"a\":1}"),
            ("{/*c*/\"a\"/**/:1}// end", "{\"a\":1}"),
            ("{'a':'b\"'}", "{\"a\":\"b\\\"\"}"),
            ("{a:{$b_1:true}}", "{\"a\":{\"$b_1\":true}}"),
            ("{\"a\":[1,2,],}", "{\"a\":[1,2]}"),
            ("[1,,2]", "[1,null,2]"),
            ("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"),
            ("{\"$type\":\"x\",\"a\":1}", "{\"a\":1}"),
            ("\"\\u00e9\\ud83d\\ude00\\n\"", "\"\u{e9}\u{1f600}\\n\""),
            ("\"a\nb\"", "\"a\\nb\""),
            ("undefined", "null"),
        ];
        for (text, expected) in table {
            assert_eq!(
                read(text).map(|token| compact(&token)).as_deref(),
                Ok(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn what_newtonsoft_refuses_is_refused() {
        let deep = "[".repeat(MAX_DEPTH + 2);
        for text in [
            "", "{\"a\":", "{\"a\"}", "{\"a\":1", "[1 2]", "{1 2}", "nope", "\"open", "\"\\x\"",
            "/* open", &deep,
        ] {
            assert_eq!(read(text), Err(Unreadable), "{text}");
        }
    }
}
