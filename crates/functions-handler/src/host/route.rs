//! Route templates, matched as ASP.NET Core's conventional routing matches them for the host.

mod constraint;
mod number;
mod parse;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use super::request_path::RequestPath;
use constraint::Constraint;
pub use parse::RouteError;

/// A parsed route: literals, `{p}`, `{p?}`, `{p=default}`, `{*rest}`, with inline constraints.
///
/// Literals are ASCII and match in any case. A parameter takes one whole segment. `int`, `long`, `bool`, `guid`,
/// `alpha`, `float`, `double`, `decimal`, `required`, `minlength`, `maxlength`, `length`, `min`, `max` and `range`
/// are known; everything else of ASP.NET's templates is refused, never guessed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RouteTemplate {
    text: String,
    segments: Vec<Segment>,
    catch_all: Option<CatchAll>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Segment {
    Literal(String),
    Parameter(Parameter),
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Parameter {
    name: String,
    presence: Presence,
    constraints: Vec<Constraint>,
}

/// What a missing segment means.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Presence {
    Required,
    Optional,
    Default(String),
}

/// The last part of a template, which takes what is left of the path, nothing included.
#[derive(Clone, Debug, Eq, PartialEq)]
struct CatchAll {
    name: String,
    default: Option<String>,
}

impl RouteTemplate {
    /// Reads the text of `route` in a `function.json`, without prefix.
    ///
    /// # Errors
    ///
    /// [`RouteError`] says what was seen and what is supported.
    pub fn parse(text: &str) -> Result<Self, RouteError> {
        parse::template(text)
    }

    /// This route below `prefix`, the host's `routePrefix`: literal segments, or nothing.
    ///
    /// # Errors
    ///
    /// [`RouteError`] if the prefix is no list of literal segments.
    pub fn below(&self, prefix: &str) -> Result<Self, RouteError> {
        let mut segments = parse::prefix(prefix)?;
        let text = if segments.is_empty() {
            self.text.clone()
        } else {
            format!("{prefix}/{}", self.text)
        };
        segments.extend_from_slice(&self.segments);
        Ok(Self {
            text,
            segments,
            catch_all: self.catch_all.clone(),
        })
    }

    /// The template as it was written, with its prefix if it was put below one.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether any part of the route is a parameter, so that callers choose text that lands in the path.
    pub fn has_parameter(&self) -> bool {
        self.catch_all.is_some()
            || self.segments.iter().any(|segment| match segment {
                Segment::Literal(_) => false,
                Segment::Parameter(_) => true,
            })
    }

    /// The names of the parameters, in their order.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        let named = self.segments.iter().filter_map(|segment| match segment {
            Segment::Literal(_) => None,
            Segment::Parameter(parameter) => Some(parameter.name.as_str()),
        });
        named.chain(self.catch_all.iter().map(|rest| rest.name.as_str()))
    }

    /// The values of the parameters, if the path is one of this route's.
    ///
    /// Optional parts that the path leaves out have no value; defaults have theirs. Allocates nothing for a route
    /// without parameters.
    pub fn matches(&self, path: &RequestPath<'_>) -> Option<RouteValues> {
        let given = path.segments();
        if given.len() < self.shortest() || given.len() > self.longest() {
            return None;
        }
        let fits = self
            .segments
            .iter()
            .zip(given)
            .all(|(segment, text)| segment.accepts(text));
        fits.then(|| self.values(path))
    }

    /// Whether some path can match both routes.
    ///
    /// Exact for literals, also against constraints. Two constraints count as overlapping unless they plainly
    /// exclude each other. Fails closed: in doubt, true.
    pub fn overlaps(&self, other: &Self) -> bool {
        // The positions of a longer common path include those of the shortest, so that one decides.
        let shortest = self.shortest().max(other.shortest());
        if shortest > self.longest() || shortest > other.longest() {
            return false;
        }
        // Behind the shorter list only a catch-all can stand, which takes anything.
        let mut pairs = self.segments.iter().zip(&other.segments).take(shortest);
        pairs.all(|(one, two)| one.overlaps(two))
    }

    /// The number of segments that a path has at least. An optional part in front of a required one is required.
    fn shortest(&self) -> usize {
        let last = self.segments.iter().rposition(Segment::is_required);
        last.map_or(0, |last| last + 1)
    }

    fn longest(&self) -> usize {
        match self.catch_all {
            Some(_) => usize::MAX,
            None => self.segments.len(),
        }
    }

    fn values(&self, path: &RequestPath<'_>) -> RouteValues {
        let mut values = RouteValues::default();
        let mut given = path.segments().iter();
        for segment in &self.segments {
            let text = given.next();
            if let Segment::Parameter(parameter) = segment {
                values.insert(&parameter.name, parameter.value(text));
            }
        }
        if let Some(rest) = &self.catch_all {
            values.insert(&rest.name, rest.value(path, self.segments.len()));
        }
        values
    }
}

/// The template as it was written.
impl fmt::Display for RouteTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Segment {
    fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => literal.eq_ignore_ascii_case(text),
            Self::Parameter(parameter) => parameter.accepts(text),
        }
    }

    fn is_required(&self) -> bool {
        match self {
            Self::Literal(_) => true,
            Self::Parameter(parameter) => parameter.presence == Presence::Required,
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
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
    fn accepts(&self, text: &str) -> bool {
        self.constraints
            .iter()
            .all(|constraint| constraint.accepts(text))
    }

    fn value(&self, text: Option<&Cow<'_, str>>) -> Option<String> {
        match (text, &self.presence) {
            (Some(text), _) => Some(text.to_string()),
            (None, Presence::Default(default)) => Some(default.clone()),
            (None, Presence::Optional | Presence::Required) => None,
        }
    }
}

impl CatchAll {
    fn value(&self, path: &RequestPath<'_>, taken: usize) -> Option<String> {
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

/// The decoded values of a route's parameters, in the order of the template; in an envelope, in the host's order.
///
/// They are the caller's text, decoded once: a value can hold any character but controls, and dots or slashes that
/// were encoded twice.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RouteValues {
    values: Vec<(String, String)>,
}

impl RouteValues {
    /// The value of a parameter, its name in any case; none for a part that the path leaves out.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// All names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    fn insert(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value {
            self.values.push((name.to_owned(), value));
        }
    }
}

/// Names and values as the host found them.
impl FromIterator<(String, String)> for RouteValues {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(values: T) -> Self {
        Self {
            values: values.into_iter().collect(),
        }
    }
}
