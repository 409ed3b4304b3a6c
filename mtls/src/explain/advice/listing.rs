//! Advice on who is listed.

use client_cert::{Caller, Certificate, CommonName, Condition, Denial, Policy, Rule};
use serde_json::json;

use crate::explain::origin::Origin;
use crate::printable::printable;

/// Whether listing the certificate's thumbprint would get past a refusal.
pub(super) fn would_help(denial: &Denial) -> bool {
    // Not after a path error: listing the thumbprint of an impostor's certificate would admit the impostor.
    matches!(
        denial,
        Denial::NotListed
            | Denial::PolicyEmpty
            | Denial::CommonNameAmbiguous { .. }
            | Denial::CaCertificate
    )
}

/// How to list a certificate.
pub(super) fn thumbprint(origin: &Origin, certificate: &Certificate) -> String {
    let sha256 = certificate.sha256().hex();
    match origin {
        Origin::Lists => format!(
            "To admit this one certificate, add {sha256} to ALLOWED_CLIENT_CERT_THUMBPRINTS."
        ),
        Origin::Document(file) => format!(
            "To admit this one certificate, add {} to \"any\" of its caller in {file}.",
            json!({"sha256": sha256})
        ),
    }
}

/// What to do about a certificate with several common names, none of which counts.
pub(super) fn ambiguous(
    origin: &Origin,
    certificate: Option<&Certificate>,
    found: usize,
) -> String {
    let Some(certificate) = certificate else {
        return format!(
            "Have a certificate issued with one common name; this one has {found}, so none counts."
        );
    };
    let rule = json!({"domain": "NAME", "subject": certificate.subject().to_string()});
    let place = match origin {
        Origin::Lists => "by a rule of a policy document (CLIENT_CERT_POLICY)".to_owned(),
        Origin::Document(file) => format!("by a rule in {file}"),
    };
    format!(
        "It has {found} common names, so none counts. List its whole subject instead, {place}: {rule}, with the name of its trust domain."
    )
}

/// What to do about a certificate that no rule lists: what is almost listed is usually a slip.
pub(super) fn not_listed(
    origin: &Origin,
    policy: &Policy,
    certificate: Option<&Certificate>,
) -> String {
    let slip = certificate.and_then(|certificate| {
        similar_name(origin, policy, certificate).or_else(|| nearest(origin, policy, certificate))
    });
    slip.unwrap_or_else(|| {
        "If this caller is to be admitted, list it; if not, the refusal is right.".to_owned()
    })
}

/// A listed common name that differs in case, blanks or punctuation alone.
fn similar_name(origin: &Origin, policy: &Policy, certificate: &Certificate) -> Option<String> {
    let CommonName::One(name) = certificate.subject().common_name() else {
        return None;
    };
    let folded = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = folded(name);
    let mut conditions = policy.rules().flat_map(Rule::conditions);
    let listed = conditions.find_map(|condition| match condition {
        Condition::CommonName(listed) if listed != name && folded(listed) == wanted => Some(listed),
        _ => None,
    })?;
    let place = match origin {
        Origin::Lists => "the list",
        Origin::Document(file) => file,
    };
    Some(format!(
        "Its common name is \"{}\" and {place} has \"{}\": names are compared exactly, with case and blanks. Correct {place}, or have the certificate issued with the listed name.",
        printable(name),
        printable(listed)
    ))
}

/// The rule that the certificate satisfies most of, if it satisfies a part of one.
fn nearest(origin: &Origin, policy: &Policy, certificate: &Certificate) -> Option<String> {
    let holds = |condition: &&Condition| condition.holds(certificate);
    let rules = policy
        .callers()
        .flat_map(|caller| caller.rules.iter().map(move |rule| (caller, rule)));
    let (caller, rule, _) = rules
        .map(|(caller, rule)| (caller, rule, rule.conditions().iter().filter(holds).count()))
        .filter(|(_, _, satisfied)| *satisfied > 0)
        .max_by_key(|(_, _, satisfied)| *satisfied)?;
    let missing = rule
        .conditions()
        .iter()
        .filter(|condition| !holds(condition));
    let missing: Vec<String> = missing.map(ToString::to_string).collect();
    Some(format!(
        "Closest is {}, which also requires {}: all of its conditions must hold. Have the certificate issued so, or list this one by a rule of its own.",
        named(origin, policy, caller, rule),
        missing.join(" and ")
    ))
}

fn named(origin: &Origin, policy: &Policy, caller: &Caller, rule: &Rule) -> String {
    let name = caller.name.as_ref().map(ToString::to_string);
    match (name, origin.rule_entry(policy, caller, rule)) {
        (Some(name), Some(entry)) => format!("the rule of {name} at {entry}"),
        _ => format!("the rule {rule}"),
    }
}
