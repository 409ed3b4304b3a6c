//! Denied certificates.

use client_cert::{Certificate, DeniedEntry};

use super::contents::Contents;
use crate::document::{self, Document, Findings};

/// What a document denies.
pub(super) fn build(
    document: &Document,
    contents: &Contents,
    findings: &mut Findings,
) -> Vec<DeniedEntry> {
    let mut denied = Vec::new();
    for entry in &document.denied {
        denied.extend(written(entry));
        denied.extend(of_files(entry, contents, findings));
    }
    denied
}

/// What the entry itself says.
fn written(entry: &document::DeniedEntry) -> impl Iterator<Item = DeniedEntry> {
    let thumbprints = [
        entry.sha256.as_ref().map(|text| text.value),
        entry.sha1.as_ref().map(|text| text.value),
    ];
    let thumbprints = thumbprints
        .into_iter()
        .flatten()
        .map(DeniedEntry::Thumbprint);
    let key = entry
        .spki
        .iter()
        .map(|text| DeniedEntry::PublicKey(text.value));
    let numbered = entry.issuer.iter().zip(&entry.serial);
    let numbered = numbered.map(|(issuer, serial)| DeniedEntry::Numbered {
        issuer: issuer.value.clone(),
        serial: serial.value.clone(),
    });
    thumbprints.chain(key).chain(numbered)
}

/// What the certificates of its file are denied by: all that is known of each.
fn of_files(
    entry: &document::DeniedEntry,
    contents: &Contents,
    findings: &mut Findings,
) -> Vec<DeniedEntry> {
    let Some(file) = &entry.certificate else {
        return Vec::new();
    };
    let mut denied = Vec::new();
    for found in contents.certificates(file, findings) {
        match Certificate::parse(&found.der) {
            Ok(certificate) => denied.extend(DeniedEntry::all_of(&certificate)),
            Err(error) => {
                let label = found.label;
                findings.add(file.place, format!("{label}: {error}; export it again"));
            }
        }
    }
    denied
}
