//! Which values of a request may be shown. Everything else is its length: nobody can list all names of credentials.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use client_cert::Thumbprint;
use http::{HeaderName, HeaderValue};

use crate::front_end::decoration::{CERTIFICATE, folded};

/// Headers whose values are shown: what describes the message, the hop or the browser, and never who somebody is.
const HARMLESS_HEADERS: [&str; 56] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "access-control-request-headers",
    "access-control-request-method",
    "access-control-request-private-network",
    "cache-control",
    "client-ip",
    "connection",
    "content-encoding",
    "content-language",
    "content-length",
    "content-type",
    "date",
    "disguised-host",
    "dnt",
    "expect",
    "host",
    "if-modified-since",
    "if-unmodified-since",
    "max-forwards",
    "origin",
    "pragma",
    "range",
    "sec-ch-ua",
    "sec-ch-ua-mobile",
    "sec-ch-ua-platform",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "sec-fetch-user",
    "te",
    "traceparent",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "upgrade-insecure-requests",
    "user-agent",
    "via",
    "was-default-hostname",
    "x-appservice-proto",
    "x-arr-log-id",
    "x-arr-ssl",
    "x-azure-functions-hostversion",
    "x-azure-functions-invocationid",
    "x-client-ip",
    "x-client-port",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-forwarded-tlsversion",
    "x-ms-invocation-id",
    "x-original-host",
    "x-site-deployment-id",
];

/// What repeats the request's target.
const TARGETS: [&str; 2] = ["x-original-url", "x-waws-unencoded-url"];

/// Query parameters whose values are shown.
const HARMLESS_PARAMETERS: [&str; 10] = [
    "$count",
    "$skip",
    "$top",
    "api-version",
    "lang",
    "limit",
    "offset",
    "page",
    "sort",
    "verbose",
];

/// The path with its query, the values of parameters hidden but for those that are known to be harmless.
pub(super) fn target(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else {
        return target.to_owned();
    };
    let pairs: Vec<String> = query.split('&').map(parameter).collect();
    format!("{path}?{}", pairs.join("&"))
}

/// A header's value: shown, hidden, or for a certificate its thumbprint.
pub(super) fn value(name: &HeaderName, value: &HeaderValue) -> String {
    let text = String::from_utf8_lossy(value.as_bytes());
    let folded = folded(name);
    if folded == CERTIFICATE {
        let parts: Vec<String> = text
            .split(',')
            .map(|part| certificate(part.trim()))
            .collect();
        return parts.join(", ");
    }
    if TARGETS.contains(&folded.as_str()) {
        return target(&text);
    }
    if HARMLESS_HEADERS.contains(&folded.as_str()) {
        text.into_owned()
    } else {
        hidden(value.len())
    }
}

/// A name without a value may be a token by itself; a host that forwards adds `=` to it.
fn parameter(pair: &str) -> String {
    match pair.split_once('=').filter(|(_, value)| !value.is_empty()) {
        Some((name, _)) if HARMLESS_PARAMETERS.contains(&name.to_ascii_lowercase().as_str()) => {
            pair.to_owned()
        }
        Some((name, value)) => format!("{name}={}", hidden(value.len())),
        None if pair.is_empty() => String::new(),
        None => hidden(pair.len()),
    }
}

fn certificate(text: &str) -> String {
    match STANDARD.decode(text) {
        Ok(der) => format!("({})", Thumbprint::sha256_of(&der)),
        Err(_) => format!("(hidden, {} bytes, not base64)", text.len()),
    }
}

fn hidden(bytes: usize) -> String {
    format!("(hidden, {bytes} bytes)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Hop;

    /// Names that people give to credentials; the last is anybody's own.
    const CREDENTIALS: [&str; 16] = [
        "Authorization",
        "Cookie",
        "Ocp-Apim-Subscription-Key",
        "Proxy-Authorization",
        "Referer",
        "X-Api-Key",
        "X-ARR-ClientCert",
        "X_ARR_ClientCert",
        "X-Auth-Token",
        "X-Client-Cert",
        "X-Forwarded-Access-Token",
        "X-Forwarded-Client-Cert",
        "X-Functions-Key",
        "X-Hub-Signature-256",
        "X-MS-CLIENT-PRINCIPAL",
        "X-Partner",
    ];

    fn shown(request: http::request::Builder) -> String {
        let request = request.body(()).unwrap();
        Hop::of("a", &request.into_parts().0).lines.join("\n")
    }

    #[test]
    fn no_value_is_shown_that_is_not_listed() {
        let targets = "/api/x?code=topsecret&sig=topsecret&topsecret=&topsecret&page=2";
        let mut request = http::Request::get(targets).header("X-Original-URL", targets);
        for name in CREDENTIALS {
            request = request.header(name, "topsecret");
        }
        let lines = shown(request);
        assert!(!lines.contains("topsecret"), "{lines}");
        let query = "/api/x?code=(hidden, 9 bytes)&sig=(hidden, 9 bytes)&(hidden, 10 bytes)&(hidden, 9 bytes)&page=2";
        for line in [
            &format!("GET {query}"),
            &format!("x-original-url: {query}"),
            "x-partner: (hidden, 9 bytes)",
            "x_arr_clientcert: (hidden, 9 bytes, not base64)",
        ] {
            assert!(lines.lines().any(|seen| seen == line), "{line}: {lines}");
        }
    }

    #[test]
    fn certificates_are_thumbprints_and_what_describes_the_message_is_shown() {
        let base64 = STANDARD.encode([0x30; 300]);
        let lines = shown(
            http::Request::get("/")
                .header("X-ARR-ClientCert", format!("{base64}, {base64}"))
                .header("Accept", "*/*")
                .header("X-Forwarded-Host", "localhost"),
        );
        let thumbprint = Thumbprint::sha256_of(&[0x30; 300]);
        for line in [
            &format!("x-arr-clientcert: ({thumbprint}), ({thumbprint})"),
            "accept: */*",
            "x-forwarded-host: localhost",
        ] {
            assert!(lines.lines().any(|seen| seen == line), "{line}: {lines}");
        }
    }
}
