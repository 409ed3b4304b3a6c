//! What stands for a value in a template.

/// An expression.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Expression {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text in quotes.
    Text(Vec<Part>),
    /// A symbol.
    Name(String),
    /// `a.b`.
    Member(Box<Expression>, String),
    /// `a[b]`.
    Index(Box<Expression>, Box<Expression>),
    /// `f(a, b)`; of a method, the first argument is what it is called on.
    Call(String, Vec<Expression>),
    /// `a => b`.
    Lambda(String, Box<Expression>),
    /// `a!`: what may not be made is surely there.
    Sure(Box<Expression>),
    /// `[a, b]`.
    Array(Vec<Expression>),
    /// `{ a: b }`.
    Object(Vec<(Vec<Part>, Expression)>),
    /// `[for a in b: c]`; the names are those of an element and of its number.
    For {
        /// What the body calls an element, and its number.
        names: Vec<String>,
        /// The elements.
        over: Box<Expression>,
        /// What becomes of each.
        each: Box<Expression>,
    },
    /// An operator and its operands.
    Operator(&'static str, Vec<Expression>),
    /// `a ? b : c`.
    Conditional(Box<[Expression; 3]>),
}

/// A part of a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Part {
    /// Characters as they are.
    Literal(String),
    /// `${expression}`.
    Hole(Expression),
}

impl Expression {
    /// The text, if no part of it is an expression.
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::Text(parts) => literal(parts),
            _ => None,
        }
    }

    /// A member of an object by its name.
    pub fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let found = members
            .iter()
            .find(|(key, _)| literal(key).as_deref() == Some(name));
        found.map(|(_, value)| value)
    }

    /// The expressions directly in this one.
    pub fn children(&self) -> Vec<&Self> {
        fn holes(parts: &[Part]) -> impl Iterator<Item = &Expression> {
            parts.iter().filter_map(|part| match part {
                Part::Hole(expression) => Some(expression),
                Part::Literal(_) => None,
            })
        }
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Name(_) => Vec::new(),
            Self::Text(parts) => holes(parts).collect(),
            Self::Member(base, _) | Self::Lambda(_, base) | Self::Sure(base) => vec![base],
            Self::Index(base, index) => vec![base, index],
            Self::Call(_, parts) | Self::Array(parts) | Self::Operator(_, parts) => {
                parts.iter().collect()
            }
            Self::Object(members) => {
                let each = members.iter();
                each.flat_map(|(key, value)| holes(key).chain([value]))
                    .collect()
            }
            Self::For { over, each, .. } => vec![over, each],
            Self::Conditional(parts) => parts.iter().collect(),
        }
    }
}

/// The text of these parts, if none is an expression.
pub(crate) fn literal(parts: &[Part]) -> Option<String> {
    let texts = parts.iter().map(|part| match part {
        Part::Literal(text) => Some(text.as_str()),
        Part::Hole(_) => None,
    });
    texts.collect()
}
