//! From a route template to the paths that OpenAPI can write.

use functions_handler::host::RouteTemplate;
use serde_json::{Value, json};

use crate::route_part::{Parameter, Part};

/// One path, with the parameters in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct ApiPath {
    /// As `/api/items/{id}`.
    pub(super) text: String,
    pub(super) parameters: Vec<Parameter>,
}

/// All paths of a route, the longest first: what may be left out at the end gives a path of its own.
///
pub(super) fn paths_of(route: &RouteTemplate) -> Vec<ApiPath> {
    let parts = Part::all_of(route);
    let required = parts.iter().rposition(|part| !part.may_lack());
    let shortest = required.map_or(0, |last| last + 1);
    (shortest..=parts.len())
        .rev()
        .map(|length| ApiPath::of(parts.get(..length).unwrap_or_default()))
        .collect()
}

/// Whether two texts are one path for OpenAPI: names of parameters do not tell paths apart, nor does case for the host.
pub(super) fn same(one: &str, two: &str) -> bool {
    let fold = |part: &str| match part.starts_with('{') {
        true => "{}".to_owned(),
        false => part.to_ascii_lowercase(),
    };
    one.split('/').map(fold).eq(two.split('/').map(fold))
}

/// The parameters under the names that the path `text`, which is the same path, has for them.
pub(super) fn renamed(mut parameters: Vec<Parameter>, text: &str) -> Vec<Parameter> {
    let names = text
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    for (parameter, name) in parameters.iter_mut().zip(names) {
        name.clone_into(&mut parameter.name);
    }
    parameters
}

impl ApiPath {
    fn of(parts: &[Part]) -> Self {
        let mut path = Self {
            text: String::new(),
            parameters: Vec::new(),
        };
        for part in parts {
            match part {
                Part::Literal(text) => path.text.push_str(&format!("/{text}")),
                Part::Parameter { parameter, .. } => {
                    path.text.push_str(&format!("/{{{}}}", parameter.name));
                    path.parameters.push(parameter.clone());
                }
            }
        }
        if path.text.is_empty() {
            path.text.push('/');
        }
        path
    }
}

impl Parameter {
    pub(super) fn to_json(&self) -> Value {
        let mut parameter = json!({
            "name": self.name,
            "in": "path",
            "required": true,
            "schema": {"type": self.kind()},
        });
        let mut notes = Vec::new();
        if self.catch_all {
            notes.push(
                "Takes the rest of the path, slashes included, which OpenAPI cannot write."
                    .to_owned(),
            );
        }
        if !self.constraints.is_empty() {
            notes.push(format!("Constraints: {}.", self.constraints.join(", ")));
        }
        if !notes.is_empty() {
            parameter["description"] = json!(notes.join(" "));
        }
        parameter
    }

    /// The JSON type of the narrowest constraint that has one.
    fn kind(&self) -> &'static str {
        let kinds = self.constraints.iter().filter_map(|constraint| {
            let (name, _) = constraint.split_once('(').unwrap_or((constraint, ""));
            match name.to_ascii_lowercase().as_str() {
                "int" | "long" | "min" | "max" | "range" => Some("integer"),
                "bool" => Some("boolean"),
                "decimal" | "double" | "float" => Some("number"),
                _ => None,
            }
        });
        kinds.into_iter().next().unwrap_or("string")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(route: &str) -> Vec<String> {
        let route = RouteTemplate::parse(route).unwrap();
        paths_of(&route).into_iter().map(|path| path.text).collect()
    }

    #[test]
    fn what_may_be_left_out_gives_a_path_of_its_own() {
        assert_eq!(texts("items"), ["/items"]);
        assert_eq!(texts("items/{id:int}"), ["/items/{id}"]);
        assert_eq!(texts("items/{id?}"), ["/items/{id}", "/items"]);
        assert_eq!(texts("a/{b:alpha=x}/{c?}"), ["/a/{b}/{c}", "/a/{b}", "/a"]);
        assert_eq!(texts("{a?}/b"), ["/{a}/b"]);
        assert_eq!(texts("{*rest}"), ["/{rest}", "/"]);
        assert_eq!(texts("files/{**rest}"), ["/files/{rest}", "/files"]);
    }

    #[test]
    fn a_parameter_has_a_type_and_says_what_openapi_cannot() {
        let parameter = |route: &str| {
            let route = RouteTemplate::parse(route).unwrap();
            paths_of(&route)[0].parameters[0].to_json()
        };
        assert_eq!(
            parameter("{id:int:min(1)}"),
            json!({"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}, "description": "Constraints: int, min(1)."})
        );
        assert_eq!(parameter("{on:bool}")["schema"]["type"], "boolean");
        assert_eq!(parameter("{id:guid}")["schema"]["type"], "string");
        let rest = parameter("{*rest}");
        assert!(rest["description"].as_str().unwrap().contains("slashes"));
    }

    #[test]
    fn paths_that_differ_in_names_or_case_are_one() {
        assert!(same("/a/{x}", "/A/{y}"));
        assert!(!same("/a/{x}", "/a/b"));
        let parameters = paths_of(&RouteTemplate::parse("a/{y}").unwrap())[0]
            .parameters
            .clone();
        assert_eq!(renamed(parameters, "/a/{x}")[0].name, "x");
    }
}
