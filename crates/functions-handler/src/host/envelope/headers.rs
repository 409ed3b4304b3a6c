//! The headers of the request inside an envelope.

use crate::host::contract;

use super::error::EnvelopeError;
use super::members::Members;
use super::tree::Tree;

/// The headers inside an envelope, in its spelling. A name may appear in several spellings, or twice.
///
/// There are no more of them, and no longer ones, than Kestrel lets through to the host: 100 lines and 32 KiB in all.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Headers(Vec<(String, Vec<String>)>);

impl Headers {
    /// Every value of a header, its name in any case, over all spellings and repetitions of the name.
    ///
    /// A name without a value counts as one with an empty value, so that no repetition goes unnoticed.
    pub fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let spellings = self
            .0
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        spellings.flat_map(|(_, values)| {
            let empty = values.is_empty().then_some("");
            values.iter().map(String::as_str).chain(empty)
        })
    }

    /// Names and values as they are.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0
            .iter()
            .map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    pub(super) fn new(tree: Tree) -> Result<Self, EnvelopeError> {
        let mut headers = Vec::new();
        for (name, tree) in Members::optional("Headers", tree)?.into_pairs() {
            let values = match tree {
                Tree::List(list) => list.into_iter().map(value).collect::<Result<_, _>>(),
                one => value(one).map(|value| vec![value]),
            };
            headers.push((name, values?));
        }
        let headers = Self(headers);
        match headers.fit() {
            true => Ok(headers),
            false => Err(Self::too_many()),
        }
    }

    /// The error for headers that no request has.
    pub(super) fn too_many() -> EnvelopeError {
        EnvelopeError::TooMuch {
            expected: format!(
                "at most {} headers of {} bytes in all",
                contract::REQUEST_HEADERS,
                contract::REQUEST_HEADER_BYTES
            ),
        }
    }

    fn fit(&self) -> bool {
        let lines: usize = self.iter().map(|(_, values)| values.len().max(1)).sum();
        let bytes: usize = self
            .iter()
            .map(|(name, values)| {
                let values = values.iter().map(|value| name.len() + value.len());
                values.sum::<usize>().max(name.len())
            })
            .sum();
        lines <= contract::REQUEST_HEADERS && bytes <= contract::REQUEST_HEADER_BYTES
    }
}

fn value(tree: Tree) -> Result<String, EnvelopeError> {
    match tree {
        Tree::Text(text) => Ok(text),
        Tree::Null => Ok(String::new()),
        Tree::Bool(_) | Tree::Number(_) | Tree::List(_) | Tree::Members(_) => Err(
            EnvelopeError::kind("Headers", "an object of arrays of texts"),
        ),
    }
}
