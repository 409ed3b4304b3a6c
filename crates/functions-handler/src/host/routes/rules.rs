//! Sets of functions that must not be served together. Each rule reports all its breaks.

use crate::host::auth_level::AuthLevel;
use crate::host::function_json::{Function, HttpTrigger};
use crate::host::route::RouteTemplate;
use app_settings::Problem;

/// What is wrong between two functions, for each pair once.
pub(super) fn break_of_pairs(functions: &[Function]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, one) in functions.iter().enumerate() {
        for two in functions.iter().skip(index + 1) {
            problems.extend(same_name(one, two));
            let problem = same_route(one, two).or_else(|| open_and_secured(one, two));
            problems.extend(problem.or_else(|| marker_in_vain(one, two)));
        }
    }
    problems
}

/// A public function whose key a caller gets around by asking for another function's route, with a parameter that the
/// host rewrites into this function's path.
pub(super) fn bypassed_keys(functions: &[Function]) -> Vec<Problem> {
    let keyed = functions.iter().filter(|function| is_keyed(function));
    let problems = keyed.filter_map(|function| {
        let others = functions.iter().filter(|other| other.name != function.name);
        let way = others.into_iter().find(|other| has_parameter(other))?;
        let text = format!(
            "expected {} anonymous on a public function beside {}, whose route \"{}\" has a parameter, found a key: a \
             path can be rewritten past it; secure the function by a certificate, or make it anonymous",
            function.declaration.auth_level_key(),
            way.label(),
            route_of(way)
        );
        Some(Problem::new(function.place(), text))
    });
    problems.collect()
}

/// Functions whose route takes the path to which the host posts another function's envelopes: two readers of one
/// request.
pub(super) fn ambiguous_envelopes(functions: &[Function]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for envelope in functions.iter().filter(|function| function.is_enveloped()) {
        let takes = |raw: &&Function| {
            let path = RouteTemplate::parse(&envelope.name);
            let http = raw.http().filter(|_| !raw.is_enveloped());
            http.zip(path.ok()).is_some_and(|(http, path)| {
                http.methods.allow("POST") && http.route.overlaps(&path)
            })
        };
        problems.extend(functions.iter().filter(takes).map(|raw| {
            let text = format!(
                "expected a route that cannot take /{0}, found \"{1}\": the host posts the envelopes of {0} to that path; \
                 set a routePrefix, change the route, or leave post out of its methods",
                envelope.name,
                route_of(raw)
            );
            Problem::new(raw.place(), text)
        }));
    }
    problems
}

/// Functions whose envelopes a caller could imitate through a forwarded route with a parameter. Proxied routes count
/// as forwarded: a host that does not know proxying forwards them.
pub(super) fn imitable_envelopes(functions: &[Function]) -> Vec<Problem> {
    let mut ways = functions
        .iter()
        .filter(|function| !function.is_enveloped() && has_parameter(function));
    let Some(way) = ways.next() else {
        return Vec::new();
    };
    let enveloped = functions.iter().filter(|function| function.is_enveloped());
    let problems = enveloped.map(|function| {
        let text = format!(
            "expected no forwarded route with a parameter beside a function that the host delivers by JSON envelope, \
             found \"{}\" of {}: a path through it can be rewritten into /{}, and only the headers of a front end would \
             tell; set CLIENT_CERT_FRONT_END to app-service where that is in front, take the parameter out of the \
             route, or disable one of the two",
            route_of(way),
            way.label(),
            function.name
        );
        Problem::new(function.place(), text)
    });
    problems.collect()
}

/// Whether every function is called by raw requests and bears the same marker.
pub(super) fn is_uniform(functions: &[Function]) -> bool {
    let markers = || {
        functions
            .iter()
            .map(|function| function.http().map(|http| &http.marker))
    };
    let all_raw = functions.iter().all(|function| !function.is_enveloped());
    all_raw
        && markers()
            .zip(markers().skip(1))
            .all(|(one, two)| one == two)
}

fn same_name(one: &Function, two: &Function) -> Option<Problem> {
    one.name.eq_ignore_ascii_case(&two.name).then(|| {
        let text = format!(
            "expected names that differ in more than case, found {} as well; rename one folder",
            two.name
        );
        Problem::new(one.place(), text)
    })
}

fn same_route(one: &Function, two: &Function) -> Option<Problem> {
    let (first, second) = (one.http()?, two.http()?);
    let same = first.route.text().eq_ignore_ascii_case(second.route.text());
    (same && first.methods.overlap(&second.methods)).then(|| {
        let text = format!(
            "expected each route and method once, found \"{}\" in {} as well; change one route, or list other methods",
            route_of(one),
            two.place()
        );
        Problem::new(one.place(), text)
    })
}

/// One path that is public and secured at once. `one` is tried before `two`.
///
/// A public route without parameters that is tried first takes itself away from a secured one and nothing else, so both
/// are what they seem. Any other public route takes paths, or loses them, by what a caller writes.
fn open_and_secured(one: &Function, two: &Function) -> Option<Problem> {
    let is_public = |http: &HttpTrigger| http.marker.is_public();
    let (public, secured) = match (is_public(one.http()?), is_public(two.http()?)) {
        (true, false) if !one.http()?.route.has_parameter() => return None,
        (true, false) => (one, two),
        (false, true) => (two, one),
        (true, true) | (false, false) => return None,
    };
    let (open, guarded) = (public.http()?, secured.http()?);
    (open.route.overlaps(&guarded.route) && open.methods.overlap(&guarded.methods)).then(|| {
        let text = format!(
            "expected a public route that no secured one shares a path with, or one without parameters that the host \
             tries first, by name, found \"{}\" beside \"{}\" of the secured function {}; change a route, the methods \
             or the order, or give both the same marker",
            open.route,
            guarded.route,
            secured.label()
        );
        Problem::new(public.place(), text)
    })
}

/// A marker that never counts: `one`, which is tried before `two`, takes every request of it and bears another marker.
fn marker_in_vain(one: &Function, two: &Function) -> Option<Problem> {
    let (first, second) = (one.http()?, two.http()?);
    let is_secured = !first.marker.is_public() && !second.marker.is_public();
    let in_vain = is_secured
        && first.marker != second.marker
        && first.methods.include(&second.methods)
        && first.route.covers(&second.route);
    in_vain.then(|| {
        let text = format!(
            "expected a marker that counts, found that {}, which the host tries first, by name, takes every request for \
             \"{}\" and bears another marker; change a route or the order, or give both the same marker",
            one.label(),
            route_of(two)
        );
        Problem::new(two.marker_place(), text)
    })
}

fn is_keyed(function: &Function) -> bool {
    function
        .http()
        .is_some_and(|http| http.marker.is_public() && http.auth_level != AuthLevel::Anonymous)
}

fn has_parameter(function: &Function) -> bool {
    function
        .http()
        .is_some_and(|http| http.route.has_parameter())
}

fn route_of(function: &Function) -> String {
    function
        .http()
        .map(|http| http.route.to_string())
        .unwrap_or_default()
}
