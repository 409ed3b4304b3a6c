//! A policy document that has every kind of rule, to be tried and edited.

use std::fmt::Write as _;

use client_cert::{Certificate, Thumbprint, rfc3339};

use super::group::Group;
use super::role::{EXTENSION, POLICY, ROBOTS};

/// The document: who is in the group is admitted, each by several rules, and `allowed.pfx` by its thumbprint. `None` for
/// certificates that the handler does not read.
pub(super) fn text(group: &Group, allowed: &Thumbprint) -> Option<String> {
    let read = |holder: &super::holder::Holder| {
        Certificate::parse(&holder.certificate.to_der().ok()?).ok()
    };
    let callers: Option<Vec<Certificate>> = group.callers.iter().map(read).collect();
    let callers = callers?;
    let [billing, _, jane] = callers.as_slice() else {
        return None;
    };
    let mut text = String::from(HEAD);
    let mut caller = |head: &str, rules: &[String]| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    {head}, \"any\": [");
        for rule in rules {
            let _ = writeln!(text, "      {{ {rule} }},");
        }
        let _ = writeln!(text, "    ] }},");
    };
    caller(
        "{ \"name\": \"allowed\"",
        &[format!("\"sha256\": \"{}\"", allowed.hex())],
    );
    caller(
        "{ \"name\": \"billing\", \"roles\": [\"invoices.read\"]",
        &of_billing(billing),
    );
    caller(
        "{ \"name\": \"robots\", \"roles\": [\"orders.write\"]",
        &of_robots(),
    );
    caller("{ \"name\": \"jane\"", &of_jane(jane));
    text.push_str(END);
    Some(text)
}

const HEAD: &str = r#"// Every kind of rule, to be tried: mtls local --policy certs/policy.json
// An edit counts within two seconds. Remove the file to have it made anew.
{
  "version": 1,
  "trustDomains": {
    "callers": {
      "anchors": ["callers/root.pem"],
      "intermediates": ["callers/intermediate.pem"],
      // To revoke a caller: mtls certificate revoke certs/callers/robot.pem
      "revocation": { "crls": ["callers/root.crl", "callers/intermediate.crl"], "unknown": "deny", "stale": "deny" },
    },
  },
  // Each rule admits for itself. With a domain, the certificate must be issued there and not be revoked.
  "callers": [
"#;

const END: &str = r#"  ],
  // This wins over every rule.
  "denied": [{ "certificate": "denied.pem" }],
}
"#;

/// Rules as they are in the document, without braces.
fn of_billing(certificate: &Certificate) -> Vec<String> {
    let end = rfc3339(certificate.validity().not_after);
    vec![
        in_domain("dns", "*.callers.example"),
        in_domain("spki", &certificate.public_key_hash().to_string()),
        format!(
            "{}, \"until\": \"{end}\"",
            in_domain("sha1", &certificate.sha1().hex())
        ),
    ]
}

fn of_robots() -> Vec<String> {
    let (oid, text) = EXTENSION;
    vec![
        in_domain("commonName", "robot-7"),
        in_domain("uri", &format!("{ROBOTS}*")),
        in_domain("ip", "192.0.2.7"),
        in_domain("certificatePolicy", POLICY),
        format!(
            "\"domain\": \"callers\", \"extension\": {{ \"oid\": \"{oid}\", \"text\": \"{text}\" }}"
        ),
    ]
}

fn of_jane(certificate: &Certificate) -> Vec<String> {
    vec![
        in_domain("subject", &certificate.subject().to_string()),
        in_domain("userPrincipalName", "jane@callers.example"),
        in_domain("email", "jane.doe@callers.example"),
    ]
}

fn in_domain(key: &str, value: &str) -> String {
    let value = serde_json::Value::from(value);
    format!("\"domain\": \"callers\", \"{key}\": {value}")
}
