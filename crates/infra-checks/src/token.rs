//! The text of a template as tokens.

use std::iter::Peekable;
use std::str::CharIndices;

/// The smallest parts of a template.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Name(String),
    Number(i64),
    /// What is between the quotes, with the escapes that it was written with.
    Text(String),
    Symbol(&'static str),
    /// As `#disable-next-line BCP037`.
    Directive(String),
    NewLine,
    End,
}

/// A token and its line, counted from 1.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) line: usize,
}

/// Longer ones first: the first that fits is taken.
const SYMBOLS: [&str; 30] = [
    "=>", "==", "!=", "=~", "!~", "<=", ">=", "&&", "||", "??", ".?", "{", "}", "[", "]", "(", ")",
    ".", ",", ":", "=", "?", "!", "+", "-", "*", "/", "%", "<", ">",
];

/// The tokens of a text. Comments are left out.
///
/// # Errors
///
/// What is at fault, with its line.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut lexer = Lexer {
        text,
        rest: text.char_indices().peekable(),
        line: 1,
    };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    tokens.push(Token {
        kind: Kind::End,
        line: lexer.line,
    });
    Ok(tokens)
}

struct Lexer<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
    line: usize,
}

impl Lexer<'_> {
    fn next(&mut self) -> Result<Option<Token>, String> {
        self.skip();
        let Some(&(start, first)) = self.rest.peek() else {
            return Ok(None);
        };
        let line = self.line;
        let kind = match first {
            '\n' => {
                self.rest.next();
                self.line += 1;
                Kind::NewLine
            }
            '\'' => Kind::Text(self.quoted(start)?),
            '#' => Kind::Directive(self.take_while(start, |c| c != '\n').to_owned()),
            c if c.is_ascii_digit() => {
                let digits = self.take_while(start, |c| c.is_ascii_digit());
                let number = digits.parse();
                Kind::Number(
                    number
                        .map_err(|_| format!("line {line}: expected a number, found {digits}"))?,
                )
            }
            '@' => {
                self.rest.next();
                Kind::Symbol("@")
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let name = self.take_while(start, |c| c.is_ascii_alphanumeric() || c == '_');
                Kind::Name(name.to_owned())
            }
            _ => self.symbol(start)?,
        };
        Ok(Some(Token { kind, line }))
    }

    /// Blanks and comments up to the end of a line.
    fn skip(&mut self) {
        while let Some(&(start, c)) = self.rest.peek() {
            if self.text[start..].starts_with("//") {
                self.take_while(start, |c| c != '\n');
            } else if c == ' ' {
                self.rest.next();
            } else {
                return;
            }
        }
    }

    fn take_while(&mut self, start: usize, fits: impl Fn(char) -> bool) -> &str {
        let mut end = start;
        while let Some(&(place, c)) = self.rest.peek().filter(|(_, c)| fits(*c)) {
            end = place + c.len_utf8();
            self.rest.next();
        }
        &self.text[start..end]
    }

    /// A text in quotes; it ends on its line. Quotes inside `${}` belong to the expression there.
    fn quoted(&mut self, start: usize) -> Result<String, String> {
        self.rest.next();
        let (mut depth, mut escaped, mut before) = (0_usize, false, ' ');
        for (place, c) in self.rest.by_ref() {
            match c {
                '\n' => break,
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '{' if before == '$' || depth > 0 => depth += 1,
                '}' if depth > 0 => depth -= 1,
                '\'' if depth == 0 => return Ok(self.text[start + 1..place].to_owned()),
                _ => {}
            }
            before = c;
        }
        Err(format!(
            "line {}: expected the end of a text, found the end of the line",
            self.line
        ))
    }

    fn symbol(&mut self, start: usize) -> Result<Kind, String> {
        let rest = &self.text[start..];
        let found = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
        let symbol = found.ok_or_else(|| {
            let first = rest.chars().next().unwrap_or(' ');
            format!(
                "line {}: expected a part of a template, found {first:?}",
                self.line
            )
        })?;
        for _ in 0..symbol.len() {
            self.rest.next();
        }
        Ok(Kind::Symbol(symbol))
    }
}
