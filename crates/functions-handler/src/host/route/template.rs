//! A template, and the paths that it matches.

use std::borrow::Cow;
use std::fmt;

use super::parse::{self, Parts, RouteError};
use super::prefix::RoutePrefix;
use super::segment::{CatchAll, Segment};
use super::values::RouteValues;
use crate::host::request_path::RequestPath;

/// What a message has in place of a prefix that comes from a setting.
const HIDDEN_PREFIX: &str = "%routePrefix%";

/// A parsed route: literals, `{p}`, `{p?}`, `{p=default}`, `{*rest}`, with inline constraints.
///
/// Literals are ASCII and match in any case. A parameter takes one whole segment. `int`, `long`, `bool`, `guid`,
/// `alpha`, `float`, `double`, `decimal`, `required`, `minlength`, `maxlength`, `length`, `min`, `max` and `range`
/// are known; everything else of ASP.NET's templates is refused, never guessed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RouteTemplate {
    text: String,
    /// Bytes at the start of the text that no message shows.
    hidden: usize,
    segments: Vec<Segment>,
    catch_all: Option<CatchAll>,
}

impl RouteTemplate {
    /// Reads the text of `route` in a `function.json`, without prefix.
    ///
    /// # Errors
    ///
    /// [`RouteError`] says what was found and what is supported.
    pub fn parse(text: &str) -> Result<Self, RouteError> {
        let Parts {
            segments,
            catch_all,
        } = parse::template(text)?;
        Ok(Self {
            text: text.to_owned(),
            hidden: 0,
            segments,
            catch_all,
        })
    }

    /// This route below the host's `routePrefix`.
    #[must_use]
    pub fn below(&self, prefix: &RoutePrefix) -> Self {
        let text = match prefix.text() {
            "" => self.text.clone(),
            prefix => format!("{prefix}/{}", self.text),
        };
        let hidden = match prefix.is_from_setting() {
            true => prefix.text().len(),
            false => 0,
        };
        Self {
            text,
            hidden,
            segments: [prefix.segments(), &self.segments].concat(),
            catch_all: self.catch_all.clone(),
        }
    }

    /// The template as it was written, with its prefix if it was put below one. It belongs in no message:
    /// [`RouteTemplate::shown`] does.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The template for messages. A prefix that comes from a setting, into which anything can be pasted, is left out.
    pub fn shown(&self) -> Cow<'_, str> {
        match self.hidden {
            0 => self.text.as_str().into(),
            hidden => format!(
                "{HIDDEN_PREFIX}{}",
                self.text.get(hidden..).unwrap_or_default()
            )
            .into(),
        }
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
        // Behind the shorter list there can only be a catch-all, which takes anything.
        let mut pairs = self.segments.iter().zip(&other.segments).take(shortest);
        pairs.all(|(one, two)| one.overlaps(two))
    }

    /// Whether this route plainly takes every path that the other one takes. In doubt, false.
    pub fn covers(&self, other: &Self) -> bool {
        let ends = self.catch_all.is_some()
            || (other.catch_all.is_none() && self.segments.len() == other.segments.len());
        let pairs = self.segments.iter().zip(&other.segments);
        ends && self.shortest() <= other.shortest()
            && self.segments.len() <= other.segments.len()
            && pairs.into_iter().all(|(one, two)| one.covers(two))
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

/// As [`RouteTemplate::shown`].
impl fmt::Display for RouteTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}
