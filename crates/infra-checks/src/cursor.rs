//! Tokens one after the other.

use crate::token::{Kind, Token, tokens};

/// Tokens, and how far they are read.
pub(crate) struct Parser {
    tokens: Vec<Token>,
    place: usize,
}

impl Parser {
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        Ok(Self {
            tokens: tokens(text)?,
            place: 0,
        })
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.tokens[self.place].kind
    }

    pub(crate) fn advance(&mut self) -> Kind {
        let kind = self.kind().clone();
        self.place = (self.place + 1).min(self.tokens.len() - 1);
        kind
    }

    /// Takes a symbol if it is the next.
    pub(crate) fn accept(&mut self, symbol: &str) -> bool {
        let found = matches!(self.kind(), Kind::Symbol(found) if *found == symbol);
        if found {
            self.advance();
        }
        found
    }

    /// Takes a word if it is the next.
    pub(crate) fn accept_word(&mut self, word: &str) -> bool {
        let found = matches!(self.kind(), Kind::Name(found) if found == word);
        if found {
            self.advance();
        }
        found
    }

    pub(crate) fn expect(&mut self, symbol: &str) -> Result<(), String> {
        match self.accept(symbol) {
            true => Ok(()),
            false => self.wrong(symbol),
        }
    }

    pub(crate) fn name(&mut self) -> Result<String, String> {
        match self.advance() {
            Kind::Name(name) => Ok(name),
            _ => {
                self.place = self.place.saturating_sub(1);
                self.wrong("a name")
            }
        }
    }

    /// Passes over ends of lines and directives; whether there were any.
    pub(crate) fn skip_lines(&mut self) -> bool {
        let mut some = false;
        while matches!(self.kind(), Kind::NewLine | Kind::Directive(_)) {
            self.advance();
            some = true;
        }
        some
    }

    pub(crate) fn line(&self) -> usize {
        self.tokens[self.place].line
    }

    pub(crate) fn wrong<T>(&self, expected: &str) -> Result<T, String> {
        Err(format!(
            "line {}: expected {expected}, found {:?}",
            self.line(),
            self.kind()
        ))
    }
}
