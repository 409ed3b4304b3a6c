//! `CLIENT_CERT_ALLOWED_ORIGINS`: origins whose pages may call secured functions.

use std::collections::HashSet;

use app_settings::{Environment, ListEntry, Problem, parse_list};

pub(super) const ALLOWED_ORIGINS: &str = "CLIENT_CERT_ALLOWED_ORIGINS";

/// Origins (RFC 6454) whose pages may call secured functions from a browser. Empty by default: no page of another site
/// may.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AllowedOrigins(HashSet<String>);

impl AllowedOrigins {
    /// Reads a list, separated by commas with CSV quoting or a JSON array, of origins exactly as browsers send them in
    /// `Origin`: `https://app.example` or `https://app.example:8443`, without path or slash at the end; `http` for
    /// `localhost` and loopback addresses alone.
    ///
    /// # Errors
    ///
    /// No entry, quotes that do not enclose a whole entry, or the number of the first entry that is not such an origin, and
    /// what was expected. Nothing of the list is repeated.
    pub fn parse(list: &str) -> Result<Self, String> {
        let mut origins = HashSet::new();
        for ListEntry { number, text, .. } in parse_list(list)? {
            if !is_origin(&text) {
                return Err(format!(
                    "entry {number}: expected an origin as browsers send it, such as https://app.example or \
                     https://app.example:8443, in lower case, without a path, a slash at the end or the default port, found \
                     something else; http is for loopback alone, and * and null are never allowed"
                ));
            }
            origins.insert(text);
        }
        Ok(Self(origins))
    }

    /// Whether the value of an `Origin` header is one of them. All bytes are compared.
    pub fn contains(&self, origin: &[u8]) -> bool {
        str::from_utf8(origin).is_ok_and(|origin| self.0.contains(origin))
    }
}

pub(super) fn load(environment: &Environment, problems: &mut Vec<Problem>) -> AllowedOrigins {
    let Some(list) = environment.setting(ALLOWED_ORIGINS, problems) else {
        return AllowedOrigins::default();
    };
    AllowedOrigins::parse(list.expose()).unwrap_or_else(|text| {
        problems.push(Problem::new(ALLOWED_ORIGINS, text));
        AllowedOrigins::default()
    })
}

/// Whether a text is the serialization of an origin (RFC 6454, section 6.2).
fn is_origin(text: &str) -> bool {
    let (scheme, default_port, rest) = if let Some(rest) = text.strip_prefix("https://") {
        ("https", "443", rest)
    } else if let Some(rest) = text.strip_prefix("http://") {
        ("http", "80", rest)
    } else {
        return false;
    };
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let is_loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    is_host(host)
        && port.is_none_or(|port| port != default_port && is_port(port))
        && (scheme == "https" || is_loopback)
}

fn is_host(host: &str) -> bool {
    match host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            let is_label = |label: &str| {
                let is_part = |byte: u8| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)
                };
                !label.is_empty() && label.bytes().all(is_part)
            };
            host.split('.').all(is_label)
        }
    }
}

fn is_port(port: &str) -> bool {
    let is_plain = !port.starts_with('0') && port.bytes().all(|byte| byte.is_ascii_digit());
    is_plain && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        let origins = [
            "https://app.example",
            "https://app.example:8443",
            "https://xn--mnchen-3ya.example",
            "https://[2001:db8::1]:8443",
            "http://localhost:3000",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
        ];
        for origin in origins {
            let parsed = AllowedOrigins::parse(origin).unwrap();
            assert!(parsed.contains(origin.as_bytes()), "{origin}");
            assert!(!parsed.contains(format!("{origin}/").as_bytes()));
            assert!(!parsed.contains(origin.to_uppercase().as_bytes()));
        }
        let others = [
            "*",
            "null",
            "app.example",
            "https://",
            "https://app.example/",
            "https://app.example/path",
            "https://App.example",
            "HTTPS://app.example",
            "https://app.example:443",
            "https://app.example:0",
            "https://app.example:",
            "https://app.example:99999",
            "https://*.example",
            "https://.example",
            "https://user@app.example",
            "https://app.example https://b.example",
            "http://app.example",
            "http://localhost:80",
            "ftp://app.example",
            "https://m\u{fc}nchen.example",
        ];
        for origin in others {
            assert!(AllowedOrigins::parse(origin).is_err(), "{origin}");
            let second = AllowedOrigins::parse(&format!("https://a.example, {origin}"));
            assert!(second.unwrap_err().starts_with("entry 2"), "{origin}");
        }
    }

    #[test]
    fn origins_are_listed_as_everything_else_is() {
        for list in [
            "https://a.example,https://b.example",
            " https://a.example , https://b.example, ",
            r#""https://a.example", https://b.example"#,
            r#"["https://a.example", "https://b.example"]"#,
        ] {
            let parsed = AllowedOrigins::parse(list).unwrap();
            for origin in ["https://a.example", "https://b.example"] {
                assert!(parsed.contains(origin.as_bytes()), "{list}");
            }
            assert!(!parsed.contains(list.as_bytes()), "{list}");
        }
        for list in [
            "",
            ",",
            "[]",
            r#""https://a.example"#,
            "[https://a.example]",
        ] {
            assert!(AllowedOrigins::parse(list).is_err(), "{list}");
        }
    }
}
