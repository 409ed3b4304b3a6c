//! What no caller may say about themselves.

use http::{HeaderMap, HeaderName};

use crate::{Principal, UpstreamOptions};

/// The names that are removed from requests, each with all that begins with it, in lower case and with hyphens.
///
/// Many servers read names without case and take any sign for a hyphen (CGI, RFC 3875, section 4.1.18, knows letters, digits and
/// underscores alone), so names are compared as these servers read them.
const REMOVED: &[&str] = &[
    // Certificates, as front ends pass them on: App Service, RFC 9440, ours and nginx's, Tomcat and Apache, HAProxy and
    // Traefik, AWS. Envoy's and Traefik's begin with x-forwarded.
    "x-arr-clientcert",
    "client-cert",
    "x-client-cert",
    "ssl-client-",
    "x-ssl-client-",
    "x-ssl-cert",
    "x-tls-client-",
    "x-amzn-mtls-",
    // Where a request came from, and what it was: RFC 7239, the usual ones, nginx's. We write one value each.
    "forwarded",
    "x-forwarded",
    "x-real-ip",
    // Another path than the one that was decided on: gunicorn and WSGI, IIS and what reads its headers.
    "script-name",
    "path-info",
    "x-script-name",
    "x-original-",
    "x-rewrite-",
];

/// Those of App Service Authentication, which writes them itself where it is on.
const APP_SERVICE_AUTHENTICATION: &[&str] = &["x-ms-client-principal", "x-ms-token-"];

/// Which names are removed from requests, in every spelling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Removal {
    pub(crate) keep_underscores: bool,
    pub(crate) keep_principal: bool,
}

impl Removal {
    pub(crate) fn of(options: &UpstreamOptions) -> Self {
        Self {
            keep_underscores: options.keep_underscores,
            keep_principal: options.principal == Principal::AppService,
        }
    }

    /// Whether a header of a request or an envelope is removed.
    pub(crate) fn removes(self, name: &str) -> bool {
        let begins = |names: &[&str]| names.iter().any(|start| begins_with(name, start));
        (!self.keep_underscores && name.contains('_'))
            || begins(REMOVED)
            || (!self.keep_principal && begins(APP_SERVICE_AUTHENTICATION))
    }
}

/// Whether an answer's header is one that only requests have, which an upstream that echoes would give away.
pub(super) fn is_identity(name: &str) -> bool {
    ["x-arr-clientcert", "client-cert", "x-client-cert"]
        .iter()
        .any(|start| begins_with(name, start))
}

/// Whether a name begins with another, letters without case and any sign as a hyphen.
fn begins_with(name: &str, start: &str) -> bool {
    let folded = |byte: u8| match byte {
        b'A'..=b'Z' => byte.to_ascii_lowercase(),
        b'a'..=b'z' | b'0'..=b'9' => byte,
        _ => b'-',
    };
    name.len() >= start.len()
        && name
            .bytes()
            .map(folded)
            .zip(start.bytes())
            .all(|(a, b)| a == b)
}

/// Removes the headers whose name the predicate is true for.
pub(super) fn remove_if(headers: &mut HeaderMap, is_removed: impl Fn(&HeaderName) -> bool) {
    let names: Vec<HeaderName> = headers
        .keys()
        .filter(|name| is_removed(name))
        .cloned()
        .collect();
    for name in names {
        headers.remove(name);
    }
}
