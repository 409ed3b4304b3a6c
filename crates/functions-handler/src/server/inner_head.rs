//! The head of the request inside an envelope, as implementations read heads.

use client_cert::FrontEndProof;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use crate::functions::Head;
use crate::host::contract::FRONT_END_SECRET_HEADER;
use crate::host::{HttpRequest, escaped};

/// The head of the request inside an envelope. The decision does not depend on it.
///
/// The URL in an envelope is unescaped, so its path is escaped again; route values are the better source. A header that
/// no HTTP message can hold is left out, as is the front end's secret, and a method that HTTP does not allow reads as POST.
pub(super) fn inner_head(request: &HttpRequest) -> Head {
    let mut headers = HeaderMap::new();
    let passed = request.headers.iter();
    let passed = passed.filter(|(name, _)| !is_secret(name));
    for (name, values) in passed {
        for value in values {
            let line = HeaderName::from_bytes(name.as_bytes())
                .ok()
                .zip(HeaderValue::from_bytes(value.as_bytes()).ok());
            if let Some((name, value)) = line {
                // More headers than a map holds are more than Kestrel lets through.
                let _ = headers.try_append(name, value);
            }
        }
    }
    Head {
        method: Method::from_bytes(request.method.as_bytes()).unwrap_or(Method::POST),
        uri: uri(request),
        headers,
        proof: FrontEndProof::NONE,
        had_secret: false,
    }
}

/// Whether a header holds the front end's secret, which has been judged.
fn is_secret(name: &str) -> bool {
    name.eq_ignore_ascii_case(FRONT_END_SECRET_HEADER.as_str())
}

fn uri(request: &HttpRequest) -> Uri {
    let local = request
        .url
        .split_once("://")
        .map_or(request.url.as_str(), |(_, rest)| {
            rest.find('/')
                .and_then(|start| rest.get(start..))
                .unwrap_or("/")
        });
    let (path, query) = match local.split_once('?') {
        Some((path, query)) => (
            path,
            Some(escaped(query, |byte| b"%?/:@&=+$,;!*'()[]".contains(&byte))),
        ),
        None => (local, rebuilt(&request.query)),
    };
    let path = escaped(path, |byte| b"/:@&=+$,;!*'()".contains(&byte));
    let text = match query {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    text.parse().unwrap_or_default()
}

/// The query from its collection, where the URL has none.
fn rebuilt(query: &[(String, String)]) -> Option<String> {
    let whole = |text: &str| escaped(text, |_| false);
    let pairs: Vec<String> = query
        .iter()
        .map(|(key, value)| format!("{}={}", whole(key), whole(value)))
        .collect();
    (!pairs.is_empty()).then(|| pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::host::{Allowance, Envelope};

    fn head(request: &serde_json::Value) -> Head {
        let text = json!({"Data": {"req": request}}).to_string();
        let mut room = Allowance(text.len() * 100);
        let envelope = Envelope::parse_request(text.as_bytes(), &mut room).unwrap();
        inner_head(&envelope.into_http("req", &mut room).unwrap())
    }

    #[test]
    fn the_url_is_a_target_again() {
        let table = [
            (
                "https://app/api/order/7?x=1&x=2",
                json!({"x": "1,2"}),
                "/api/order/7?x=1&x=2",
            ),
            (
                "https://app:8443/api/a b/gr\u{fc}\u{df}e",
                json!({}),
                "/api/a%20b/gr%C3%BC%C3%9Fe",
            ),
            (
                "https://app/api/100%#?a=%20b",
                json!({}),
                "/api/100%25%23?a=%20b",
            ),
            (
                "https://app/api/x",
                json!({"a b": "1&2"}),
                "/api/x?a%20b=1%262",
            ),
            ("https://app", json!({}), "/"),
            ("/api/x", json!({}), "/api/x"),
            ("", json!({}), "/"),
        ];
        for (url, query, target) in table {
            let head = head(&json!({"Url": url, "Query": query}));
            assert_eq!(head.uri.to_string(), target, "{url}");
        }
    }

    #[test]
    fn headers_meet_under_one_name() {
        let head = head(&json!({
            "Method": "PUT",
            "Headers": {"X-A": ["1", "2"], "x-a": ["3"], "b\u{e4}d": ["4"], "X-B": ["line\nbreak"], "X-Client-Cert-FRONT-End": ["secret"]},
        }));
        let values: Vec<_> = head.headers.get_all("x-a").iter().collect();
        assert_eq!(values, ["1", "2", "3"]);
        assert_eq!(head.headers.keys_len(), 1);
        assert_eq!(head.method, "PUT");
    }
}
