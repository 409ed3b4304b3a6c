//! The members of an object of the host.

use super::error::EnvelopeError;
use super::tree::Tree;

/// The members of an object of the host, each of which must be present once.
#[derive(Debug)]
pub(super) struct Members(Vec<(String, Tree)>);

impl Members {
    pub(super) fn new(what: &str, tree: Tree) -> Result<Self, EnvelopeError> {
        match tree {
            Tree::Members(members) => Ok(Self(members)),
            Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) | Tree::List(_) => {
                Err(EnvelopeError::kind(what, "an object"))
            }
        }
    }

    /// The same of a member that may be absent.
    pub(super) fn optional(what: &str, tree: Tree) -> Result<Self, EnvelopeError> {
        match tree {
            Tree::Null => Ok(Self(Vec::new())),
            other => Self::new(what, other),
        }
    }

    /// Takes one member out. Its name in two places is an error.
    pub(super) fn take(&mut self, name: &str) -> Result<Option<Tree>, EnvelopeError> {
        let Some(place) = self.0.iter().position(|(known, _)| known == name) else {
            return Ok(None);
        };
        let (_, tree) = self.0.remove(place);
        if self.0.iter().any(|(known, _)| known == name) {
            return Err(EnvelopeError::repeated(name));
        }
        Ok(Some(tree))
    }

    /// All that is left, in its order.
    pub(super) fn into_pairs(self) -> Vec<(String, Tree)> {
        self.0
    }
}
