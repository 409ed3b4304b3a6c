//! A call of a function to paste.

use functions_handler::host::{Function, HttpTrigger, Methods, RouteTemplate};

use super::example_path;

/// What [`RouteTemplate::shown`] has in place of a prefix that comes from a setting.
pub(super) const HIDDEN_PREFIX: &str = "%routePrefix%";

/// The methods in the order in which they are preferred; what else a function takes comes after them.
const PREFERRED: [&str; 3] = ["GET", "POST", "PUT"];

/// A method and a path that reach a function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct ExampleCall {
    method: String,
    /// As it may be shown, without a slash before it.
    pub(super) path: String,
}

impl ExampleCall {
    /// A call of the function of that name, or of the first of its kind; best by GET, and best without a parameter.
    pub(super) fn of(functions: &[Function], name: &str, public: bool) -> Option<Self> {
        let mut candidates: Vec<(&Function, &HttpTrigger, String)> = functions
            .iter()
            .filter_map(|function| {
                let http = function.http()?;
                Some((function, http, method(&http.methods)?))
            })
            .filter(|(_, http, _)| http.marker.is_public() == public)
            .collect();
        candidates.sort_by_key(|(function, http, method)| {
            (
                function.name != name,
                method != "GET",
                http.route.has_parameter(),
            )
        });
        candidates.into_iter().find_map(|(_, http, method)| {
            let path = example_path::of(&http.route)?;
            let path = shown(&http.route, &path);
            Some(Self { method, path })
        })
    }

    /// The option of curl for the method, with a blank after it.
    pub(super) fn option(&self) -> String {
        match self.method.as_str() {
            "GET" => String::new(),
            // With -X HEAD, curl waits for a body.
            "HEAD" => "-I ".to_owned(),
            method => format!("-X {method} "),
        }
    }
}

/// A method that can be pasted into a shell; nothing for a function that takes none.
fn method(methods: &Methods) -> Option<String> {
    if let Some(preferred) = PREFERRED.into_iter().find(|name| methods.allow(name)) {
        return Some(preferred.to_owned());
    }
    match methods {
        Methods::All => None,
        Methods::Listed(listed) => listed
            .iter()
            .find(|method| method.bytes().all(|byte| byte.is_ascii_alphabetic()))
            .cloned(),
    }
}

/// A path of the route with [`HIDDEN_PREFIX`] in place of a prefix that no message shows.
fn shown(route: &RouteTemplate, path: &str) -> String {
    let template = route.shown();
    let Some(rest) = template.strip_prefix(HIDDEN_PREFIX) else {
        return path.to_owned();
    };
    // The prefix is literal text: as long in the path as in the template.
    let hidden = route.text().len().saturating_sub(rest.len());
    format!("{HIDDEN_PREFIX}{}", path.get(hidden..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(methods: &[&str]) -> Option<String> {
        method(&Methods::Listed(
            methods.iter().map(ToString::to_string).collect(),
        ))
    }

    #[test]
    fn get_is_preferred_and_what_no_shell_takes_is_left_out() {
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(method(&Methods::All), text("GET"));
        assert_eq!(listed(&["POST", "GET"]), text("GET"));
        assert_eq!(listed(&["DELETE", "POST"]), text("POST"));
        assert_eq!(listed(&["M-SEARCH", "DELETE"]), text("DELETE"));
        assert_eq!(listed(&["$(ID)"]), None);
        assert_eq!(listed(&[]), None);
    }

    #[test]
    fn each_method_has_the_option_that_curl_takes_for_it() {
        let option = |method: &str| {
            let call = ExampleCall {
                method: method.to_owned(),
                path: String::new(),
            };
            call.option()
        };
        assert_eq!(["GET", "HEAD", "PUT"].map(option), ["", "-I ", "-X PUT "]);
    }
}
