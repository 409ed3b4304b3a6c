//! Rules that rest on SHA-1.

use client_cert::Thumbprint;

use super::{Kind, Subject, Warnings};

/// Finds them, each with the SHA-256 to write in its place where the certificate is at hand.
pub(super) fn find(subject: &Subject<'_>, warnings: &mut Warnings) {
    for rule in subject.opened.rules() {
        let Some(sha1) = rule.rule.weak_pin() else {
            continue;
        };
        let place = rule
            .entry
            .sha1
            .as_ref()
            .map_or(rule.entry.place, |sha1| sha1.place);
        warnings.push(Kind::Sha1Pin, || {
            subject.locator.problem(place, text(subject, sha1))
        });
    }
}

fn text(subject: &Subject<'_>, sha1: Thumbprint) -> String {
    let found = subject
        .certificates
        .iter()
        .find(|(_, certificate)| certificate.sha1() == sha1);
    let advice = match found {
        Some((file, certificate)) => {
            format!(
                "write \"sha256\": \"{}\" in its place ({file})",
                certificate.sha256().hex()
            )
        }
        None => "write sha256 in its place; --certificate FILE shows it".to_owned(),
    };
    format!(
        "SHA-1 does not tie the rule to one certificate: whoever makes two certificates can give both the same SHA-1; {advice}"
    )
}
