//! Which function the host routes to, by the path that Kestrel decoded.

use functions_handler::host::{Function, RequestPath, RouteValues, Routes};

/// Where characters are moved that a route takes like any other, and that our own path type refuses on purpose.
///
/// The private use area: no route names one of these.
const REFUGE: u32 = 0xE000;

/// The function that the host would run, and the values of its route; none means 404.
///
/// ASP.NET matches the decoded text, in which `\` and control characters mean nothing, and so the host lets paths
/// pass that the handler refuses. An empty segment is a catch-all's.
pub(crate) fn function<'a>(
    routes: &'a Routes,
    method: &str,
    routed: &str,
) -> Option<(&'a Function, RouteValues)> {
    let encoded = encoded(routed);
    let path = RequestPath::opaque(&encoded)?;
    let (function, values) = routes.hosted(method, &path)?;
    // No catch-all begins with an empty segment (`TemplateMatcher.cs`), and no other value holds a slash.
    if values.iter().any(|(_, value)| value.starts_with('/')) {
        return None;
    }
    let values = values
        .iter()
        .map(|(name, value)| (name.to_owned(), value.chars().map(back).collect()));
    Some((function, values.collect()))
}

/// The character that was moved to the refuge, or itself.
fn back(c: char) -> char {
    let moved = u32::from(c)
        .checked_sub(REFUGE)
        .and_then(|code| u8::try_from(code).ok());
    moved.map_or(c, char::from)
}

fn moved(c: char) -> char {
    char::from_u32(REFUGE + u32::from(c)).unwrap_or(c)
}

/// The decoded path as one that reads back as the same segments.
fn encoded(routed: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(routed.len());
    for c in routed.chars() {
        let c = if c == '\\' || c.is_control() {
            moved(c)
        } else {
            c
        };
        if c == '/' || c == '.' || c.is_ascii_alphanumeric() {
            encoded.push(c);
            continue;
        }
        let mut buffer = [0; 4];
        for byte in c.encode_utf8(&mut buffer).bytes() {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use functions_handler::host::{Function, HostJson};

    use super::*;

    fn routes() -> Routes {
        let host_json = br#"{"version": "2.0", "customHandler": {
            "description": {"defaultExecutablePath": "bin/handler"}, "enableForwardingHttpRequest": true}}"#;
        let host = HostJson::parse(host_json, std::iter::empty()).unwrap();
        let functions = [
            ("Open", "open/{*rest}", "none"),
            ("Secret", "secret", "required"),
        ];
        let functions = functions.map(|(name, route, marker)| {
            let text = format!(
                r#"{{"clientCertificate": "{marker}", "bindings": [
                {{"type": "httpTrigger", "direction": "in", "name": "req", "route": "{route}", "methods": ["get"], "authLevel": "anonymous"}},
                {{"type": "http", "direction": "out", "name": "res"}}]}}"#
            );
            Function::parse(name, text.as_bytes(), &host).unwrap()
        });
        Routes::new(functions.into()).unwrap()
    }

    #[test]
    fn the_host_routes_on_decoded_text() {
        let table = [
            ("GET", "/api/secret", Some("Secret")),
            ("get", "/API/Secret", Some("Secret")),
            ("POST", "/api/secret", None),
            ("GET", "/api/open/..\\secret", Some("Open")),
            ("GET", "/api/open/%2E%2E/secret", Some("Open")),
            ("GET", "/api/open/a?b#c é\u{7}", Some("Open")),
            ("GET", "/api/open/a//b", Some("Open")),
            ("GET", "/api/open/a//", Some("Open")),
            ("GET", "/api/open//a", None),
            ("GET", "/api/open//", None),
            ("GET", "/api//secret", None),
            ("GET", "/api/secret//", None),
            ("GET", "//api/secret", None),
            ("GET", "/api\\secret", None),
            ("GET", "/api/secret/x", None),
            ("GET", "/secret", None),
        ];
        for (method, path, expected) in table {
            let routes = routes();
            let found = function(&routes, method, path);
            assert_eq!(
                found.map(|(function, _)| function.name.as_str()),
                expected,
                "{method} {path}"
            );
        }
    }

    #[test]
    fn values_are_what_the_caller_wrote() {
        let routes = routes();
        let (_, values) = function(&routes, "GET", "/api/open/..\\a b\u{7}\u{e9}").unwrap();
        assert_eq!(values.get("rest"), Some("..\\a b\u{7}\u{e9}"));
    }
}
