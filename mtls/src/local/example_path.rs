//! A path that reaches a function: its route with an example value for each parameter.

use functions_handler::host::{RequestPath, RouteTemplate};

use crate::route_part::{Parameter, Part};

/// Longest text that is made up for a constraint on length.
const MAX_LENGTH: usize = 64;

/// Values that people recognize as examples, the plainest first.
const EXAMPLES: [&str; 6] = [
    "example",
    "1",
    "a",
    "true",
    "1.5",
    "00000000-0000-0000-0000-000000000000",
];

/// The shortest path of a route, without a slash before it; nothing if no example satisfies a constraint.
pub(super) fn of(route: &RouteTemplate) -> Option<String> {
    let parts = Part::all_of(route);
    let required = parts.iter().rposition(|part| !part.may_lack());
    let parts = parts.get(..required.map_or(0, |last| last + 1))?;
    let values: Vec<String> = parts.iter().map(value).collect::<Option<_>>()?;
    let path = values.join("/");
    // The engine's own reading of the path has the last word.
    let absolute = format!("/{path}");
    route.matches(&RequestPath::parse(&absolute).ok()?)?;
    Some(path)
}

fn value(part: &Part) -> Option<String> {
    let parameter = match part {
        Part::Literal(text) => return Some(text.clone()),
        Part::Parameter { parameter, .. } => parameter,
    };
    let rule = [&["value".to_owned()], parameter.constraints.as_slice()].concat();
    let alone = RouteTemplate::parse(&format!("{{{}}}", rule.join(":"))).ok()?;
    candidates(parameter).into_iter().find(|value| {
        let path = format!("/{value}");
        RequestPath::parse(&path).is_ok_and(|path| alone.matches(&path).is_some())
    })
}

/// The examples, and what the numbers in the constraints suggest: each as a value and as a length.
fn candidates(parameter: &Parameter) -> Vec<String> {
    let mut candidates: Vec<String> = EXAMPLES.map(ToOwned::to_owned).to_vec();
    let arguments = parameter.constraints.iter().filter_map(|constraint| {
        let (_, arguments) = constraint.split_once('(')?;
        arguments.strip_suffix(')')
    });
    for number in arguments.flat_map(|arguments| arguments.split(',')) {
        candidates.push(number.trim().to_owned());
        let length = number.trim().parse().ok();
        if let Some(length @ 1..=MAX_LENGTH) = length {
            candidates.extend(["a", "1"].map(|character| character.repeat(length)));
        }
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(route: &str) -> Option<String> {
        of(&RouteTemplate::parse(route).unwrap())
    }

    #[test]
    fn each_kind_of_parameter_has_an_example_that_its_route_takes() {
        let guid = "a/00000000-0000-0000-0000-000000000000";
        for (route, expected) in [
            ("items", "items"),
            ("items/{id}", "items/example"),
            ("items/{id:int}", "items/1"),
            ("items/{id:long:min(5)}/lines", "items/5/lines"),
            ("items/{id:max(-3)}", "items/-3"),
            ("items/{id:range(7,9)}", "items/7"),
            ("a/{id:guid}", guid),
            ("a/{x:alpha}", "a/example"),
            ("a/{x:alpha:minlength(9)}", "a/aaaaaaaaa"),
            ("a/{x:maxlength(2)}", "a/1"),
            ("a/{x:int:length(4)}", "a/1111"),
            ("a/{x:bool}", "a/true"),
            ("a/{x:decimal}/{y:double}", "a/1/1"),
            ("a/{x?}", "a"),
            ("a/{x}/{y:int=3}/{*rest}", "a/example"),
            ("{x?}/b", "example/b"),
        ] {
            assert_eq!(path(route).as_deref(), Some(expected), "{route}");
        }
    }

    #[test]
    fn a_route_that_no_example_satisfies_has_no_path() {
        assert_eq!(path("a/{x:minlength(65):alpha}"), None);
    }
}
