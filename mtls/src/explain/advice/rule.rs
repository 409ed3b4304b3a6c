//! Advice on rules that list a certificate and do not admit it, or not alone.

use client_cert::{Denial, RoleName, rfc3339};

use crate::explain::listing::Listing;
use crate::explain::origin::Origin;

/// Whether a denial comes of the policy's own entries, and not of the certificate.
pub(super) fn is_about(denial: &Denial) -> bool {
    matches!(
        denial,
        Denial::SeveralCallers { .. }
            | Denial::RoleMissing { .. }
            | Denial::Denied { .. }
            | Denial::RuleNotYetInForce { .. }
            | Denial::RuleEnded { .. }
    )
}

/// Which entry to change, and how.
pub(super) fn advice(denial: &Denial, origin: &Origin, listings: &[Listing]) -> String {
    let file = origin.file();
    match denial {
        Denial::SeveralCallers { .. } => format!(
            "It satisfies rules of several callers{}. Keep the rules of one of these callers for this certificate, and remove or narrow those of the others in {file}.",
            entries(listings)
        ),
        Denial::RoleMissing { expected, .. } => role_missing(expected, origin, listings),
        Denial::Denied { by } => format!(
            "The policy denies this certificate ({by}), whatever lists it. If that is wrong, remove that entry under \"denied\" in {file}."
        ),
        Denial::RuleNotYetInForce { not_before, .. } => format!(
            "In {file}, {} counts from {} on. Wait until then, or set an earlier \"notBefore\" for the rule or its caller.",
            failing(denial, listings),
            rfc3339(*not_before)
        ),
        Denial::RuleEnded { until, .. } => format!(
            "In {file}, {} counted until {}. List the caller's next certificate, or set a later \"until\" for the rule or its caller.",
            failing(denial, listings),
            rfc3339(*until)
        ),
        denial => format!("The handler {denial}."),
    }
}

fn role_missing(expected: &[RoleName], origin: &Origin, listings: &[Listing]) -> String {
    let expected: Vec<&str> = expected.iter().map(RoleName::as_str).collect();
    let expected = expected.join(", ");
    let admitting = listings.iter().find(|listing| listing.admits);
    let entry = admitting
        .and_then(|listing| Some((listing.caller.as_ref()?, listing.caller_entry.as_ref()?)));
    match entry {
        Some((caller, entry)) => format!(
            "The function requires one of the roles {expected}. If {caller} is to call it, add one of them to \"roles\" at {entry} in {}.",
            origin.file()
        ),
        None => format!(
            "The function requires one of the roles {expected}, and callers of the two lists have none: set \"clientCertificate\": \"required\" in its function.json to admit every listed caller, or give callers roles in a policy document (CLIENT_CERT_POLICY)."
        ),
    }
}

/// How a sentence calls the first rule that fails so.
fn failing(denial: &Denial, listings: &[Listing]) -> String {
    let mut listings = listings.iter();
    let listing = listings.find(|listing| listing.denials.contains(denial));
    listing.map_or_else(|| "the rule that lists it".to_owned(), Listing::named)
}

/// The callers and the places of their rules that admit the certificate, after a colon.
fn entries(listings: &[Listing]) -> String {
    let admitting = listings.iter().filter(|listing| listing.admits);
    let entries: Vec<String> = admitting
        .filter_map(|listing| {
            Some(format!(
                "{} at {}",
                listing.caller.as_ref()?,
                listing.entry.as_ref()?
            ))
        })
        .collect();
    match entries.is_empty() {
        true => String::new(),
        false => format!(": {}", entries.join(", ")),
    }
}
