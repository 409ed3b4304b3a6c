//! The lines of one header.

use std::fmt;

/// How many lines of one header a request has, with the value if there is one line. `Debug` shows no value.
#[derive(Clone, Copy, Eq, PartialEq)]
pub enum HeaderLine<'a> {
    /// The request has no such header.
    Absent,
    /// Exactly one line.
    Once(&'a [u8]),
    /// This many lines.
    Repeated(usize),
}

impl fmt::Debug for HeaderLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("Absent"),
            Self::Once(value) => write!(f, "Once({} bytes)", value.len()),
            Self::Repeated(lines) => write!(f, "Repeated({lines})"),
        }
    }
}

impl<'a> HeaderLine<'a> {
    /// Counts the lines of one header.
    pub fn from_values(mut values: impl Iterator<Item = &'a [u8]>) -> Self {
        match (values.next(), values.count()) {
            (None, _) => Self::Absent,
            (Some(value), 0) => Self::Once(value),
            (Some(_), more) => Self::Repeated(more.saturating_add(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted() {
        let lines = |values: &[&'static [u8]]| HeaderLine::from_values(values.iter().copied());
        assert_eq!(lines(&[]), HeaderLine::Absent);
        assert_eq!(lines(&[b"x"]), HeaderLine::Once(b"x"));
        assert_eq!(lines(&[b"x", b"x", b"x"]), HeaderLine::Repeated(3));
    }
}
