//! The subject alternative names of a certificate, sorted by type for people.

use client_cert::SubjectAlternativeName;
use serde::Serialize;

use crate::printable::printable;

/// Subject alternative names by type.
#[derive(Debug, Default, Serialize)]
pub(crate) struct AlternativeNames {
    pub(crate) dns: Vec<String>,
    pub(crate) ip: Vec<String>,
    pub(crate) uri: Vec<String>,
    pub(crate) email: Vec<String>,
    pub(crate) directory: Vec<String>,
    /// Every other type, and values that their type does not allow.
    pub(crate) other: Vec<String>,
}

impl AlternativeNames {
    /// Sorts the names.
    pub(super) fn of(names: &[SubjectAlternativeName]) -> Self {
        let mut sorted = Self::default();
        for name in names {
            match name {
                SubjectAlternativeName::Dns(name) => sorted.dns.push(printable(name)),
                SubjectAlternativeName::Ip(address) => sorted.ip.push(address.to_string()),
                SubjectAlternativeName::Uri(uri) => sorted.uri.push(printable(uri)),
                SubjectAlternativeName::Mail(address) => sorted.email.push(printable(address)),
                SubjectAlternativeName::Directory(name) => sorted.directory.push(name.to_string()),
                SubjectAlternativeName::Other(name) => sorted.other.push(name.to_string()),
                other => sorted.other.push(printable(&other.to_string())),
            }
        }
        sorted
    }

    /// The types that are present, as people call them.
    pub(super) fn by_type(&self) -> impl Iterator<Item = (&'static str, &Vec<String>)> {
        [
            ("DNS", &self.dns),
            ("IP", &self.ip),
            ("URI", &self.uri),
            ("mail", &self.email),
            ("directory", &self.directory),
            ("other", &self.other),
        ]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
    }
}
