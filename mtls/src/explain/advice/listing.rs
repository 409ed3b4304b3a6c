//! Advice on the lists of callers.

use client_cert::{Certificate, CommonName, Condition, Denial, Policy, Rule};

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
pub(super) fn thumbprint(certificate: &Certificate) -> String {
    format!(
        "To admit this one certificate, add {} to ALLOWED_CLIENT_CERT_THUMBPRINTS.",
        certificate.sha256().hex()
    )
}

/// What to do about a certificate that no rule lists: a listed name that is almost its own is usually a slip.
pub(super) fn not_listed(policy: &Policy, certificate: Option<&Certificate>) -> String {
    let name = certificate.map(|certificate| certificate.subject().common_name());
    let similar = match name {
        Some(CommonName::One(name)) => similar(policy, name).map(|listed| (name, listed)),
        _ => None,
    };
    match similar {
        Some((name, listed)) => format!(
            "Its common name is \"{}\" and the list has \"{}\": names are compared exactly, with case and blanks. Correct the list, or have the certificate issued with the listed name.",
            printable(name),
            printable(listed)
        ),
        None => {
            "If this caller is to be admitted, list it; if not, the refusal is right.".to_owned()
        }
    }
}

/// A listed name that differs in case, blanks or punctuation alone.
fn similar<'a>(policy: &'a Policy, name: &str) -> Option<&'a str> {
    let folded = |text: &str| -> String {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = folded(name);
    let conditions = policy.rules().flat_map(Rule::conditions);
    conditions
        .into_iter()
        .find_map(|condition| match condition {
            Condition::CommonName(listed) if folded(listed) == wanted => Some(listed.as_str()),
            _ => None,
        })
}
