//! All functions of the app, and the one lookup that finds the function of a request.

mod rules;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use super::function_json::Function;
use super::request_path::RequestPath;
use super::route::RouteValues;
use crate::Problem;

/// The enabled functions in the order in which the host tries them.
///
/// The host ranks nothing: the first function by name whose route and methods fit takes the request, a catch-all
/// included. So does [`Routes::lookup`], and what it finds decides both which body runs and which marker guards it.
#[derive(Clone, Debug)]
pub struct Routes {
    functions: Vec<Function>,
}

impl Routes {
    /// Puts the functions in order. Leave disabled ones out: see [`disabled_setting`].
    ///
    /// # Errors
    ///
    /// Every problem at once, each with the names of the functions: two names that differ in case alone; a public
    /// and a secured function that can match one path and method; two equal routes with a method in common; a public
    /// function that relies on a key beside a route with a parameter, since a rewritten path gets around the key; and
    /// functions that the host delivers by envelope.
    pub fn new(mut functions: Vec<Function>) -> Result<Self, Vec<Problem>> {
        functions.sort_by(|one, two| by_name(&one.name, &two.name));
        let mut problems = rules::break_of_pairs(&functions);
        problems.extend(rules::bypassed_keys(&functions));
        problems.extend(rules::envelopes(&functions));
        if problems.is_empty() {
            Ok(Self { functions })
        } else {
            Err(problems)
        }
    }

    /// The function of a request and the values of its route; none means 404, also for a wrong method.
    ///
    /// Allocates nothing for routes without parameters.
    pub fn lookup(&self, method: &str, path: &RequestPath<'_>) -> Option<(&Function, RouteValues)> {
        self.functions.iter().find_map(|function| {
            let route = function
                .route
                .as_ref()
                .filter(|_| function.methods.allow(method))?;
            route.matches(path).map(|values| (function, values))
        })
    }

    /// All functions, in the host's order.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }
}

/// The two app settings that switch a function off; the second is for hosts whose variables cannot hold a dot.
///
/// Names of settings count in any case on Windows, and as they stand on Linux.
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
