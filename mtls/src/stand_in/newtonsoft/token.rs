//! A value as Newtonsoft keeps it (`JToken.cs`).

use super::date::Date;

/// A value. Members stay in their order; of two with one name the last counts.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::stand_in) enum Token {
    /// `null`, `undefined`, or nothing between two commas.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number, as its decimal digits.
    Integer(String),
    /// Any other number.
    Float(f64),
    /// A string that is no date.
    String(String),
    /// A string that Newtonsoft takes for a date.
    Date(Date),
    /// An array.
    Array(Vec<Token>),
    /// An object.
    Object(Vec<(String, Token)>),
}

impl Token {
    /// An object of these members.
    pub(in crate::stand_in) fn object(
        members: impl IntoIterator<Item = (impl Into<String>, impl Into<Self>)>,
    ) -> Self {
        let members = members.into_iter();
        Self::Object(
            members
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }

    /// The member of that name, in any case; nothing for what is no object.
    pub(in crate::stand_in) fn member(&self, name: &str) -> Option<&Self> {
        let mut members = self.members()?.iter().rev();
        let found = members.find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// The member of exactly that name; nothing for what is no object.
    pub(in crate::stand_in) fn exact(&self, name: &str) -> Option<&Self> {
        let mut members = self.members()?.iter();
        let found = members.find(|(own, _)| own == name);
        found.map(|(_, value)| value)
    }

    /// The members of an object.
    pub(in crate::stand_in) fn members(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Whether it is neither array nor object.
    pub(in crate::stand_in) fn is_scalar(&self) -> bool {
        !matches!(self, Self::Array(_) | Self::Object(_))
    }
}

impl From<&str> for Token {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Token {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<Option<&str>> for Token {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }
}

impl From<Vec<String>> for Token {
    fn from(texts: Vec<String>) -> Self {
        Self::Array(texts.into_iter().map(Self::String).collect())
    }
}
