//! The request, as the command line gives it.

use app_settings::Problem;
use bytes::Bytes;
use clap::Args;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::Full;

use super::target::Target;

/// Headers that the tool sets itself, or that would make the request say what it is not.
const OWN_HEADERS: [HeaderName; 3] = [CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION];

/// The options that make up the request.
#[derive(Args)]
pub(super) struct RequestArguments {
    /// The method; GET, or POST where there is data
    #[arg(long, value_name = "METHOD")]
    method: Option<String>,

    /// A header, as 'Accept: text/plain'; may be repeated
    #[arg(long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,

    /// The body, sent as it is
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    data: Option<String>,
}

/// A request that is well formed.
pub(super) struct Parts {
    method: Method,
    headers: HeaderMap,
    data: Bytes,
}

impl RequestArguments {
    /// Reads the options; the values of headers are not repeated in a problem, since they can be secrets.
    ///
    /// # Errors
    ///
    /// All problems at once.
    pub(super) fn parse(&self) -> Result<Parts, Vec<Problem>> {
        let mut problems = Vec::new();
        let method = self.method().map_err(|problem| problems.push(problem));
        let mut headers = HeaderMap::new();
        for line in &self.headers {
            match header(line) {
                Ok((name, value)) => {
                    headers.append(name, value);
                }
                Err(text) => problems.push(Problem::new("--header", text)),
            }
        }
        match method {
            Ok(method) if problems.is_empty() => Ok(Parts {
                method,
                headers,
                data: self.data.clone().unwrap_or_default().into(),
            }),
            _ => Err(problems),
        }
    }

    fn method(&self) -> Result<Method, Problem> {
        let default = if self.data.is_some() { "POST" } else { "GET" };
        let text = self.method.as_deref().unwrap_or(default);
        match Method::from_bytes(text.as_bytes()) {
            Ok(Method::CONNECT) => Err(Problem::new(
                "--method",
                "expected a method for a resource, found CONNECT, which asks a proxy for a tunnel",
            )),
            Ok(method) => Ok(method),
            Err(_) => Err(Problem::new(
                "--method",
                format!("expected a method such as GET or POST, found {text:?}"),
            )),
        }
    }
}

fn header(line: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = line
        .split_once(':')
        .ok_or("expected a name, a colon and a value, found no colon")?;
    let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(
        |_| "expected a header's name before the colon, found characters that none can have",
    )?;
    if OWN_HEADERS.contains(&name) {
        return Err(format!("{name} is set by the tool itself; leave it out"));
    }
    let value = HeaderValue::from_str(value.trim())
        .map_err(|_| format!("the value of {name} holds characters that no header can carry"))?;
    Ok((name, value))
}

impl Parts {
    /// The request for a target. A `Host` among the headers replaces the target's, as it does with curl.
    ///
    /// # Errors
    ///
    /// A path that HTTP cannot carry.
    pub(super) fn into_request(self, target: &Target) -> Result<Request<Full<Bytes>>, http::Error> {
        let mut request = Request::builder()
            .method(self.method)
            .uri(target.path.as_str())
            .body(Full::new(self.data))?;
        let headers = request.headers_mut();
        headers.insert(HOST, target.authority.clone());
        headers.insert(
            USER_AGENT,
            HeaderValue::from_static(concat!("mtls/", env!("CARGO_PKG_VERSION"))),
        );
        for name in self.headers.keys() {
            headers.remove(name);
        }
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(method: Option<&str>, headers: &[&str], data: Option<&str>) -> RequestArguments {
        RequestArguments {
            method: method.map(str::to_owned),
            headers: headers.iter().map(|line| (*line).to_owned()).collect(),
            data: data.map(str::to_owned),
        }
    }

    #[test]
    fn data_makes_it_a_post_unless_the_method_says_otherwise() {
        for (method, data, expected) in [
            (None, None, "GET"),
            (None, Some("a"), "POST"),
            (None, Some(""), "POST"),
            (Some("PUT"), Some("a"), "PUT"),
            (Some("DELETE"), None, "DELETE"),
        ] {
            let parts = arguments(method, &[], data)
                .parse()
                .map_err(|_| ())
                .unwrap();
            assert_eq!(parts.method, expected);
        }
    }

    #[test]
    fn headers_repeat_and_replace_the_tools_own() {
        let given = ["A: 1", "a:2", "Host: other.example", "User-Agent: x"];
        let parts = arguments(None, &given, None)
            .parse()
            .map_err(|_| ())
            .unwrap();
        let target = Target::parse("https://partner.example/a?b").unwrap();
        let request = parts.into_request(&target).unwrap();
        let values = |name: &str| request.headers().get_all(name).iter().collect::<Vec<_>>();
        assert_eq!(values("a"), ["1", "2"]);
        assert_eq!(values("host"), ["other.example"]);
        assert_eq!(values("user-agent"), ["x"]);
        assert_eq!(request.uri(), "/a?b");
    }

    #[test]
    fn every_mistake_is_told_and_no_value() {
        let given = [
            "geheim",
            "a b: geheim",
            "Content-Length: geheim",
            "X-A: geheim\nB: c",
        ];
        let Err(problems) = arguments(Some("G T"), &given, None).parse() else {
            panic!("it was taken")
        };
        assert_eq!(problems.len(), 5);
        for problem in problems {
            assert!(!problem.to_string().contains("geheim"), "{problem}");
        }
        assert!(arguments(Some("CONNECT"), &[], None).parse().is_err());
    }
}
