//! The parts of a template.

use std::borrow::Cow;

use super::constraint::{self, Constraint};
use crate::host::request_path::RequestPath;

/// One part of a template between two slashes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Segment {
    Literal(String),
    Parameter(Parameter),
}

/// A part whose text the caller chooses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) presence: Presence,
    pub(super) constraints: Vec<Constraint>,
}

/// What a missing segment means.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Presence {
    Required,
    Optional,
    Default(String),
}

/// The last part of a template, which takes what is left of the path, nothing included.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct CatchAll {
    pub(super) name: String,
    pub(super) default: Option<String>,
}

impl Segment {
    pub(super) fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => literal.eq_ignore_ascii_case(text),
            Self::Parameter(parameter) => parameter.accepts(text),
        }
    }

    pub(super) fn is_required(&self) -> bool {
        match self {
            Self::Literal(_) => true,
            Self::Parameter(parameter) => parameter.presence == Presence::Required,
        }
    }

    /// Whether this part plainly takes every text that the other one takes.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(one), Self::Literal(two)) => one.eq_ignore_ascii_case(two),
            (Self::Literal(_), Self::Parameter(_)) => false,
            (Self::Parameter(parameter), Self::Literal(text)) => parameter.accepts(text),
            (Self::Parameter(one), Self::Parameter(two)) => {
                one.constraints.is_empty() || one.constraints == two.constraints
            }
        }
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Literal(literal), segment) | (segment, Self::Literal(literal)) => {
                segment.accepts(literal)
            }
            (Self::Parameter(one), Self::Parameter(two)) => {
                constraint::overlap(&one.constraints, &two.constraints)
            }
        }
    }
}

impl Parameter {
    /// An empty segment is taken by a catch-all alone.
    pub(super) fn accepts(&self, text: &str) -> bool {
        !text.is_empty()
            && self
                .constraints
                .iter()
                .all(|constraint| constraint.accepts(text))
    }

    pub(super) fn value(&self, text: Option<&Cow<'_, str>>) -> Option<String> {
        match (text, &self.presence) {
            (Some(text), _) => Some(text.to_string()),
            (None, Presence::Default(default)) => Some(default.clone()),
            (None, Presence::Optional | Presence::Required) => None,
        }
    }
}

impl CatchAll {
    pub(super) fn value(&self, path: &RequestPath<'_>, taken: usize) -> Option<String> {
        match path.segments().get(taken..) {
            None | Some([]) => self.default.clone(),
            Some(rest) => {
                let mut value = rest.join("/");
                if path.has_trailing_slash() {
                    value.push('/');
                }
                Some(value)
            }
        }
    }
}
