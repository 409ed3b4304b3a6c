//! The headers by which other front ends forward certificates, forged likewise: Envoy's, which is the ingress of Container
//! Apps, and RFC 9440's. An app reads the one of the front end that it declares; none of them may be the caller's.

use super::forgeries::{Forgery, Presenting, PublicParts, Wire};

const ENVOY: &str = "X-Forwarded-Client-Cert";
const ENVOY_WITH_UNDERSCORES: &str = "X_Forwarded_Client_Cert";
const RFC_9440: &str = "Client-Cert";
/// What the peer proves itself with where RFC 9440's header counts.
const SECRET: &str = "X-Client-Cert-Front-End";

const NOBODY: Wire = Wire::Tls(Presenting::Nothing);

/// How a header is forged, how the request travels, and the header lines.
type Row<'a> = (&'a str, Wire, &'a [(&'static str, &'a str)]);

/// Every forgery of these headers against one secured path.
pub(super) fn forgeries(parts: &PublicParts, secured: &str) -> Vec<Forgery> {
    let mut all = envoys(parts, secured);
    all.extend(envoys_beside_a_denied_certificate(parts, secured));
    let value = format!(":{}:", parts.allowed.base64);
    let line = (RFC_9440, value.as_str());
    let rows: [Row<'_>; 3] = [
        ("as RFC 9440 writes it", NOBODY, &[line]),
        ("with a guessed secret", NOBODY, &[line, (SECRET, "secret")]),
        ("over plain HTTP", Wire::Plain, &[line]),
    ];
    all.extend(rows.map(|(how, wire, headers)| forgery(RFC_9440, how, wire, secured, headers)));
    all
}

fn envoys(parts: &PublicParts, secured: &str) -> Vec<Forgery> {
    let element = parts.allowed.element.as_str();
    let joined = format!("{element},{element}");
    let line = (ENVOY, element);
    let rows: [Row<'_>; 5] = [
        ("as Envoy writes it", NOBODY, &[line]),
        (
            "with underscores",
            NOBODY,
            &[(ENVOY_WITH_UNDERSCORES, element)],
        ),
        ("twice", NOBODY, &[line, line]),
        ("joined A,A", NOBODY, &[(ENVOY, &joined)]),
        ("over plain HTTP", Wire::Plain, &[line]),
    ];
    let forged = rows.map(|(how, wire, headers)| forgery(ENVOY, how, wire, secured, headers));
    forged.into()
}

/// The ingress then has an element to write itself, and may add it to the caller's.
fn envoys_beside_a_denied_certificate(parts: &PublicParts, secured: &str) -> Vec<Forgery> {
    let Some(denied) = &parts.denied else {
        return Vec::new();
    };
    let (allowed, denied) = (&parts.allowed.element, &denied.element);
    let rows = [
        ("by the denied caller", allowed.clone()),
        (
            "by the denied caller, joined A,B",
            format!("{allowed},{denied}"),
        ),
        (
            "by the denied caller, joined B,A",
            format!("{denied},{allowed}"),
        ),
    ];
    let wire = Wire::Tls(Presenting::Denied);
    rows.iter()
        .map(|(how, value)| forgery(ENVOY, how, wire, secured, &[(ENVOY, value)]))
        .collect()
}

fn forgery(
    header: &str,
    how: &str,
    wire: Wire,
    path: &str,
    headers: &[(&'static str, &str)],
) -> Forgery {
    Forgery::new(format!("forged {header} {how}"), wire, path, headers)
}
