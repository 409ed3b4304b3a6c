//! What one hop sent to the next, without what must not be shown.

use http::request;

use super::shown;

/// The head of a request, as it may be shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Hop {
    /// From where to where.
    pub(crate) title: &'static str,
    /// Request line and headers; still to be escaped.
    pub(crate) lines: Vec<String>,
}

impl Hop {
    /// The head of `request`: certificates as thumbprints, every value that is not known to be harmless as its length.
    pub(crate) fn of(title: &'static str, request: &request::Parts) -> Self {
        let path_and_query = request.uri.path_and_query();
        let target = shown::target(path_and_query.map_or("/", |target| target.as_str()));
        let mut lines = vec![format!("{} {target}", request.method)];
        let headers = request.headers.iter();
        lines.extend(headers.map(|(name, value)| format!("{name}: {}", shown::value(name, value))));
        Self { title, lines }
    }
}
