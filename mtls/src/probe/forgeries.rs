//! The requests that write the certificate header themselves: what a stranger would try who has seen a certificate.

use super::other_headers;
use super::walks::{self, Walk};

/// The header that the front end sets.
const HEADER: &str = "X-ARR-ClientCert";

/// What a front end writes about how it was reached.
const PROTO: &str = "X-Forwarded-Proto";

/// The same name for software that folds case, or `_` into `-`. Order is from likely to odd.
const SPELLINGS: [(&str, &str); 5] = [
    ("as the front end writes it", HEADER),
    ("in lower case", "x-arr-clientcert"),
    ("in upper case", "X-ARR-CLIENTCERT"),
    ("with underscores", "X_ARR_ClientCert"),
    ("with one underscore", "X-ARR_ClientCert"),
];

/// As whom a handshake is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Presenting {
    Nothing,
    Allowed,
    Denied,
}

/// How a request travels.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wire {
    Tls(Presenting),
    /// HTTP without TLS.
    Plain,
}

/// One request, and the name of its row.
pub(super) struct Forgery {
    pub(super) check: String,
    pub(super) wire: Wire,
    /// As the request line has it.
    pub(super) path: String,
    /// As the head has them. The values are not for printing.
    pub(super) headers: Vec<(&'static str, String)>,
}

/// The certificates' public parts.
pub(super) struct PublicParts {
    pub(super) allowed: PublicPart,
    pub(super) denied: Option<PublicPart>,
}

/// A certificate as front ends write it.
pub(super) struct PublicPart {
    /// As App Service does.
    pub(super) base64: String,
    /// As Envoy does, the ingress of Container Apps.
    pub(super) element: String,
}

/// Every forgery against one secured path. `prefixes` are the paths that the front end or the app lets pass.
pub(super) fn forgeries(parts: &PublicParts, secured: &str, prefixes: &[String]) -> Vec<Forgery> {
    let nobody = Wire::Tls(Presenting::Nothing);
    let allowed = parts.allowed.base64.as_str();
    let mut all: Vec<Forgery> = SPELLINGS
        .iter()
        .map(|(how, name)| forgery(how, nobody, secured, &[(name, allowed)]))
        .collect();
    all.extend(repetitions(parts, nobody, secured, "without a certificate"));
    all.extend(beside_a_denied_certificate(parts, secured));
    for (how, name) in SPELLINGS {
        let how = format!("over plain HTTP, {how}");
        all.push(forgery(&how, Wire::Plain, secured, &[(name, allowed)]));
    }
    // An app that asks for TLS believes a header about it, which a stranger can write as well.
    for (how, wire) in [("", nobody), ("over plain HTTP, ", Wire::Plain)] {
        let how = format!("{how}beside {PROTO}: https");
        all.push(forgery(
            &how,
            wire,
            secured,
            &[(HEADER, allowed), (PROTO, "https")],
        ));
    }
    let walked = walks::doubled_slashes(secured).into_iter().chain(
        prefixes
            .iter()
            .flat_map(|prefix| walks::from(prefix, secured)),
    );
    all.extend(walked.map(|Walk { how, path }| forgery(&how, nobody, &path, &[(HEADER, allowed)])));
    all.extend(other_headers::forgeries(parts, secured));
    all
}

/// Twice the same line, and two values in one, which is what the host makes of two lines.
fn repetitions(parts: &PublicParts, wire: Wire, secured: &str, who: &str) -> [Forgery; 2] {
    let allowed = parts.allowed.base64.as_str();
    let joined = format!("{allowed}, {allowed}");
    let line = (HEADER, allowed);
    [
        forgery(&format!("twice, {who}"), wire, secured, &[line, line]),
        forgery(
            &format!("joined A, A, {who}"),
            wire,
            secured,
            &[(HEADER, joined.as_str())],
        ),
    ]
}

/// The front end then has a certificate to set itself, and may add it to the caller's line.
fn beside_a_denied_certificate(parts: &PublicParts, secured: &str) -> Vec<Forgery> {
    let Some(denied) = &parts.denied else {
        return Vec::new();
    };
    let (allowed, denied) = (parts.allowed.base64.as_str(), &denied.base64);
    let wire = Wire::Tls(Presenting::Denied);
    let (first, last) = (
        format!("{allowed}, {denied}"),
        format!("{denied}, {allowed}"),
    );
    [
        ("by the denied caller", HEADER, allowed),
        (
            "by the denied caller, with underscores",
            SPELLINGS[3].1,
            allowed,
        ),
        ("by the denied caller, joined A, B", HEADER, first.as_str()),
        ("by the denied caller, joined B, A", HEADER, &last),
    ]
    .into_iter()
    .map(|(how, name, value)| forgery(how, wire, secured, &[(name, value)]))
    .collect()
}

fn forgery(how: &str, wire: Wire, path: &str, headers: &[(&'static str, &str)]) -> Forgery {
    Forgery::new(format!("forged header {how}"), wire, path, headers)
}

impl Forgery {
    /// A request whose row has this name.
    pub(super) fn new(
        check: String,
        wire: Wire,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Self {
        Self {
            check,
            wire,
            path: path.to_owned(),
            headers: headers
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE_HEADERS: [&str; 3] =
        ["x-arr-clientcert", "x-forwarded-client-cert", "client-cert"];

    fn plan(denied: Option<&str>, prefixes: &[&str]) -> Vec<Forgery> {
        let prefixes: Vec<String> = prefixes.iter().map(ToString::to_string).collect();
        let part = |value: &str| PublicPart {
            base64: value.to_owned(),
            element: format!("Cert={value}"),
        };
        let parts = PublicParts {
            allowed: part("A"),
            denied: denied.map(part),
        };
        forgeries(&parts, "/api/S", &prefixes)
    }

    #[test]
    fn every_forgery_carries_the_allowed_certificate_and_none_presents_it() {
        for forgery in plan(Some("B"), &["/api/health"]) {
            assert!(
                forgery.headers.iter().any(|(_, value)| value.contains('A')),
                "{}",
                forgery.check
            );
            assert_ne!(
                forgery.wire,
                Wire::Tls(Presenting::Allowed),
                "{}",
                forgery.check
            );
            let folded = |name: &str| name.to_ascii_lowercase().replace('_', "-");
            assert!(forgery.headers.iter().all(|(name, _)| {
                CERTIFICATE_HEADERS.contains(&folded(name).as_str())
                    || [PROTO, "X-Client-Cert-Front-End"].contains(name)
            }));
        }
    }

    #[test]
    fn no_two_rows_have_the_same_name_and_none_the_same_request() {
        let plan = plan(Some("B"), &["/api/health", "/x"]);
        for (index, forgery) in plan.iter().enumerate() {
            for other in &plan[..index] {
                assert_ne!(forgery.check, other.check);
                let sent = |f: &Forgery| (f.wire == Wire::Plain, f.path.clone(), f.headers.clone());
                let same = sent(forgery) == sent(other) && forgery.wire == other.wire;
                assert!(!same, "{} and {}", forgery.check, other.check);
            }
        }
    }

    #[test]
    fn a_denied_certificate_and_excluded_prefixes_each_add_their_own() {
        let few = plan(None, &[]).len();
        assert_eq!(plan(Some("B"), &[]).len(), few + 7);
        assert!(plan(None, &["/api/health"]).len() >= few + 4);
        assert!(
            plan(None, &[])
                .iter()
                .all(|f| f.wire != Wire::Tls(Presenting::Denied))
        );
    }
}
