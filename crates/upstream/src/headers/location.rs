//! Redirections that name the upstream's own address, which no caller can reach.

use http::HeaderValue;
use http::uri::Authority;

use crate::{Address, Outside, Prefix};

/// What an answer's `Location` is rewritten by.
pub(crate) struct Rewriting<'a> {
    /// The upstream's.
    pub(crate) address: &'a Address,
    /// What the caller addressed.
    pub(crate) outside: &'a Outside,
    /// What was taken off the path of the request.
    pub(crate) stripped: Option<&'a Prefix>,
}

/// Where a redirection leads a caller; `None` if it can stay as it is.
///
/// An address of the upstream's own becomes the one that the caller used, or a path alone if that is not known. The prefix that
/// was taken off is put back, unless the upstream did that itself. A path without a host is right by itself: whether the
/// upstream put the prefix before it, by `X-Forwarded-Prefix`, only the upstream knows.
pub(super) fn rewritten(location: &HeaderValue, rewriting: &Rewriting<'_>) -> Option<HeaderValue> {
    let location = std::str::from_utf8(location.as_bytes()).ok()?;
    let (authority, rest) = after_authority(location)?;
    let authority: Authority = authority.parse().ok()?;
    let default_port = if has_https(location) { 443 } else { 80 };
    let port = authority.port_u16().unwrap_or(default_port);
    let is_plain = !authority.as_str().contains('@');
    if !is_plain || !rewriting.address.is_named_by(authority.host(), port) {
        return None;
    }
    let origin = match &rewriting.outside.host {
        Some(host) => format!("{}://{host}", rewriting.outside.scheme.as_str()),
        None => String::new(),
    };
    let prefix = rewriting.stripped.map_or("", |prefix| prefix.as_str());
    let prefix = if has_prefix(rest, prefix) { "" } else { prefix };
    let slash = if rest.starts_with('/') { "" } else { "/" };
    HeaderValue::from_str(&format!("{origin}{prefix}{slash}{rest}")).ok()
}

/// The authority of an absolute URL of HTTP, or of one without a scheme, and what follows it (RFC 3986, section 4.2).
fn after_authority(location: &str) -> Option<(&str, &str)> {
    let schemes = ["http://", "https://", "//"];
    let start = schemes.iter().find(|scheme| {
        location
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })?;
    let rest = location.get(start.len()..)?;
    Some(rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())))
}

fn has_https(location: &str) -> bool {
    location
        .get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case("https:"))
}

fn has_prefix(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| matches!(rest.chars().next(), None | Some('/' | '?' | '#')))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::Scheme;

    fn location(location: &str, own: &str, outside: &str, prefix: &str) -> String {
        let prefix = prefix.parse().ok();
        let outside = Outside {
            scheme: Scheme::Https,
            host: outside.parse().ok(),
            client: None,
            invocation_id: Uuid::nil(),
            idle_timeout: None,
        };
        let rewriting = Rewriting {
            address: &Address::dangerous(own.parse().unwrap()),
            outside: &outside,
            stripped: prefix.as_ref(),
        };
        let value = HeaderValue::from_str(location).unwrap();
        let found = rewritten(&value, &rewriting).unwrap_or(value);
        String::from_utf8_lossy(found.as_bytes()).into_owned()
    }

    #[test]
    fn the_upstreams_own_address_is_replaced() {
        const OWN: &str = "127.0.0.1:8000";
        const APP: &str = "app.example";
        let table = [
            (
                "http://127.0.0.1:8000/mcp/",
                OWN,
                APP,
                "",
                "https://app.example/mcp/",
            ),
            (
                "HTTP://LOCALHOST:8000/mcp/?a=b#c",
                OWN,
                APP,
                "",
                "https://app.example/mcp/?a=b#c",
            ),
            ("//127.0.0.1:8000/x", OWN, APP, "", "https://app.example/x"),
            (
                "https://127.0.0.1:8000",
                OWN,
                APP,
                "",
                "https://app.example/",
            ),
            (
                "http://127.0.0.1:8000?q",
                OWN,
                APP,
                "",
                "https://app.example/?q",
            ),
            ("http://127.0.0.1:8000/x", OWN, "", "", "/x"),
            (
                "http://127.0.0.1:8000/x",
                OWN,
                "app.example:8443",
                "",
                "https://app.example:8443/x",
            ),
            (
                "http://[::1]:8000/x",
                "[::1]:8000",
                APP,
                "",
                "https://app.example/x",
            ),
            (
                "http://[0:0:0:0:0:0:0:1]:8000/x",
                "[::1]:8000",
                APP,
                "",
                "https://app.example/x",
            ),
            (
                "http://127.0.0.1/x",
                "127.0.0.1:80",
                APP,
                "",
                "https://app.example/x",
            ),
            (
                "https://localhost/x",
                "127.0.0.1:443",
                APP,
                "",
                "https://app.example/x",
            ),
            // The prefix is put back once.
            (
                "http://127.0.0.1:8000/x",
                OWN,
                APP,
                "/api",
                "https://app.example/api/x",
            ),
            (
                "http://127.0.0.1:8000",
                OWN,
                APP,
                "/api",
                "https://app.example/api/",
            ),
            (
                "http://127.0.0.1:8000/api/x",
                OWN,
                APP,
                "/api",
                "https://app.example/api/x",
            ),
            (
                "http://127.0.0.1:8000/api",
                OWN,
                APP,
                "/api",
                "https://app.example/api",
            ),
            (
                "http://127.0.0.1:8000/apix",
                OWN,
                APP,
                "/api",
                "https://app.example/api/apix",
            ),
        ];
        for (found, own, outside, prefix, expected) in table {
            assert_eq!(location(found, own, outside, prefix), expected, "{found}");
        }
    }

    #[test]
    fn every_other_redirection_stays() {
        for text in [
            "/x",
            "x",
            "",
            "?q",
            "http://127.0.0.1:8001/x",
            "http://127.0.0.1/x",
            "http://127.0.0.2:8000/x",
            "http://127.0.0.1:8000@evil.example/x",
            "http://evil@127.0.0.1:8000/x",
            "http://localhost.example:8000/x",
            "https://app.example/x",
            "ftp://127.0.0.1:8000/x",
            "http:/127.0.0.1:8000/x",
            "http://\u{e4}/x",
        ] {
            assert_eq!(
                location(text, "127.0.0.1:8000", "app.example", "/api"),
                text
            );
        }
        // A machine that is not this one is not localhost.
        let text = "http://localhost:8000/x";
        assert_eq!(location(text, "192.0.2.1:8000", "app.example", ""), text);
    }
}
