//! All functions of the app, and the one lookup that finds the function of a request.

mod rules;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use super::function_json::{Function, HttpTrigger, RequestShape};
use super::request_path::RequestPath;
use super::route::RouteValues;
use app_settings::Problem;

/// The enabled functions in the order in which the host tries them.
///
/// The host ranks nothing: the first function by name whose route and methods fit takes the request, a catch-all
/// included. So does [`Routes::lookup`], and what it finds decides both which implementation runs and which marker guards it.
///
/// `E` is what a look-up finds: the [`Function`] itself, or what it was paired with ([`Routes::pair`]).
#[derive(Clone, Debug)]
pub struct Routes<E = Function> {
    entries: Vec<E>,
    /// Whether every function is called by raw requests and bears the same marker.
    is_uniform: bool,
}

/// What knows the function that it was made from.
pub trait Declared {
    /// The function's name.
    fn name(&self) -> &str;

    /// What its HTTP trigger says; `None` for a function that no HTTP request starts.
    fn http(&self) -> Option<&HttpTrigger>;

    /// Whether the host delivers it by JSON envelope.
    fn is_enveloped(&self) -> bool {
        self.http()
            .is_none_or(|http| http.shape == RequestShape::Envelope)
    }
}

impl Declared for Function {
    fn name(&self) -> &str {
        &self.name
    }

    fn http(&self) -> Option<&HttpTrigger> {
        Function::http(self)
    }
}

impl Routes {
    /// Puts the functions in order. Leave disabled ones out: see [`disabled_setting`].
    ///
    /// # Errors
    ///
    /// Every problem at once, each with the names of the functions: two names that differ in case alone; a public
    /// and a secured function that can match one path and method; two equal routes with a method in common; a public
    /// function that relies on a key beside a route with a parameter, since a rewritten path gets around the key;
    /// and a route that could be taken for an envelope's path.
    pub fn new(mut functions: Vec<Function>) -> Result<Self, Vec<Problem>> {
        functions.sort_by(|one, two| by_name(&one.name, &two.name));
        let mut problems = rules::break_of_pairs(&functions);
        problems.extend(rules::bypassed_keys(&functions));
        problems.extend(rules::ambiguous_envelopes(&functions));
        if problems.is_empty() {
            Ok(Self {
                is_uniform: rules::is_uniform(&functions),
                entries: functions,
            })
        } else {
            Err(problems)
        }
    }

    /// What is wrong with envelopes where requests may arrive with no headers but a caller's own: each function that
    /// the host delivers by envelope beside a forwarded route with a parameter.
    ///
    /// The host rewrites a path on its way to the handler, so `/api/order/..%5C..%5CQueueOutput` arrives as
    /// `/QueueOutput`, with a body of the caller's choice. Nothing in the path, the method or the host's own headers
    /// tells such a request from an envelope, and the caller writes `Host` and leaves other headers out; what is
    /// left to tell them apart is a header that a front end adds and the host passes on. Without parameters no route
    /// can be rewritten: a literal is only ever itself.
    pub fn imitable_envelopes(&self) -> Vec<Problem> {
        rules::imitable_envelopes(&self.entries)
    }

    /// All functions, in the host's order.
    pub fn functions(&self) -> &[Function] {
        &self.entries
    }

    /// The same routes, to what each function is paired with.
    ///
    /// # Errors
    ///
    /// Every problem at once.
    pub fn pair<E>(
        self,
        pair: impl FnMut(Function) -> Result<E, Problem>,
    ) -> Result<Routes<E>, Vec<Problem>> {
        let is_uniform = self.is_uniform;
        let mut problems = Vec::new();
        let mut entries = Vec::with_capacity(self.entries.len());
        for paired in self.entries.into_iter().map(pair) {
            match paired {
                Ok(entry) => entries.push(entry),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            Ok(Routes {
                entries,
                is_uniform,
            })
        } else {
            Err(problems)
        }
    }
}

impl<E: Declared> Routes<E> {
    /// The function of a raw request and the values of its route; `None` means 404, also for a wrong method.
    ///
    /// A function that the host delivers by envelope is never found by its route, since the host sends no raw request
    /// for it. Allocates nothing for routes without parameters.
    pub fn lookup(&self, method: &str, path: &RequestPath<'_>) -> Option<(&E, RouteValues)> {
        let raw = |entry: &&E| !entry.is_enveloped();
        first(self.entries.iter().filter(raw), method, path)
    }

    /// The function of a path that two readers could take for two different ones, where that makes no difference for the
    /// decision: where every function bears the same marker, and none is delivered by envelope, whose path it could be
    /// taken for. The path's parts count as they are written.
    pub fn opaque(&self, method: &str, raw: &str) -> Option<&E> {
        let path = self.is_uniform.then(|| RequestPath::opaque(raw))??;
        first(self.entries.iter(), method, &path).map(|(entry, _)| entry)
    }

    /// The function that the host runs for a caller's request, in whichever shape it delivers it.
    pub fn hosted(&self, method: &str, path: &RequestPath<'_>) -> Option<(&E, RouteValues)> {
        first(self.entries.iter(), method, path)
    }

    /// The function whose envelopes the host posts to this path, as it is on the wire: a slash and the name, in
    /// the folder's case.
    pub fn enveloped(&self, path: &str) -> Option<&E> {
        let name = path.strip_prefix('/')?;
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.is_enveloped() && entry.name() == name)
    }
}

/// The first function whose methods and route fit.
fn first<'a, E: Declared>(
    mut entries: impl Iterator<Item = &'a E>,
    method: &str,
    path: &RequestPath<'_>,
) -> Option<(&'a E, RouteValues)> {
    entries.find_map(|entry| {
        let http = entry.http()?;
        let http = Some(http).filter(|http| http.methods.allow(method))?;
        http.route.matches(path).map(|values| (entry, values))
    })
}

/// The two app settings that switch a function off; the second is for hosts whose variables cannot hold a dot.
///
/// Names of settings count in any case on Windows, and exactly on Linux.
pub fn disabled_setting(name: &str) -> [String; 2] {
    [
        format!("AzureWebJobs.{name}.Disabled"),
        format!("AzureWebJobs_{name}_Disabled"),
    ]
}

/// Whether the host takes the value of such a setting for true: `1`, or `true` in any case, blanks around it or not.
pub fn is_true(value: &str) -> bool {
    let value = value.trim();
    value == "1" || value.eq_ignore_ascii_case("true")
}

/// The host's order of names, ordinal with case ignored (`FunctionMetadataManager.cs`): `-`, digits, letters, `_`.
///
/// Names that differ in case alone are refused, so no tie is left.
fn by_name(one: &str, two: &str) -> Ordering {
    // .NET folds to upper case, which is what puts the underscore last.
    let folded = |name: &'_ str| {
        name.bytes()
            .map(|byte| byte.to_ascii_uppercase())
            .collect::<Vec<_>>()
    };
    folded(one).cmp(&folded(two))
}
