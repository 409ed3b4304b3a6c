//! Sets of functions that must not be served together. Each rule reports all its breaks.

use crate::Problem;
use crate::host::contract::FUNCTION_JSON;
use crate::host::function_json::{AuthLevel, Function, RequestShape, Trigger};

/// What is wrong between two functions, for each pair once.
pub(super) fn break_of_pairs(functions: &[Function]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, one) in functions.iter().enumerate() {
        for two in functions.iter().skip(index + 1) {
            problems.extend(same_name(one, two));
            problems.extend(same_route(one, two).or_else(|| open_and_secured(one, two)));
        }
    }
    problems
}

/// A public function whose key a caller gets around: he asks for another function's route, with a parameter that the
/// host rewrites into this function's path.
pub(super) fn bypassed_keys(functions: &[Function]) -> Vec<Problem> {
    let keyed = functions.iter().filter(|function| is_keyed(function));
    let problems = keyed.filter_map(|function| {
        let others = functions.iter().filter(|other| other.name != function.name);
        let way = others.into_iter().find(|other| has_parameter(other))?;
        let text = format!(
            "expected authLevel anonymous on a public function beside {}, whose route \"{}\" has a parameter, seen a \
             key: a path can be rewritten past it; secure the function by a certificate, or make it anonymous",
            way.name,
            text_of(way)
        );
        Some(Problem::new(place(function), text))
    });
    problems.collect()
}

/// Functions that the host delivers by envelope, which this handler does not read.
pub(super) fn envelopes(functions: &[Function]) -> Vec<Problem> {
    functions.iter().filter_map(envelope).collect()
}

fn envelope(function: &Function) -> Option<Problem> {
    let text = match (&function.trigger, function.shape) {
        (Trigger::Other { kind, .. }, _) => {
            format!("expected an HTTP trigger, seen {kind}, which this handler does not serve; remove or disable the function")
        }
        (Trigger::Http { .. }, RequestShape::Envelope) => "expected requests as the caller sent them, seen a function \
            that the host delivers by JSON envelope, which this handler does not read; bind one httpTrigger and one http \
            output, nothing else, and set customHandler.enableForwardingHttpRequest and enableProxyingHttpRequest in \
            host.json"
            .to_owned(),
        (Trigger::Http { .. }, RequestShape::Forwarding | RequestShape::Proxying) => return None,
    };
    Some(Problem::new(place(function), text))
}

fn same_name(one: &Function, two: &Function) -> Option<Problem> {
    one.name.eq_ignore_ascii_case(&two.name).then(|| {
        let text = format!(
            "expected names that differ in more than case, seen {} as well; rename one folder",
            two.name
        );
        Problem::new(place(one), text)
    })
}

fn same_route(one: &Function, two: &Function) -> Option<Problem> {
    let same = text_of(one).eq_ignore_ascii_case(text_of(two))
        && one.route.is_some()
        && two.route.is_some();
    (same && one.methods.overlap(&two.methods)).then(|| {
        let text = format!(
            "expected each route and method once, seen \"{}\" in {} as well; change one route, or list other methods",
            text_of(one),
            place(two)
        );
        Problem::new(place(one), text)
    })
}

fn open_and_secured(one: &Function, two: &Function) -> Option<Problem> {
    let (public, secured) = match (one.marker.is_public(), two.marker.is_public()) {
        (true, false) => (one, two),
        (false, true) => (two, one),
        (true, true) | (false, false) => return None,
    };
    let (open, guarded) = (public.route.as_ref()?, secured.route.as_ref()?);
    (open.overlaps(guarded) && public.methods.overlap(&secured.methods)).then(|| {
        let text = format!(
            "expected that no path is both public and secured, seen that \"{}\" of this public function and \"{}\" of \
             the secured function {} can match the same path and method; change a route or the methods, or give both \
             the same marker",
            open.text(),
            guarded.text(),
            secured.name
        );
        Problem::new(place(public), text)
    })
}

fn is_keyed(function: &Function) -> bool {
    function.route.is_some()
        && function.marker.is_public()
        && function.auth_level != AuthLevel::Anonymous
}

fn has_parameter(function: &Function) -> bool {
    function
        .route
        .as_ref()
        .is_some_and(|route| route.has_parameter())
}

fn text_of(function: &Function) -> &str {
    function.route.as_ref().map_or("", |route| route.text())
}

fn place(function: &Function) -> String {
    format!("{}/{FUNCTION_JSON}", function.name)
}
