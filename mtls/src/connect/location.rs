//! Redirections that lead to the app, which a client reaches through us alone.

use crate::call::Target;
use crate::front_end::authority;

/// The schemes of a URL of HTTP, and none, with the ports that go without saying (RFC 3986, section 4.2; we stand for `https`).
const SCHEMES: [(&str, u16); 3] = [("https://", 443), ("http://", 80), ("//", 443)];

/// A URL of the app as one of ours; `None` if it can stay as it is. `host` is how the request addressed us.
///
/// A path alone is right by itself. An app that takes itself to be served without TLS writes `http`, with the port that goes without
/// saying; that is the app all the same.
pub(super) fn through_us(location: &str, app: &Target, host: &str) -> Option<String> {
    let (default_port, after) = SCHEMES.iter().find_map(|(scheme, port)| {
        let start = location.get(..scheme.len())?;
        let is_scheme = start.eq_ignore_ascii_case(scheme);
        is_scheme.then_some((*port, location.get(scheme.len()..)?))
    })?;
    let (named, rest) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
    let named = authority::parse(named)?;
    let name = named.host().trim_matches(['[', ']']);
    let port = named.port_u16().unwrap_or(default_port);
    let is_app = name.eq_ignore_ascii_case(&app.host)
        && (port == app.port || (port, app.port, default_port) == (80, 443, 80));
    let slash = if rest.starts_with('/') { "" } else { "/" };
    is_app.then(|| format!("http://{host}{slash}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirection_to_the_app_leads_through_us_and_every_other_stays() {
        let standard = "https://app.example";
        let odd = "https://[2001:db8::1]:8443";
        for (app, location, expected) in [
            (standard, "https://app.example/a?b#c", Some("/a?b#c")),
            (standard, "HTTPS://App.Example:443/a", Some("/a")),
            (standard, "https://app.example", Some("/")),
            (standard, "https://app.example?q", Some("/?q")),
            (standard, "http://app.example/a", Some("/a")),
            (standard, "http://app.example:80/a", Some("/a")),
            (standard, "//app.example/a", Some("/a")),
            (odd, "https://[2001:db8::1]:8443/a", Some("/a")),
            (odd, "//[2001:db8::1]:8443/a", Some("/a")),
            (odd, "https://[2001:db8::1]/a", None),
            (odd, "http://[2001:db8::1]/a", None),
            (standard, "/a", None),
            (standard, "a", None),
            (standard, "", None),
            (standard, "https://app.example:8443/a", None),
            (standard, "https://app.example:80/a", None),
            (standard, "https://app.example.evil/a", None),
            (standard, "https://app.example@evil/a", None),
            (standard, "https://user@app.example/a", None),
            (
                standard,
                "https://login.example/?to=https://app.example/",
                None,
            ),
            (standard, "ftp://app.example/a", None),
            (standard, "https:/app.example/a", None),
            (standard, "h\u{e4}", None),
        ] {
            let app = Target::parse(app).unwrap();
            let expected = expected.map(|path| format!("http://localhost:1{path}"));
            let found = through_us(location, &app, "localhost:1");
            assert_eq!(found, expected, "{location}");
        }
    }
}
