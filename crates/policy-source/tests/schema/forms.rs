//! Documents, and whether they are read: what the reader and the schema must agree on.

use crate::around;

/// Each form that the reader takes or refuses by itself, the schema takes or refuses.
pub(super) fn forms() -> Vec<(bool, String)> {
    let hex = |count: usize| "3a".repeat(count);
    let pairs = vec!["3A"; 32].join(":");
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
    let rules = [
        (true, format!(r#"{{"sha256": "{}"}}"#, hex(32))),
        (true, format!(r#"{{"sha256": "{pairs}", "domain": "d"}}"#)),
        (
            true,
            format!(r#"{{"sha1": "{}", "spki": "{}"}}"#, hex(20), hex(32)),
        ),
        (
            true,
            r#"{"spki": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}"#.to_owned(),
        ),
        (
            false,
            r#"{"spki": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV="}"#.to_owned(),
        ),
        (
            false,
            r#"{"spki": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"}"#.to_owned(),
        ),
        (false, format!(r#"{{"sha256": "{}"}}"#, hex(20))),
        (false, format!(r#"{{"sha256": "{}"}}"#, "xy".repeat(32))),
        (false, format!(r#"{{"sha256": "sha256:{}"}}"#, hex(32))),
        (false, format!(r#"{{"sha1": "{}"}}"#, hex(32))),
        (false, "{}".to_owned()),
        (false, r#"{"domain": "d"}"#.to_owned()),
        (
            false,
            r#"{"domain": "d", "until": "2027-03-01T00:00:00Z"}"#.to_owned(),
        ),
        (
            true,
            r#"{"domain": "d", "commonName": "Heron, Ltd."}"#.to_owned(),
        ),
        (false, r#"{"commonName": "c"}"#.to_owned()),
        (false, r#"{"domain": "d", "commonName": ""}"#.to_owned()),
        (false, r#"{"domain": "d", "commonName": " c"}"#.to_owned()),
        (false, r#"{"domain": "d", "commonname": "c"}"#.to_owned()),
        (
            true,
            r#"{"domain": "d", "subject": "CN=billing,O=Heron\\, Ltd.,C=NL"}"#.to_owned(),
        ),
        (
            true,
            r#"{"domain": "d", "dns": "billing.partner.example"}"#.to_owned(),
        ),
        (
            true,
            r#"{"domain": "d", "dns": "*.partner.example"}"#.to_owned(),
        ),
        (
            true,
            r#"{"domain": "d", "uri": "spiffe://partner.example/robots/*"}"#.to_owned(),
        ),
        (
            true,
            r#"{"domain": "d", "email": "billing@partner.example"}"#.to_owned(),
        ),
        (false, r#"{"domain": "d", "dns": "a..b"}"#.to_owned()),
        (false, r#"{"domain": "d", "dns": "-a.b"}"#.to_owned()),
        (false, r#"{"domain": "d", "dns": "a-.b"}"#.to_owned()),
        (false, r#"{"domain": "d", "dns": "a.*.b"}"#.to_owned()),
        (false, r#"{"domain": "d", "dns": "*a.b"}"#.to_owned()),
        (false, r#"{"domain": "d", "dns": "10.0.0.1"}"#.to_owned()),
        (false, r#"{"domain": "d", "dns": "*.7"}"#.to_owned()),
        (false, r#"{"domain": "d", "dns": "a b"}"#.to_owned()),
        (false, r#"{"domain": "d", "dns": "*."}"#.to_owned()),
        (
            false,
            r#"{"domain": "d", "dns": "müller.example"}"#.to_owned(),
        ),
        (false, r#"{"domain": "d", "dns": "a.example."}"#.to_owned()),
        (
            false,
            r#"{"domain": "d", "uri": "partner.example/a"}"#.to_owned(),
        ),
        (false, r#"{"domain": "d", "uri": "spiffe//a"}"#.to_owned()),
        (false, r#"{"domain": "d", "uri": "7:a"}"#.to_owned()),
        (
            false,
            r#"{"domain": "d", "uri": "spiffe://a/ü"}"#.to_owned(),
        ),
        (false, r#"{"domain": "d", "uri": "a b:c"}"#.to_owned()),
        (false, r#"{"domain": "d", "email": "jane"}"#.to_owned()),
        (false, r#"{"domain": "d", "email": "jane@"}"#.to_owned()),
        (false, r#"{"domain": "d", "email": "@a"}"#.to_owned()),
        (false, r#"{"domain": "d", "email": "a..b@x"}"#.to_owned()),
        (false, r#"{"domain": "d", "email": "a b@x"}"#.to_owned()),
        (false, r#"{"domain": "d", "email": "a@b@c"}"#.to_owned()),
        (
            false,
            r#"{"domain": "d", "userPrincipalName": "jane"}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "userPrincipalName": "jane@"}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "userPrincipalName": "@a"}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "userPrincipalName": "a b@c"}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "certificatePolicy": "3.1"}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "certificatePolicy": "1.40"}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "certificatePolicy": "1..2"}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "certificatePolicy": "1.2."}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "certificatePolicy": ""}"#.to_owned(),
        ),
        (true, r#"{"domain": "d", "subject": "CN=a\\ "}"#.to_owned()),
        (
            true,
            r#"{"domain": "d", "subject": "2.5.4.3=a+O=b"}"#.to_owned(),
        ),
        (false, r#"{"domain": "d", "subject": ""}"#.to_owned()),
        (false, r#"{"domain": "d", "subject": "billing"}"#.to_owned()),
        (false, r#"{"domain": "d", "subject": " CN=a"}"#.to_owned()),
        (false, r#"{"domain": "d", "subject": "=a"}"#.to_owned()),
        (
            true,
            r#"{"domain": "d", "userPrincipalName": "billing@partner.example"}"#.to_owned(),
        ),
        (true, r#"{"domain": "d", "ip": "203.0.113.7"}"#.to_owned()),
        (true, r#"{"domain": "d", "ip": "2001:db8::7"}"#.to_owned()),
        (
            true,
            r#"{"domain": "d", "ip": "::ffff:203.0.113.7"}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "ip": "203.0.113.0/24"}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "ip": "partner.example"}"#.to_owned(),
        ),
        (
            true,
            r#"{"domain": "d", "certificatePolicy": "2.23.140.1.2.1"}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "certificatePolicy": "2"}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "certificatePolicy": "2.023"}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "certificatePolicy": "anyPolicy"}"#.to_owned(),
        ),
        (
            true,
            r#"{"domain": "d", "extension": {"oid": "1.2.3"}}"#.to_owned(),
        ),
        (
            true,
            r#"{"domain": "d", "extension": {"oid": "1.2.3", "text": "a"}}"#.to_owned(),
        ),
        (
            true,
            r#"{"domain": "d", "extension": {"oid": "1.2.3", "der": "04:02:05:00"}}"#.to_owned(),
        ),
        (false, r#"{"extension": {"oid": "1.2.3"}}"#.to_owned()),
        (
            false,
            r#"{"domain": "d", "extension": {"text": "a"}}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "extension": {"oid": "1.2.3", "text": "a", "der": "05"}}"#
                .to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "extension": {"oid": "1.2.3", "der": "050"}}"#.to_owned(),
        ),
        (
            false,
            r#"{"domain": "d", "extension": {"oid": "1.2.3", "der": ""}}"#.to_owned(),
        ),
        (false, r#"{"domain": "d", "extension": "1.2.3"}"#.to_owned()),
    ];
    forms.extend(rules.map(|(taken, text)| (taken, around::rule(&text))));
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
