//! A certificate's facts for people.

use std::fmt;

use super::facts::{Entry, Facts, State};

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Readable(facts) => facts.fmt(f),
            Self::Malformed(entry) => {
                line(f, "MALFORMED", &entry.malformed)?;
                line(f, "SHA-1", &entry.thumbprints.sha1)?;
                line(f, "SHA-256", &entry.thumbprints.sha256)
            }
        }
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let itself = if self.self_issued { " (itself)" } else { "" };
        line(f, "subject", &self.subject)?;
        line(f, "issuer", &format!("{}{itself}", self.issuer))?;
        line(f, "serial", &self.serial)?;
        line(f, "valid", &self.period())?;
        line(f, "SHA-1", &self.thumbprints.sha1)?;
        line(f, "SHA-256", &self.thumbprints.sha256)?;
        line(f, "key", &self.key_line())?;
        line(f, "signature", &self.signature_algorithm)?;
        line(f, "key usage", &list(self.key_usage.as_deref()))?;
        line(
            f,
            "extended usage",
            &list(self.extended_key_usage.as_deref()),
        )?;
        for (kind, names) in self.alternative_names.by_type() {
            line(f, &format!("{kind} names"), &names.join(", "))?;
        }
        line(f, "constraints", &self.constraints())?;
        for extension in &self.other_extensions {
            let critical = if extension.critical { ", critical" } else { "" };
            line(f, "extension", &format!("{}{critical}", extension.name))?;
        }
        Ok(())
    }
}

impl Facts {
    fn period(&self) -> String {
        let state = match self.validity {
            State::Valid => format!("{} days left", self.days_left),
            State::Expired => "EXPIRED".to_owned(),
            State::NotYetValid => "NOT YET VALID".to_owned(),
        };
        format!("{} to {} ({state})", self.not_before, self.not_after)
    }

    fn key_line(&self) -> String {
        let curve = self
            .key
            .curve
            .map_or(String::new(), |curve| format!(" {curve}"));
        let bits = self
            .key
            .bits
            .map_or(String::new(), |bits| format!(", {bits} bits"));
        format!("{}{curve}{bits}", self.key.algorithm)
    }

    fn constraints(&self) -> String {
        match &self.basic_constraints {
            None => "none".to_owned(),
            Some(basic) if !basic.ca => "not an authority".to_owned(),
            Some(basic) => match basic.path_length {
                None => "an authority".to_owned(),
                Some(length) => format!("an authority, path length {length}"),
            },
        }
    }
}

/// An absent extension and an empty one are different facts.
fn list<T: AsRef<str>>(values: Option<&[T]>) -> String {
    match values {
        None => "not restricted".to_owned(),
        Some([]) => "nothing".to_owned(),
        Some(values) => values
            .iter()
            .map(AsRef::as_ref)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// One labelled line.
pub(super) fn line(f: &mut fmt::Formatter<'_>, label: &str, value: &str) -> fmt::Result {
    writeln!(f, "  {label:<16}{value}")
}
