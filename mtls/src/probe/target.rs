//! Where the app is, and under which paths its functions are called.

use std::str::FromStr;

use app_settings::Problem;
use http::Uri;

/// The route prefix of the Functions host unless `host.json` says otherwise.
const PREFIX: &str = "/api";

/// An app's address: `https://host[:port][/prefix]`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Target {
    /// As `Host` carries it.
    pub(crate) authority: String,
    /// Name or address, without brackets.
    pub(super) host: String,
    pub(crate) port: u16,
    /// Begins with `/` and does not end with it.
    prefix: String,
}

/// `--route`: the path of one function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Route {
    function: String,
    path: String,
}

impl Target {
    /// Reads the address.
    ///
    /// # Errors
    ///
    /// Another scheme, no host, a user, a query.
    pub(crate) fn parse(url: &str) -> Result<Self, Problem> {
        let problem = || {
            let text = format!(
                "expected an address like https://app.azurewebsites.net or https://localhost:7443/api, found {url:?}"
            );
            Problem::new("URL", text)
        };
        let uri: Uri = url.parse().map_err(|_| problem())?;
        let (Some("https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(problem());
        };
        if authority.as_str().contains('@') || uri.query().is_some() || !is_sendable(uri.path()) {
            return Err(problem());
        }
        let prefix = match uri.path().trim_end_matches('/') {
            "" => PREFIX,
            path => path,
        };
        Ok(Self {
            authority: authority.as_str().to_owned(),
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(443),
            prefix: prefix.to_owned(),
        })
    }

    /// Whether it is this machine, where `mtls local` serves.
    pub(crate) fn is_local(&self) -> bool {
        ["localhost", "127.0.0.1", "::1"].contains(&self.host.to_ascii_lowercase().as_str())
    }

    /// The route prefix, from its first `/` and without a last one.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Where the same app would answer without TLS: port 80, or the same port where it has one of its own.
    pub(super) fn plain_port(&self) -> u16 {
        match self.port {
            443 => 80,
            port => port,
        }
    }

    /// The path of a function: its own route if one is given, else its name, below the prefix.
    ///
    /// # Errors
    ///
    /// Characters that no request line can carry unescaped.
    pub(super) fn path(&self, function: &str, routes: &[Route]) -> Result<String, Problem> {
        let route = routes.iter().find(|route| route.function == function);
        let path = route.map_or(function, |route| &route.path);
        let path = match path.starts_with('/') {
            true => path.to_owned(),
            false => format!("{}/{path}", self.prefix),
        };
        if is_sendable(&path) {
            return Ok(path);
        }
        let text = format!(
            "expected a path of visible ASCII characters without #, found {path:?}; percent-encode it"
        );
        Err(Problem::new(function, text))
    }
}

impl Route {
    /// The function that it belongs to.
    pub(super) fn function(&self) -> &str {
        &self.function
    }
}

impl FromStr for Route {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((function, path)) if !function.is_empty() && !path.is_empty() => Ok(Self {
                function: function.to_owned(),
                path: path.to_owned(),
            }),
            _ => Err("expected FUNCTION=PATH, such as CertInfo=cert-info".to_owned()),
        }
    }
}

/// Whether a request line can carry the bytes as they are.
pub(super) fn is_sendable(path: &str) -> bool {
    path.bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'#')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host_a_port_and_a_prefix() {
        let table = [
            ("https://app.test", "app.test", 443, 80, "/api/F"),
            ("https://app.test/", "app.test", 443, 80, "/api/F"),
            ("https://app.test/v1/", "app.test", 443, 80, "/v1/F"),
            (
                "https://localhost:7443/api",
                "localhost",
                7443,
                7443,
                "/api/F",
            ),
            ("https://[::1]:7443", "::1", 7443, 7443, "/api/F"),
        ];
        for (url, host, port, plain_port, path) in table {
            let target = Target::parse(url).unwrap();
            assert_eq!((target.host.as_str(), target.port), (host, port), "{url}");
            assert_eq!(target.plain_port(), plain_port, "{url}");
            assert_eq!(target.path("F", &[]).unwrap(), path, "{url}");
        }
    }

    #[test]
    fn what_is_no_such_address_is_refused_with_an_example() {
        for url in [
            "http://app.test",
            "app.test",
            "https://a@app.test",
            "https://app.test?x",
            "",
        ] {
            let problem = Target::parse(url).unwrap_err();
            assert!(problem.text().contains("https://app"), "{problem}");
        }
    }

    #[test]
    fn a_route_of_its_own_stands_below_the_prefix_or_alone() {
        let target = Target::parse("https://app.test").unwrap();
        let routes: Vec<Route> = ["A=cert-info", "B=/b", "C=a b"]
            .map(|text| text.parse().unwrap())
            .into();
        assert_eq!(target.path("A", &routes).unwrap(), "/api/cert-info");
        assert_eq!(target.path("B", &routes).unwrap(), "/b");
        assert!(target.path("C", &routes).is_err());
        for text in ["A", "=x", "A="] {
            assert!(text.parse::<Route>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_names_of_this_machine_are_local() {
        for (url, local) in [
            ("https://LOCALHOST:1", true),
            ("https://127.0.0.1", true),
            ("https://[::1]", true),
            ("https://localhost.test", false),
        ] {
            assert_eq!(Target::parse(url).unwrap().is_local(), local, "{url}");
        }
    }
}
