//! Which function the host routes to, by the path that Kestrel decoded.

use handler::host::{RequestPath, Routes};

/// Stands for a character that a route takes like any other, and that our own path type refuses on purpose.
///
/// From the private use area: no route names it.
const ANY_CHARACTER: char = '\u{E000}';

/// The name of the function that the host would run; none means 404.
///
/// ASP.NET matches the decoded text, in which `\` and control characters mean nothing, and so the host lets paths
/// pass that the handler refuses. An empty segment is not routed here, although a catch-all would take it there.
pub(crate) fn function<'a>(routes: &'a Routes, method: &str, routed: &str) -> Option<&'a str> {
    let encoded = encoded(routed);
    let path = RequestPath::parse(&encoded).ok()?;
    let (function, _) = routes.lookup(method, &path)?;
    Some(&function.name)
}

/// The decoded path as one that reads back as the same segments.
fn encoded(routed: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(routed.len());
    for c in routed.chars() {
        let c = if c == '\\' || c.is_control() {
            ANY_CHARACTER
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
    use handler::host::{Function, HostJson};

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
            ("GET", "/api\\secret", None),
            ("GET", "/api/secret/x", None),
            ("GET", "/secret", None),
        ];
        for (method, path, expected) in table {
            assert_eq!(
                function(&routes(), method, path),
                expected,
                "{method} {path}"
            );
        }
    }
}
