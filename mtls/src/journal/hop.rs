//! What one hop sent to the next, without what must not be shown.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use client_cert::Thumbprint;
use http::{HeaderMap, HeaderValue, request};

/// Headers whose values are credentials.
const SECRET: [&str; 6] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
    "x-functions-key",
    "x-functions-clientid",
];

/// The key of a function in a query.
const SECRET_PARAMETER: &str = "code";

/// The head of a request, as it may be shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Hop {
    /// From where to where.
    pub(crate) title: &'static str,
    /// Request line and headers; still to be escaped.
    pub(crate) lines: Vec<String>,
}

impl Hop {
    /// The head of `request`; certificates become thumbprints, credentials are left out.
    pub(crate) fn of(title: &'static str, request: &request::Parts) -> Self {
        let mut lines = vec![format!("{} {}", request.method, target(request))];
        lines.extend(headers(&request.headers));
        Self { title, lines }
    }
}

fn target(request: &request::Parts) -> String {
    let path = request.uri.path();
    match request.uri.query() {
        Some(query) => format!("{path}?{}", shown_query(query)),
        None => path.to_owned(),
    }
}

fn shown_query(query: &str) -> String {
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if name.eq_ignore_ascii_case(SECRET_PARAMETER) => {
                format!("{name}=(not shown)")
            }
            _ => pair.to_owned(),
        })
        .collect();
    pairs.join("&")
}

fn headers(headers: &HeaderMap) -> impl Iterator<Item = String> {
    headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", shown_value(name.as_str(), value)))
}

fn shown_value(name: &str, value: &HeaderValue) -> String {
    if SECRET.contains(&name) {
        return "(not shown)".to_owned();
    }
    // X-Original-URL and its like repeat the target.
    let text = String::from_utf8_lossy(value.as_bytes());
    if let Some((path, query)) = text
        .split_once('?')
        .filter(|(path, _)| path.starts_with('/'))
    {
        return format!("{path}?{}", shown_query(query));
    }
    if is_certificate(name, &text) {
        let parts: Vec<String> = text
            .split(',')
            .map(|part| shown_certificate(part.trim()))
            .collect();
        return parts.join(", ");
    }
    text.into_owned()
}

/// By its name in any spelling, or by its looks: base64 of a DER sequence of more than 255 bytes.
fn is_certificate(name: &str, text: &str) -> bool {
    let name = name.replace('_', "-");
    name.contains("clientcert") || name.contains("client-cert") || text.starts_with("MII")
}

fn shown_certificate(text: &str) -> String {
    match STANDARD.decode(text) {
        Ok(der) => format!("({})", Thumbprint::sha256_of(&der)),
        Err(_) => format!("({} characters, not base64)", text.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_become_thumbprints_and_credentials_are_left_out() {
        let base64 = STANDARD.encode([0x30; 300]);
        let request = http::Request::get("/api/x?code=topsecret&a=1&CODE=topsecret")
            .header("X-ARR-ClientCert", &base64)
            .header("x_arr_clientcert", format!("{base64}, topsecret!"))
            .header("Authorization", "topsecret")
            .header("Cookie", "topsecret")
            .header("X-Functions-Key", "topsecret")
            .header("X-Original-URL", "/api/x?code=topsecret")
            .header("Accept", "*/*")
            .body(())
            .unwrap();
        let lines = Hop::of("a", &request.into_parts().0).lines.join("\n");
        assert!(
            !lines.contains("topsecret") && !lines.contains(&base64),
            "{lines}"
        );
        let thumbprint = Thumbprint::sha256_of(&[0x30; 300]).to_string();
        assert!(
            lines.contains(&format!("x-arr-clientcert: ({thumbprint})")),
            "{lines}"
        );
        assert!(
            lines.contains(&format!("({thumbprint}), (10 characters, not base64)")),
            "{lines}"
        );
        assert!(
            lines.contains("accept: */*") && lines.contains("a=1"),
            "{lines}"
        );
    }
}
