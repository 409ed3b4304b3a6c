//! Documents, and whether they are read: what the reader and the schema must agree on.

use crate::{around, rule_forms};

/// Each form that the reader takes or refuses by itself, the schema takes or refuses.
pub(super) fn forms() -> Vec<(bool, String)> {
    let hex = |count: usize| "3a".repeat(count);
    let document = |taken, text: &str| (taken, text.to_owned());
    let mut forms = vec![
        document(true, r#"{"version": 1, "callers": []}"#),
        document(true, "{\"version\": 1.0, \"callers\": [],} // a comment"),
        document(
            true,
            r#"{"$schema": "x", "version": 1, "callers": [], "denied": [], "trustDomains": {}, "reportOnly": "next.json"}"#,
        ),
        document(false, r#"{"callers": []}"#),
        document(false, r#"{"version": 1}"#),
        document(false, r#"{"version": 2, "callers": []}"#),
        document(false, r#"{"version": "1", "callers": []}"#),
        document(false, r#"{"version": 1, "callers": [], "trustDomain": {}}"#),
        document(false, r#"{"version": 1, "callers": [], "denied": null}"#),
        document(false, r#"{"version": 1, "callers": {}}"#),
        document(
            false,
            r#"{"version": 1, "callers": [], "reportOnly": "../next.json"}"#,
        ),
        document(false, r#"{"version": 1, "callers": [], "$schema": 1}"#),
        document(
            false,
            r#"{"version": 1, "callers": [], "trustDomains": {"a b": {"anchors": ["a.pem"]}}}"#,
        ),
        document(false, "[]"),
        document(false, "1"),
        document(false, "null"),
    ];
    let callers = [
        (true, r#"{"name": "c", "any": []}"#),
        (
            true,
            r#"{"name": "c", "roles": ["a", "b"], "any": [], "notBefore": "2027-03-01T00:00:00Z", "until": "2027-03-01T02:00:00+01:00"}"#,
        ),
        (false, r#"{"any": []}"#),
        (false, r#"{"name": "c"}"#),
        (false, r#"{"name": "", "any": []}"#),
        (false, r#"{"name": "a b", "any": []}"#),
        (false, r#"{"name": "c", "roles": ["a", "a"], "any": []}"#),
        (false, r#"{"name": "c", "roles": "a", "any": []}"#),
        (false, r#"{"name": "c", "any": [], "until": "2027-03-01"}"#),
        (
            false,
            r#"{"name": "c", "any": [], "until": "2027-03-01T00:00:00"}"#,
        ),
        (
            false,
            r#"{"name": "c", "any": [], "until": "2027-03-01T00:00:00.5Z"}"#,
        ),
        (
            false,
            r#"{"name": "c", "any": [], "until": "2027-03-01t00:00:00z"}"#,
        ),
        (
            false,
            r#"{"name": "c", "any": [], "until": "2027-02-30T00:00:00Z"}"#,
        ),
        (
            false,
            r#"{"name": "c", "any": [], "until": "2027-03-01T25:00:00Z"}"#,
        ),
        (
            false,
            r#"{"name": "c", "any": [], "until": "2016-12-31T23:59:60Z"}"#,
        ),
        (false, r#"{"name": "c", "any": [], "until": 1}"#),
        (false, r#"{"name": "c", "any": {}}"#),
        (false, r#""c""#),
    ];
    forms.extend(callers.map(|(taken, text)| (taken, around::caller(text))));
    forms.extend(rule_forms::forms());
    let domains = [
        (
            true,
            r#"{"anchors": ["trust/root.pem"], "intermediates": [], "legacyRoots": true}"#,
        ),
        (false, "{}"),
        (false, r#"{"anchors": []}"#),
        (false, r#"{"anchors": "a.pem"}"#),
        (false, r#"{"anchors": ["/a.pem"]}"#),
        (false, r#"{"anchors": ["a/../b.pem"]}"#),
        (false, r#"{"anchors": ["a//b.pem"]}"#),
        (false, r#"{"anchors": ["./a.pem"]}"#),
        (false, r#"{"anchors": ["a/"]}"#),
        (false, r#"{"anchors": ["a\\b.pem"]}"#),
        (true, r#"{"anchors": ["..a/b..pem"]}"#),
        (false, r#"{"anchors": ["https://partner.example/a.pem"]}"#),
        (false, r#"{"anchors": ["a.pem"], "legacyRoots": "true"}"#),
        (
            true,
            r#"{"anchors": ["a.pem"], "revocation": {"crls": ["a.crl", "https://crl.partner.example/a.crl?x=1"]}}"#,
        ),
        (
            true,
            r#"{"anchors": ["a.pem"], "revocation": {"crls": ["http://[2001:db8::1]:8080"], "unknown": "allow", "stale": "deny"}}"#,
        ),
        (
            false,
            r#"{"anchors": ["a.pem"], "revocation": {"crls": []}}"#,
        ),
        (
            false,
            r#"{"anchors": ["a.pem"], "revocation": {"unknown": "allow"}}"#,
        ),
        (
            false,
            r#"{"anchors": ["a.pem"], "revocation": {"crls": ["a.crl"], "unknown": "Allow"}}"#,
        ),
        (
            false,
            r#"{"anchors": ["a.pem"], "revocation": {"crls": ["ftp://partner.example/a.crl"]}}"#,
        ),
        (
            false,
            r#"{"anchors": ["a.pem"], "revocation": {"crls": ["https://"]}}"#,
        ),
        (
            false,
            r#"{"anchors": ["a.pem"], "revocation": {"crls": ["https://user:hunter2@partner.example/a.crl"]}}"#,
        ),
        (
            false,
            r#"{"anchors": ["a.pem"], "revocation": {"crls": ["https://partner.example/a b.crl"]}}"#,
        ),
        (false, r#"{"anchors": ["a.pem"], "revocation": null}"#),
    ];
    forms.extend(domains.map(|(taken, text)| (taken, around::domain(text))));
    let denied = [
        (true, format!(r#"{{"sha256": "{}"}}"#, hex(32))),
        (true, format!(r#"{{"sha1": "{}"}}"#, hex(20))),
        (true, format!(r#"{{"spki": "{}"}}"#, hex(32))),
        (
            true,
            r#"{"issuer": "CN=CA", "serial": "04:8f:2"}"#.to_owned(),
        ),
        (true, r#"{"certificate": "denied/x.pem"}"#.to_owned()),
        (false, "{}".to_owned()),
        (false, r#"{"issuer": "CN=CA"}"#.to_owned()),
        (false, r#"{"serial": "04"}"#.to_owned()),
        (false, r#"{"issuer": "CN=CA", "serial": ":"}"#.to_owned()),
        (
            false,
            format!(r#"{{"issuer": "CN=CA", "serial": "{}"}}"#, hex(65)),
        ),
        (
            false,
            format!(r#"{{"sha256": "{}", "certificate": "x.pem"}}"#, hex(32)),
        ),
        (
            false,
            format!(r#"{{"sha256": "{}", "serial": "04"}}"#, hex(32)),
        ),
    ];
    forms.extend(denied.map(|(taken, text)| (taken, around::denied(&text))));
    forms
}
