//! Advice on a listed name without a verified path.
//!
//! Whoever makes a certificate writes its issuer's name. So the name alone is never a reason to trust that issuer: advice
//! to add an anchor would be the impostor's way in.

use client_cert::{Certificate, Name, PathError, Policy};

/// What to change, by the error and by what the certificate says of its issuer.
pub(super) fn advice(
    error: &PathError,
    policy: &Policy,
    certificate: Option<&Certificate>,
) -> String {
    let anchor = policy.domains().first().map(|domain| domain.subject());
    let known = certificate.map(|certificate| issuer_is_known(policy, certificate.issuer()));
    let anchor = anchor.map_or_else(|| "the trust anchor".to_owned(), Name::to_string);
    let issuer = certificate.map(Certificate::issuer);
    match error {
        PathError::NoValidAnchor => format!(
            "Every trust anchor {anchor} has expired or is not valid yet at this instant. Get the authority's current certificate from the authority itself, and put it into CLIENT_CERT_TRUST_ANCHORS."
        ),
        PathError::CommonName { .. } | PathError::NameConstraints { .. } => {
            "An authority on the path is constrained to other names (nameConstraints). Have the certificate issued by an authority that may issue this name.".to_owned()
        }
        PathError::UnknownIssuer => unknown_issuer(certificate, &anchor),
        error => match (known, issuer) {
            (Some(true), Some(issuer)) => impostor(error, issuer),
            _ => format!(
                "The handler {error}. Have that certificate replaced; the trust anchor is {anchor}, and adding another one does not help."
            ),
        },
    }
}

/// The issuer's name is configured: its certificate is there, and the signature or something else on the path is wrong.
fn impostor(error: &PathError, issuer: &Name) -> String {
    match error {
        PathError::Signature => format!(
            "{issuer} is configured, and its key did not sign this certificate: whoever made it only wrote that name. Change nothing for it. If the authority has a new key, get its new certificate from the authority itself."
        ),
        error => format!(
            "{issuer} is configured already; adding it again changes nothing. The handler {error}. If that authority did issue this certificate, have it reissued; if it did not, the refusal is right."
        ),
    }
}

fn unknown_issuer(certificate: Option<&Certificate>, anchor: &str) -> String {
    match certificate {
        Some(certificate) if certificate.issuer() == certificate.subject() => format!(
            "It names itself as its issuer, and anybody can write any name into such a certificate. Have one issued by {anchor}; or, if its owner gave you this thumbprint by a way that you trust, list the thumbprint."
        ),
        Some(certificate) => format!(
            "Its issuer, {issuer}, is neither the trust anchor ({anchor}) nor a configured intermediate. If {anchor} certifies {issuer}, get that certificate and put it into CLIENT_CERT_INTERMEDIATES: the front end forwards no chain. If it does not, this is not the listed caller, and the refusal is right.",
            issuer = certificate.issuer()
        ),
        None => format!("Have the certificate issued by {anchor}."),
    }
}

/// Whether an anchor or an intermediate bears the name.
fn issuer_is_known(policy: &Policy, issuer: &Name) -> bool {
    policy.domains().iter().any(|domain| {
        let intermediates = domain.intermediates().iter();
        domain.subject() == issuer
            || intermediates
                .map(client_cert::Intermediate::subject)
                .any(|subject| subject == issuer)
    })
}
