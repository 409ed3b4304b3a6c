//! Rules, and whether they are read.

use crate::around;

pub(super) fn forms() -> Vec<(bool, String)> {
    let hex = |count: usize| "3a".repeat(count);
    let pairs = vec!["3A"; 32].join(":");
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
    rules
        .map(|(taken, text)| (taken, around::rule(&text)))
        .to_vec()
}
