//! What is changed in the heads of requests and answers: names of ours become the app's, and the other way round.

use http::header::{
    HOST, HeaderMap, HeaderName, HeaderValue, LOCATION, ORIGIN, REFERER, SET_COOKIE, VIA,
};

use super::token;
use super::{cookie, location};
use crate::call::Target;

/// By which name we appear in `Via` (RFC 9110, section 7.6.3).
const VIA_US: HeaderValue = HeaderValue::from_static("1.1 mtls");

/// Makes the headers of a request those that the app gets. `host` is how the request addressed us.
pub(super) fn to_app(headers: &mut HeaderMap, app: &Target, host: &str) {
    headers.remove(token::HEADER);
    headers.insert(HOST, app.authority.clone());
    headers.append(VIA, VIA_US);
    // A page that the app served through us names our address, and the app compares it with its own.
    for name in [ORIGIN, REFERER] {
        replace(headers, &name, |value| addressed_to_app(value, app, host));
    }
}

/// Makes the headers of an answer those that the client gets.
pub(super) fn to_client(headers: &mut HeaderMap, app: &Target, host: &str) {
    replace(headers, &LOCATION, |value| {
        location::through_us(value, app, host)
    });
    let cookies: Vec<HeaderValue> = headers
        .get_all(SET_COOKIE)
        .iter()
        .map(cookie::kept)
        .collect();
    headers.remove(SET_COOKIE);
    for cookie in cookies {
        headers.append(SET_COOKIE, cookie);
    }
}

fn replace(headers: &mut HeaderMap, name: &HeaderName, replaced: impl Fn(&str) -> Option<String>) {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    let new = value.and_then(replaced);
    if let Some(new) = new.and_then(|new| HeaderValue::from_str(&new).ok()) {
        headers.insert(name, new);
    }
}

/// A URL or origin of ours as one of the app.
fn addressed_to_app(value: &str, app: &Target, host: &str) -> Option<String> {
    let rest = value.strip_prefix("http://")?.strip_prefix(host)?;
    let is_whole = rest.is_empty() || rest.starts_with('/');
    let authority = app.authority.to_str().ok()?;
    is_whole.then(|| format!("https://{authority}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Lines = [(&'static str, &'static str)];

    fn app() -> Target {
        Target::parse("https://app.example").unwrap()
    }

    fn headers(lines: &Lines) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn lines(headers: &HeaderMap) -> Vec<String> {
        let lines = headers.iter();
        let mut lines: Vec<String> = lines
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        lines.sort();
        lines
    }

    #[test]
    fn the_app_gets_its_own_name_and_no_token() {
        let table: &[(&Lines, &[&str])] = &[
            (&[], &[]),
            (&[("mtls-connect-token", "secret")], &[]),
            (
                &[("origin", "http://localhost:1")],
                &["origin: https://app.example"],
            ),
            (&[("origin", "null")], &["origin: null"]),
            (
                &[("referer", "http://localhost:1/a?b")],
                &["referer: https://app.example/a?b"],
            ),
            (
                &[("referer", "http://localhost:11/a")],
                &["referer: http://localhost:11/a"],
            ),
            (&[("mcp-session-id", "s")], &["mcp-session-id: s"]),
            (&[("via", "1.0 other")], &["via: 1.0 other"]),
        ];
        for (given, expected) in table {
            let mut headers = headers(given);
            headers.insert(HOST, HeaderValue::from_static("localhost:1"));
            to_app(&mut headers, &app(), "localhost:1");
            let always = ["host: app.example", "via: 1.1 mtls"];
            let mut expected = [&always, *expected].concat();
            expected.sort_unstable();
            assert_eq!(lines(&headers), expected, "{given:?}");
        }
    }

    #[test]
    fn the_client_gets_our_name_and_every_cookie() {
        let mut answer = headers(&[
            ("location", "https://app.example/next"),
            ("set-cookie", "a=1; Path=/; Domain=app.example; Secure"),
            ("set-cookie", "b=2"),
            ("mcp-session-id", "s"),
        ]);
        to_client(&mut answer, &app(), "127.0.0.1:1");
        let expected = [
            "location: http://127.0.0.1:1/next",
            "mcp-session-id: s",
            "set-cookie: a=1; Path=/",
            "set-cookie: b=2",
        ];
        assert_eq!(lines(&answer), expected);
    }
}
