//! The parts of a route template, as they are written.

use functions_handler::host::RouteTemplate;

/// A parameter in a path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// As they are written, in their order.
    pub(crate) constraints: Vec<String>,
    /// Whether it takes the rest of the path.
    pub(crate) catch_all: bool,
}

/// One part of a template between two slashes.
pub(crate) enum Part {
    Literal(String),
    Parameter {
        parameter: Parameter,
        /// Whether the path may end before it.
        may_lack: bool,
    },
}

impl Part {
    /// The parts of a template in their order.
    ///
    /// It is parsed here a second time, from a text that is known to be right, since the engine keeps no text of a
    /// constraint.
    pub(crate) fn all_of(route: &RouteTemplate) -> Vec<Self> {
        route.text().split('/').map(Self::of).collect()
    }

    fn of(text: &str) -> Self {
        let Some(inner) = text
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'))
        else {
            return Self::Literal(text.to_owned());
        };
        let bare = inner.trim_start_matches('*');
        let catch_all = bare.len() < inner.len();
        let (declaration, has_default) = match bare.split_once('=') {
            Some((declaration, _)) => (declaration, true),
            None => (bare, false),
        };
        let optional = declaration.ends_with('?');
        let mut words = declaration
            .trim_end_matches('?')
            .split(':')
            .map(ToOwned::to_owned);
        Self::Parameter {
            parameter: Parameter {
                name: words.next().unwrap_or_default(),
                constraints: words.collect(),
                catch_all,
            },
            may_lack: catch_all || has_default || optional,
        }
    }

    /// Whether a path may end before this part.
    pub(crate) fn may_lack(&self) -> bool {
        match self {
            Self::Literal(_) => false,
            Self::Parameter { may_lack, .. } => *may_lack,
        }
    }
}
