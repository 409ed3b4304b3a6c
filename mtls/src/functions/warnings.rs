//! What is valid, and still likely to surprise.

use app_settings::Problem;
use functions_handler::host::{AuthLevel, Function, Marker, RouteTemplate};

/// Every warning, by function. `exclusions` are path prefixes in lower case, each with its slash.
pub(super) fn of(functions: &[Function], exclusions: &[String]) -> Vec<Problem> {
    let mut warnings: Vec<Problem> = functions.iter().flat_map(about).collect();
    for prefix in exclusions {
        warnings.extend(covered(functions, prefix));
        warnings.extend(around(functions, prefix));
    }
    warnings
}

fn about(function: &Function) -> Vec<Problem> {
    [envelope(function), roles(function), key(function)]
        .into_iter()
        .flatten()
        .collect()
}

fn envelope(function: &Function) -> Option<Problem> {
    function.http().filter(|_| function.is_enveloped())?;
    let why = match function.outputs.as_slice() {
        [] => "it has another input, or host.json switches forwarding and proxying off".to_owned(),
        outputs => {
            let names: Vec<&str> = outputs.iter().map(|output| output.name.as_str()).collect();
            format!("it has other outputs ({})", names.join(", "))
        }
    };
    Some(warning(
        function,
        format!(
            "the host posts a JSON envelope to /{}, since {why}",
            function.name
        ),
    ))
}

fn roles(function: &Function) -> Option<Problem> {
    let http = function.http()?;
    matches!(http.marker, Marker::Roles(_)).then(|| {
        warning(
            function,
            "it asks for roles, and no rule grants one yet: every caller is refused",
        )
    })
}

/// The host checks the key for the path that the caller wrote, which need not be the path that arrives.
fn key(function: &Function) -> Option<Problem> {
    let http = function.http()?;
    (http.auth_level != AuthLevel::Anonymous).then(|| {
        let key = function.declaration.auth_level_key();
        let text = match http.marker.is_public() {
            true => format!("its only lock is a key ({key}), and no certificate"),
            false => format!(
                "callers need a key ({key}) beside the certificate, and a key by itself protects nothing"
            ),
        };
        warning(function, format!("{text}; expected anonymous, if that is not meant"))
    })
}

/// Secured functions on whose path the front end asks for no certificate, so that every call is refused.
fn covered(functions: &[Function], prefix: &str) -> Vec<Problem> {
    let covered = functions.iter().filter(|function| {
        let secured = function.http().filter(|http| !http.marker.is_public());
        secured.is_some_and(|http| covers(prefix, &http.route))
    });
    let problems = covered.map(|function| {
        let text = format!(
            "the exclusion path {prefix} covers it: no certificate arrives there, and callers are refused; narrow the \
             exclusion, or mark the function as public"
        );
        warning(function, text)
    });
    problems.collect()
}

/// An exclusion is compared with the path as it was sent, and what arrives may be another one.
fn around(functions: &[Function], prefix: &str) -> Option<Problem> {
    let secured: Vec<&str> = functions
        .iter()
        .filter(|function| function.http().is_some_and(|http| !http.marker.is_public()))
        .map(|function| function.name.as_str())
        .collect();
    (!secured.is_empty()).then(|| {
        let text = format!(
            "without a certificate, callers get through it to every secured function ({}), as {}/..%5C…, since the front \
             end compares the path as it was sent; the handler still refuses them, the mode Required no longer does; \
             \"clientCertificate\": \"none\" makes single functions public without that",
            secured.join(", "),
            prefix.trim_end_matches('/')
        );
        Problem::new(format!("exclusion path {prefix}"), text)
    })
}

/// Whether some path of the route begins with the prefix.
fn covers(prefix: &str, route: &RouteTemplate) -> bool {
    let text = format!("/{route}").to_ascii_lowercase();
    match text.split_once('{') {
        None => text.starts_with(prefix),
        // What follows the first parameter is the caller's choice, and it may be left out with its slash.
        Some((literal, _)) => literal.starts_with(prefix) || prefix.starts_with(literal),
    }
}

fn warning(function: &Function, text: impl Into<String>) -> Problem {
    Problem::new(function.place(), text)
}

#[cfg(test)]
mod tests {
    use functions_handler::host::HostJson;

    use super::*;

    #[test]
    fn what_makes_the_host_send_envelopes_is_named() {
        let host = |flag: bool| {
            let text = format!(
                r#"{{"version": "2.0", "customHandler": {{
                "description": {{"defaultExecutablePath": "bin/handler"}}, "enableForwardingHttpRequest": {flag}}}}}"#
            );
            HostJson::parse(text.as_bytes(), std::iter::empty()).unwrap()
        };
        let http = r#"{"type": "httpTrigger", "direction": "in", "name": "req"}"#;
        let res = r#"{"type": "http", "direction": "out", "name": "res"}"#;
        let queue = r#"{"type": "queue", "direction": "out", "name": "message"}"#;
        let table = [
            (true, [http, res].join(","), None),
            (true, [http, res, queue].join(","), Some("message")),
            (false, [http, res].join(","), Some("host.json")),
        ];
        for (forwarding, bindings, expected) in table {
            let text = format!(r#"{{"bindings": [{bindings}]}}"#);
            let function = Function::parse("F", text.as_bytes(), &host(forwarding)).unwrap();
            let seen = envelope(&function).map(|warning| warning.to_string());
            match (seen, expected) {
                (None, None) => {}
                (Some(seen), Some(expected)) => assert!(seen.contains(expected), "{seen}"),
                (seen, expected) => panic!("{seen:?} {expected:?}"),
            }
        }
    }

    #[test]
    fn a_prefix_covers_what_begins_with_it() {
        let table = [
            ("/api/health", "api/health", true),
            ("/api/health", "api/Healthy", true),
            ("/api/heal", "api/health", true),
            ("/api/health/", "api/health", false),
            ("/api/health", "api/secret", false),
            ("/", "api/secret", true),
            ("/api/items", "api/items/{id}", true),
            ("/api/items/7", "api/items/{id}", true),
            ("/api/other", "api/items/{id}", false),
            ("/api/other", "{*rest}", true),
        ];
        for (prefix, route, expected) in table {
            let route = RouteTemplate::parse(route).unwrap();
            assert_eq!(covers(prefix, &route), expected, "{prefix} {route}");
        }
    }
}
