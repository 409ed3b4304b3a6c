//! Denials that a certificate with its signature encoded anew passes by.

use std::collections::HashSet;

use client_cert::{Certificate, Condition, PublicKeyHash, Rule, Thumbprint};
use policy_source::DeniedEntry;

use super::{Kind, Subject, Warnings};

/// Finds denials by thumbprint alone, in documents with a rule that is satisfied whatever the thumbprint is.
pub(super) fn find(subject: &Subject<'_>, warnings: &mut Warnings) {
    if !subject.opened.policy.rules().any(ignores_thumbprints) {
        return;
    }
    let denied = &subject.opened.document.denied;
    let keys: HashSet<PublicKeyHash> = denied
        .iter()
        .filter_map(|entry| Some(entry.spki.as_ref()?.value))
        .chain(denied_files(subject).map(|certificate| certificate.public_key_hash()))
        .collect();
    for entry in denied {
        let Some(thumbprint) = thumbprint(entry) else {
            continue;
        };
        let certificate = at_hand(subject, thumbprint);
        if certificate.is_none_or(|(_, found)| !keys.contains(&found.public_key_hash())) {
            warnings.push(Kind::DeniedByThumbprintAlone, || {
                subject.locator.problem(entry.place, text(certificate))
            });
        }
    }
}

/// Whether the rule is satisfied by a certificate with another thumbprint, if all else in it is the same.
fn ignores_thumbprints(rule: &Rule) -> bool {
    let mut conditions = rule.conditions().iter();
    !conditions.any(|condition| matches!(condition, Condition::Thumbprint(_)))
}

fn denied_files<'s>(subject: &'s Subject<'_>) -> impl Iterator<Item = Certificate> + 's {
    let entries = subject.opened.document.denied.iter();
    let files = entries.filter_map(|entry| entry.certificate.as_ref());
    files.flat_map(|file| subject.opened.certificates(&file.value))
}

fn thumbprint(entry: &DeniedEntry) -> Option<Thumbprint> {
    let written = entry.sha256.as_ref().map(|text| text.value);
    written.or_else(|| entry.sha1.as_ref().map(|text| text.value))
}

fn at_hand<'s>(
    subject: &'s Subject<'_>,
    thumbprint: Thumbprint,
) -> Option<&'s (String, Certificate)> {
    let mut certificates = subject.certificates.iter();
    certificates.find(|(_, found)| found.sha256() == thumbprint || found.sha1() == thumbprint)
}

fn text(certificate: Option<&(String, Certificate)>) -> String {
    let advice = match certificate {
        Some((file, found)) => format!(
            "add {{ \"spki\": \"{}\" }} ({file}), or name the file by \"certificate\"",
            found.public_key_hash()
        ),
        None => "put the certificate's file beside the document and name it by \"certificate\", or deny by \"spki\", or by \
                 \"issuer\" with \"serial\""
            .to_owned(),
    };
    format!(
        "anybody can encode the signature of the certificate anew, which changes its thumbprint and satisfies every rule that \
         looks at names or keys; {advice}"
    )
}
