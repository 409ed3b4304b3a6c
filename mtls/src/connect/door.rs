//! Which requests are taken at all: those of programs, and of pages that the app itself served through us.
//!
//! A page on the web can make a browser call any address of this machine, and by DNS rebinding read the answers as if they
//! were its own. `Host` shows the second, since no browser lets a page choose it, and `Sec-Fetch-Site`, `Origin` or `Referer` the
//! first: older browsers send only the last with a `GET`.

use client_cert::HeaderLine;
use http::header::{HeaderMap, HeaderName, ORIGIN, REFERER};
use http::request;

use super::token::Token;
use crate::front_end::authority;

/// Fetch Metadata Request Headers, section 2.4.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names of this machine that we listen on.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The port that goes without saying.
const HTTP_PORT: u16 = 80;

/// Who is let through.
pub(super) struct Door {
    port: u16,
    token: Option<Token>,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Refused {
    /// It was addressed to another name, as after DNS rebinding.
    HostNotOurs,
    /// A page of another site made a browser send it.
    CrossSite,
    /// It lacks the text that was asked for.
    TokenMissing,
}

impl Door {
    pub(super) fn new(port: u16, token: Option<Token>) -> Self {
        Self { port, token }
    }

    /// Takes a request: the name and port by which it addresses us.
    ///
    /// # Errors
    ///
    /// [`Refused`].
    pub(super) fn admit(&self, head: &request::Parts) -> Result<String, Refused> {
        let host = authority::of(head, self.port)
            .ok()
            .filter(|host| self.is_ours(host));
        let host = host.ok_or(Refused::HostNotOurs)?;
        if !is_of_own_page(&head.headers, &host) {
            return Err(Refused::CrossSite);
        }
        match &self.token {
            Some(token) if !token.is_in(&head.headers) => Err(Refused::TokenMissing),
            Some(_) | None => Ok(host),
        }
    }

    fn is_ours(&self, host: &str) -> bool {
        authority::parse(host).is_some_and(|named| {
            let is_name = |name: &&str| name.eq_ignore_ascii_case(named.host());
            named.port_u16().unwrap_or(HTTP_PORT) == self.port && NAMES.iter().any(is_name)
        })
    }
}

/// Whether no page, or one of the address itself, has it sent. A page of another port of this machine is of the same site, and
/// not our own.
fn is_of_own_page(headers: &HeaderMap, host: &str) -> bool {
    let named = [SEC_FETCH_SITE, ORIGIN, REFERER].map(|name| line(headers, &name));
    match named {
        [HeaderLine::Once(b"same-origin" | b"none"), _, _] => true,
        [HeaderLine::Absent, HeaderLine::Once(origin), _] => {
            origin.eq_ignore_ascii_case(format!("http://{host}").as_bytes())
        }
        [
            HeaderLine::Absent,
            HeaderLine::Absent,
            HeaderLine::Once(page),
        ] => {
            let ours = format!("http://{host}/");
            let start = page.get(..ours.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(ours.as_bytes()))
        }
        [HeaderLine::Absent, HeaderLine::Absent, HeaderLine::Absent] => true,
        _ => false,
    }
}

fn line<'a>(headers: &'a HeaderMap, name: &HeaderName) -> HeaderLine<'a> {
    let lines = headers.get_all(name).iter();
    HeaderLine::from_values(lines.map(http::HeaderValue::as_bytes))
}

impl Refused {
    /// The reason code of the line of the request.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::HostNotOurs => "host-not-local",
            Self::CrossSite => "cross-site",
            Self::TokenMissing => "token-missing",
        }
    }

    /// What the client gets to read.
    pub(super) fn detail(self) -> &'static str {
        match self {
            Self::HostNotOurs => {
                "mtls connect takes requests to localhost, 127.0.0.1 and [::1] with its own port alone; send one of them in Host."
            }
            Self::CrossSite => {
                "mtls connect takes no request that a page of another site makes a browser send."
            }
            Self::TokenMissing => {
                "mtls connect was started with --token-env: send that text in Mtls-Connect-Token."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn admit(port: u16, target: &str, lines: &[(&str, &str)]) -> Result<String, Refused> {
        let mut request = Request::get(target);
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        Door::new(port, None).admit(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn other_names_are_refused() {
        for (port, target, lines, expected) in [
            (8080, "/", &[("host", "localhost:8080")][..], true),
            (8080, "/", &[("host", "LocalHost:8080")], true),
            (8080, "/", &[("host", "127.0.0.1:8080")], true),
            (8080, "/", &[("host", "[::1]:8080")], true),
            (80, "/", &[("host", "localhost")], true),
            (80, "/", &[("host", "[::1]")], true),
            (8080, "http://localhost:8080/", &[], true),
            (8080, "/", &[], false),
            (8080, "/", &[("host", "localhost")], false),
            (8080, "/", &[("host", "localhost:8081")], false),
            (8080, "/", &[("host", "localhost.:8080")], false),
            (8080, "/", &[("host", "127.0.0.2:8080")], false),
            (8080, "/", &[("host", "rebound.example:8080")], false),
            (
                8080,
                "/",
                &[("host", "localhost:8080@rebound.example")],
                false,
            ),
            (
                8080,
                "/",
                &[("host", "localhost:8080"), ("host", "localhost:8080")],
                false,
            ),
            (
                8080,
                "http://rebound.example/",
                &[("host", "localhost:8080")],
                false,
            ),
        ] {
            let found = admit(port, target, lines);
            assert_eq!(found.is_ok(), expected, "{target} {lines:?}");
            assert!(expected || found == Err(Refused::HostNotOurs));
        }
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        let (site, origin, referer) = ("sec-fetch-site", "origin", "referer");
        for (lines, expected) in [
            (&[][..], true),
            (&[(site, "none")], true),
            (
                &[(site, "same-origin"), (origin, "http://localhost:80")],
                true,
            ),
            (&[(origin, "http://localhost:8080")], true),
            (&[(origin, "http://127.0.0.1:8080")], false),
            (&[(origin, "https://localhost:8080")], false),
            (&[(origin, "http://localhost:3000")], false),
            (&[(origin, "null")], false),
            (&[(origin, "https://evil.example")], false),
            (&[(site, "cross-site")], false),
            (
                &[(site, "same-site"), (origin, "http://localhost:3000")],
                false,
            ),
            (
                &[(site, "same-site"), (origin, "http://localhost:8080")],
                false,
            ),
            (&[(site, "Same-Origin")], false),
            (&[(referer, "http://localhost:8080/page?a=b")], true),
            (&[(referer, "http://LocalHost:8080/")], true),
            (&[(referer, "http://localhost:80801/")], false),
            (&[(referer, "http://localhost:8080.evil.example/")], false),
            (&[(referer, "http://localhost:8080@evil.example/")], false),
            (&[(referer, "https://localhost:8080/")], false),
            (&[(referer, "https://evil.example/")], false),
            (&[(referer, "")], false),
            (
                &[
                    (origin, "https://evil.example"),
                    (referer, "http://localhost:8080/"),
                ],
                false,
            ),
            (&[(site, "none"), (referer, "https://evil.example/")], true),
            (&[(site, "none"), (site, "none")], false),
            (
                &[
                    (origin, "http://localhost:8080"),
                    (origin, "http://localhost:8080"),
                ],
                false,
            ),
        ] {
            let lines = [&[("host", "localhost:8080")], lines].concat();
            let found = admit(8080, "/", &lines);
            assert_eq!(found.is_ok(), expected, "{lines:?}");
            assert!(expected || found == Err(Refused::CrossSite));
        }
    }
}
