//! Cookies of the app, so that a client keeps them for the address at which it sees the app.
//!
//! App Service ties a client to an instance by `ARRAffinity=…;Secure;Domain=app.azurewebsites.net`. A client that calls a loopback
//! address over plain HTTP refuses such a cookie for its domain, and keeps it from plain HTTP.

use http::HeaderValue;

/// The prefixes of names that browsers accept with `Secure` alone (RFC 6265bis, section 4.1.3).
const PREFIXES: [&str; 2] = ["__secure-", "__host-"];

/// A cookie that is kept for our address: without `Domain` and `Secure`, nor what is valid beside `Secure` alone.
pub(super) fn kept(cookie: &HeaderValue) -> HeaderValue {
    let text = cookie.to_str().ok();
    let kept = text.and_then(|text| HeaderValue::from_str(&kept_text(text)).ok());
    kept.unwrap_or_else(|| cookie.clone())
}

fn kept_text(cookie: &str) -> String {
    let folded = cookie.trim_start().to_ascii_lowercase();
    if PREFIXES.iter().any(|prefix| folded.starts_with(prefix)) {
        return cookie.to_owned();
    }
    let mut parts = cookie.split(';');
    let pair = parts.next().unwrap_or_default().to_owned();
    parts
        .filter(|part| is_kept(part))
        .fold(pair, |mut kept, part| {
            kept.push(';');
            kept.push_str(part);
            kept
        })
}

fn is_kept(attribute: &str) -> bool {
    let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
    let is = |text: &str, other: &str| text.trim().eq_ignore_ascii_case(other);
    let is_for_secure = is(name, "Secure") || is(name, "Partitioned");
    !(is_for_secure || is(name, "Domain") || is(name, "SameSite") && is(value, "None"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_kept_for_our_address() {
        for (cookie, expected) in [
            ("a=1", "a=1"),
            ("", ""),
            (
                "ARRAffinity=abc;Path=/;HttpOnly;Secure;Domain=app.azurewebsites.net",
                "ARRAffinity=abc;Path=/;HttpOnly",
            ),
            (
                "a=1; secure; HttpOnly; SameSite=Strict",
                "a=1; HttpOnly; SameSite=Strict",
            ),
            ("a=1; SameSite = none; Secure; Partitioned", "a=1"),
            ("a=Secure; Max-Age=1", "a=Secure; Max-Age=1"),
            ("Domain=x; Path=/", "Domain=x; Path=/"),
            ("__Host-a=1; Secure; Path=/", "__Host-a=1; Secure; Path=/"),
            (
                "__secure-a=1; Secure; Domain=x",
                "__secure-a=1; Secure; Domain=x",
            ),
        ] {
            let found = kept(&HeaderValue::from_str(cookie).unwrap());
            assert_eq!(found, expected, "{cookie}");
        }
    }
}
