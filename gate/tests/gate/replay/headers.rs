//! Headers as they were sent and as they arrived.

/// A header's name and value; inside an envelope the value is JSON as it is written.
pub(super) type Line = (String, Vec<u8>);

/// The header of a certificate that App Service writes, and the one beside which it counts.
pub(super) const CERTIFICATE: &str = "X-ARR-ClientCert";
pub(super) const OVER_TLS: (&str, &str) = ("X-Forwarded-Proto", "https");

/// Headers that are for one connection or written anew for the next.
const OF_ONE_CONNECTION: [(&str, &str); 10] = [
    ("connection", "for one connection"),
    ("keep-alive", "for one connection"),
    ("proxy-connection", "for one connection"),
    ("proxy-authenticate", "for one connection"),
    ("proxy-authorization", "for one connection"),
    ("te", "for one connection"),
    ("upgrade", "for one connection"),
    ("transfer-encoding", "written anew"),
    ("content-length", "written anew"),
    ("host", "the server's own"),
];

/// What no caller may say, by how names begin, any sign in a name as a hyphen.
const NOT_FOR_CALLERS: [(&str, &str); 8] = [
    ("x-arr-clientcert", "an identity"),
    ("client-cert", "an identity"),
    ("x-client-cert", "an identity"),
    ("x-ms-client-principal", "an identity"),
    ("forwarded", "written anew"),
    ("x-forwarded", "written anew"),
    (
        "x-original-",
        "another path than the one that was decided on",
    ),
    (
        "x-rewrite-",
        "another path than the one that was decided on",
    ),
];

/// Whether the gate removes what a caller says by this name.
fn is_not_for_callers(name: &str) -> bool {
    let folded = name
        .to_ascii_lowercase()
        .replace(|sign: char| !sign.is_ascii_alphanumeric(), "-");
    let is_listed = |(start, _): &(&str, &str)| folded.starts_with(start);
    name.contains('_') || NOT_FOR_CALLERS.iter().any(is_listed)
}

/// What is wrong with the headers of a request that arrived.
pub(super) fn fault_of_headers(
    sent: &[Line],
    arrived: &[Line],
    written: &[Line],
) -> Option<String> {
    let named = named_by_connection(sent);
    let is_kept = |(name, _): &Line| {
        let is_listed = |(listed, _): &(&str, &str)| name == listed;
        !named.contains(name) && !OF_ONE_CONNECTION.iter().any(is_listed)
    };
    let kept = in_lower_case(sent).into_iter().filter(is_kept);
    let framing = ["content-length", "transfer-encoding"];
    let arrived = in_lower_case(arrived).into_iter();
    fault(
        &kept.collect::<Vec<_>>(),
        &arrived
            .filter(|(name, _)| !framing.contains(&name.as_str()))
            .collect::<Vec<_>>(),
        &in_lower_case(written),
    )
}

/// What is wrong with headers: each that may be said arrives, the lines of one name in their order, then what the gate
/// writes, once each, and nothing else.
pub(super) fn fault(sent: &[Line], arrived: &[Line], written: &[Line]) -> Option<String> {
    let mut expected: Vec<&Line> = sent
        .iter()
        .filter(|(name, _)| !is_not_for_callers(name))
        .chain(written)
        .collect();
    let mut found: Vec<&Line> = arrived.iter().collect();
    // Stable: the order of names means nothing, that of one name's lines does (RFC 9110, section 5.3).
    expected.sort_by_key(|(name, _)| name);
    found.sort_by_key(|(name, _)| name);
    let missing = expected.iter().filter(|line| !found.contains(line));
    let more = found.iter().filter(|line| !expected.contains(line));
    let (missing, more) = (shown(missing), shown(more));
    (expected != found).then(|| match missing.is_empty() && more.is_empty() {
        true => format!(
            "the lines of a name arrived in another order or number: {}",
            shown(found.iter())
        ),
        false => format!("expected also {missing}; found also {more}"),
    })
}

fn named_by_connection(headers: &[Line]) -> Vec<String> {
    let lines = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("connection"));
    lines
        .flat_map(|(_, value)| value.split(|byte| *byte == b','))
        .map(|name| String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase())
        .collect()
}

fn in_lower_case(lines: &[Line]) -> Vec<Line> {
    let lines = lines.iter();
    lines
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
        .collect()
}

fn shown<'a>(lines: impl Iterator<Item = &'a &'a Line>) -> String {
    let lines = lines.map(|(name, value)| format!("{name}: {}", value.escape_ascii()));
    let text = lines.collect::<Vec<_>>().join(" | ");
    text.chars().take(600).collect()
}
