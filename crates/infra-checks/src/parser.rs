//! Expressions from tokens.

use crate::cursor::Parser;
use crate::expression::{Expression, Part};
use crate::token::Kind;

/// Operators with two operands, the weakest first; those of one row are equals.
const OPERATORS: [&[&str]; 7] = [
    &["??"],
    &["||"],
    &["&&"],
    &["==", "!=", "=~", "!~"],
    &["<", "<=", ">", ">="],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Parser {
    pub(crate) fn expression(&mut self) -> Result<Expression, String> {
        let condition = self.operators(0)?;
        if !self.accept("?") {
            return Ok(condition);
        }
        let then = self.expression()?;
        self.expect(":")?;
        let otherwise = self.expression()?;
        Ok(Expression::Conditional(Box::new([
            condition, then, otherwise,
        ])))
    }

    /// A text without expressions in it.
    pub(crate) fn text(&mut self) -> Result<String, String> {
        let found = self.expression()?.as_text();
        found.ok_or_else(|| {
            format!(
                "line {}: expected a text without expressions in it",
                self.line()
            )
        })
    }

    fn operators(&mut self, row: usize) -> Result<Expression, String> {
        let Some(symbols) = OPERATORS.get(row) else {
            return self.unary();
        };
        let mut left = self.operators(row + 1)?;
        while let Some(symbol) = symbols.iter().find(|symbol| self.accept(symbol)) {
            let right = self.operators(row + 1)?;
            left = Expression::Operator(symbol, vec![left, right]);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expression, String> {
        for symbol in ["!", "-"] {
            if self.accept(symbol) {
                return Ok(Expression::Operator(symbol, vec![self.unary()?]));
            }
        }
        let mut base = self.primary()?;
        loop {
            if self.accept(".") || self.accept(".?") {
                let name = self.name()?;
                base = if self.accept("(") {
                    let arguments = self.list(")")?;
                    Expression::Call(name, [base].into_iter().chain(arguments).collect())
                } else {
                    Expression::Member(Box::new(base), name)
                };
            } else if self.accept("[") {
                let index = self.expression()?;
                self.expect("]")?;
                base = Expression::Index(Box::new(base), Box::new(index));
            } else if self.accept("!") {
                base = Expression::Sure(Box::new(base));
            } else {
                return Ok(base);
            }
        }
    }

    fn primary(&mut self) -> Result<Expression, String> {
        match self.kind().clone() {
            Kind::Number(number) => {
                self.advance();
                Ok(Expression::Number(number))
            }
            Kind::Text(source) => {
                let line = self.line();
                self.advance();
                parts(&source, line).map(Expression::Text)
            }
            Kind::Name(name) => {
                self.advance();
                self.named(name)
            }
            Kind::Symbol("(") => {
                self.advance();
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Kind::Symbol("{") => self.object(),
            Kind::Symbol("[") => self.array(),
            _ => self.wrong("a value"),
        }
    }

    fn named(&mut self, name: String) -> Result<Expression, String> {
        if self.accept("(") {
            return Ok(Expression::Call(name, self.list(")")?));
        }
        if self.accept("=>") {
            return Ok(Expression::Lambda(name, Box::new(self.expression()?)));
        }
        Ok(match name.as_str() {
            "null" => Expression::Null,
            "true" => Expression::Bool(true),
            "false" => Expression::Bool(false),
            _ => Expression::Name(name),
        })
    }

    fn object(&mut self) -> Result<Expression, String> {
        self.expect("{")?;
        let mut members: Vec<(Vec<Part>, Expression)> = Vec::new();
        self.skip_lines();
        while !self.accept("}") {
            let line = self.line();
            let key = match self.advance() {
                Kind::Name(name) => vec![Part::Literal(name)],
                Kind::Text(source) => parts(&source, line)?,
                found => return Err(format!("line {line}: expected a property, found {found:?}")),
            };
            if members.iter().any(|(known, _)| *known == key) {
                return Err(format!(
                    "line {line}: expected each property once, found {key:?} again"
                ));
            }
            self.expect(":")?;
            members.push((key, self.expression()?));
            self.separate("}")?;
        }
        Ok(Expression::Object(members))
    }

    fn array(&mut self) -> Result<Expression, String> {
        self.expect("[")?;
        self.skip_lines();
        if !self.accept_word("for") {
            return Ok(Expression::Array(self.list("]")?));
        }
        let names = if self.accept("(") {
            let element = self.name()?;
            self.expect(",")?;
            let number = self.name()?;
            self.expect(")")?;
            vec![element, number]
        } else {
            vec![self.name()?]
        };
        if !self.accept_word("in") {
            return self.wrong("`in`");
        }
        let over = Box::new(self.expression()?);
        self.expect(":")?;
        let each = Box::new(self.expression()?);
        self.skip_lines();
        self.expect("]")?;
        Ok(Expression::For { names, over, each })
    }

    /// Expressions up to this symbol.
    fn list(&mut self, end: &'static str) -> Result<Vec<Expression>, String> {
        let mut elements = Vec::new();
        self.skip_lines();
        while !self.accept(end) {
            elements.push(self.expression()?);
            self.separate(end)?;
        }
        Ok(elements)
    }

    /// What is between two elements: a comma or the end of a line.
    fn separate(&mut self, end: &'static str) -> Result<(), String> {
        let mut separated = self.accept(",");
        separated |= self.skip_lines();
        let ends = matches!(self.kind(), Kind::Symbol(symbol) if *symbol == end);
        match ends || separated {
            true => Ok(()),
            false => self.wrong("a comma or the end of the line"),
        }
    }
}

/// The parts of a text in quotes.
fn parts(source: &str, line: usize) -> Result<Vec<Part>, String> {
    let (mut parts, mut literal) = (Vec::new(), String::new());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        if let Some(hole) = rest.strip_prefix("${") {
            let end =
                end_of_hole(hole).ok_or_else(|| format!("line {line}: expected }} in a text"))?;
            parts
                .extend((!literal.is_empty()).then(|| Part::Literal(std::mem::take(&mut literal))));
            let inner = Parser::new(&hole[..end]).and_then(|mut parser| parser.expression());
            parts.push(Part::Hole(
                inner.map_err(|error| format!("line {line}: in a text: {error}"))?,
            ));
            rest = &hole[end + 1..];
        } else if let Some(after) = rest.strip_prefix('\\') {
            let escaped = after.chars().next().unwrap_or('\\');
            literal.push(if escaped == 'n' { '\n' } else { escaped });
            rest = &after[escaped.len_utf8()..];
        } else {
            literal.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    if parts.is_empty() || !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    Ok(parts)
}

fn end_of_hole(hole: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (place, c) in hole.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(place),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}
