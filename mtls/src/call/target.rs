//! What is called: an address in its parts.

use app_settings::Problem;
use reqwest::Url;
use reqwest::header::HeaderValue;

/// An https address, taken apart.
pub(crate) struct Target {
    /// As it was understood, without a fragment.
    pub(crate) url: String,
    /// A name or an address without brackets, as the server's certificate has it.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The value of the `Host` header.
    pub(crate) authority: HeaderValue,
    /// Path and query.
    pub(crate) path: String,
}

impl Target {
    /// Takes an address apart.
    ///
    /// # Errors
    ///
    /// Anything but https, and a name or password before the host. The text is not repeated: it can hold keys.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let refuse = |found: &str| {
            let text = format!("expected an address such as https://partner.example/api, {found}");
            Problem::new("URL", text)
        };
        let mut url = Url::parse(text.trim())
            .map_err(|error| refuse(&format!("found text that is not one ({error})")))?;
        if url.scheme() != "https" {
            let scheme = url.scheme();
            return Err(refuse(&format!(
                "found {scheme}://; a client certificate is presented over TLS alone"
            )));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse(
                "found a name or a password in it; remove what precedes the @",
            ));
        }
        url.set_fragment(None);
        Self::of(&url).ok_or_else(|| refuse("found one without a host"))
    }

    fn of(url: &Url) -> Option<Self> {
        let host = url.host_str()?;
        let authority = url
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let query = url.query().map(|query| format!("?{query}"));
        Some(Self {
            url: url.to_string(),
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port_or_known_default()?,
            authority: HeaderValue::from_str(&authority).ok()?,
            path: format!("{}{}", url.path(), query.unwrap_or_default()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        for (text, host, port, authority, path) in [
            ("https://a.example", "a.example", 443, "a.example", "/"),
            (
                "https://a.example:443/b?c=d#e",
                "a.example",
                443,
                "a.example",
                "/b?c=d",
            ),
            (
                " https://A.example:8443/%20 ",
                "a.example",
                8443,
                "a.example:8443",
                "/%20",
            ),
            ("https://[::1]:1/", "::1", 1, "[::1]:1", "/"),
            ("https://127.0.0.1/x", "127.0.0.1", 443, "127.0.0.1", "/x"),
        ] {
            let target = Target::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
            assert_eq!((target.host.as_str(), target.port), (host, port), "{text}");
            assert_eq!(target.authority, authority, "{text}");
            assert_eq!(target.path, path, "{text}");
        }
    }

    #[test]
    fn other_addresses_are_refused_and_not_repeated() {
        for text in [
            "",
            "geheim",
            "http://geheim.example",
            "https://geheim@a.example",
            "https://a:geheim@a.example/",
            "https://",
            "file:///geheim",
        ] {
            let Err(problem) = Target::parse(text) else {
                panic!("{text} was taken")
            };
            assert!(!problem.to_string().contains("geheim"), "{problem}");
        }
    }
}
