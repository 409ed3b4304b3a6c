//! Trust anchors and intermediates, from PEM files.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{PemObject as _, SectionKind};

use app_settings::Problem;
use client_cert::{Anchor, Intermediate};

use super::known::is_unresolved;
use super::settings::shown;
use app_settings::Environment;

pub(super) const TRUST_ANCHORS: &str = "CLIENT_CERT_TRUST_ANCHORS";
const INTERMEDIATES: &str = "CLIENT_CERT_INTERMEDIATES";

/// The largest file that is read. The bundle of all public authorities takes a quarter of a megabyte.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Reads the files that both settings name. `None` where something is wrong with them, which `problems` then says: what
/// depends on them cannot be judged.
pub(super) fn load(
    environment: &Environment,
    app_root: &Path,
    problems: &mut Vec<Problem>,
    notes: &mut Vec<String>,
) -> Option<(Vec<Anchor>, Vec<Intermediate>)> {
    let before = problems.len();
    let mut load = |setting| {
        Files {
            setting,
            app_root,
            problems,
        }
        .certificates(environment.get(setting))
    };
    let found_anchors = load(TRUST_ANCHORS);
    let found_intermediates = load(INTERMEDIATES);
    let anchors = anchors(found_anchors, problems);
    let intermediates = usable(found_intermediates, notes);
    if problems.len() > before {
        return None;
    }
    if anchors.is_empty() && !intermediates.is_empty() {
        problems.push(Problem::new(
            INTERMEDIATES,
            format!("expected {TRUST_ANCHORS} beside it, found none; an intermediate is not trusted by itself"),
        ));
    }
    Some((anchors, intermediates))
}

/// A certificate and where it was found, for messages.
struct Found {
    at: String,
    der: CertificateDer<'static>,
}

/// The intermediates that a path can go through. One that no path can use affects only the callers below it, so it is noted
/// and left out.
fn usable(found: Vec<Found>, notes: &mut Vec<String>) -> Vec<Intermediate> {
    let mut intermediates = Vec::new();
    for found in found {
        match Intermediate::new(&found.der) {
            Ok(intermediate) => intermediates.push(intermediate),
            Err(error) => notes.push(format!(
                "{}: {error}; it is left out: callers below it have no path",
                found.at
            )),
        }
    }
    intermediates
}

/// The anchors. One that cannot be used is a problem: no name would count under it.
fn anchors(found: Vec<Found>, problems: &mut Vec<Problem>) -> Vec<Anchor> {
    let mut anchors = Vec::new();
    for found in found {
        match Anchor::new(&found.der) {
            Ok(anchor) => anchors.push(anchor),
            Err(error) => problems.push(Problem::new(
                found.at,
                format!("{error}; take it out or replace it"),
            )),
        }
    }
    anchors
}

/// The files that one setting names.
struct Files<'a> {
    setting: &'static str,
    app_root: &'a Path,
    problems: &'a mut Vec<Problem>,
}

impl Files<'_> {
    fn certificates(mut self, value: Option<&str>) -> Vec<Found> {
        let Some(value) = value.filter(|value| !is_unresolved(value)) else {
            return Vec::new();
        };
        let names: Vec<&str> = value
            .split(';')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        if names.is_empty() {
            self.problem(format!(
                "expected file names separated by semicolons, found {}",
                shown(value)
            ));
        }
        names.into_iter().flat_map(|name| self.file(name)).collect()
    }

    fn file(&mut self, name: &str) -> Vec<Found> {
        let bytes = match read(&self.app_root.join(name)) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.problem(format!(
                    "expected the PEM file {} (relative to the app root), found: {error}; correct the name or deploy the file",
                    shown(name)
                ));
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for (number, section) in (1..).zip(<(SectionKind, Vec<u8>)>::pem_slice_iter(&bytes)) {
            match section {
                Ok((SectionKind::Certificate, der)) => found.push(Found {
                    at: format!("{}: {name}, certificate {}", self.setting, found.len().saturating_add(1)),
                    der: CertificateDer::from(der),
                }),
                Ok(_) => self.problem(format!(
                    "expected certificates alone in {name}, found something else as section {number}; a private key \
                     has no business here"
                )),
                Err(_) => self.problem(format!(
                    "expected PEM in {name}, found a section {number} that cannot be read; export the file again"
                )),
            }
        }
        if found.is_empty() {
            self.problem(format!(
                "expected at least one PEM certificate in {name}, found none; a DER file is converted by openssl x509 -inform der"
            ));
        }
        found
    }

    fn problem(&mut self, text: String) {
        self.problems.push(Problem::new(self.setting, text));
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    // A pipe would be waited for, and a folder says nothing clear.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("no regular file"));
    }
    let mut bytes = Vec::new();
    let read = File::open(path)?
        .take(MAX_FILE_BYTES.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if u64::try_from(read).is_ok_and(|read| read > MAX_FILE_BYTES) {
        return Err(io::Error::other(format!(
            "more than {MAX_FILE_BYTES} bytes"
        )));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use test_support::Shape;

    use super::*;

    #[test]
    fn an_intermediate_that_no_path_can_use_is_a_note_and_an_anchor_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        let root = Shape::authority("Root").self_signed();
        let good = root.issue(Shape::authority("Intermediate"));
        let bad = root.issue(Shape::caller("caller"));
        let write = |name, pem: String| std::fs::write(folder.path().join(name), pem).unwrap();
        write("root.pem", root.pem());
        write("mixed.pem", [good.pem(), bad.pem()].concat());
        let load = |anchors: &str| {
            let settings = [(TRUST_ANCHORS, anchors), (INTERMEDIATES, "mixed.pem")];
            let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let (mut problems, mut notes) = (Vec::new(), Vec::new());
            let environment = settings.into_iter().collect();
            let trust = load(&environment, folder.path(), &mut problems, &mut notes);
            (
                trust.map(|(_, intermediates)| intermediates.len()),
                problems.len(),
                notes,
            )
        };
        let (intermediates, problems, notes) = load("root.pem");
        assert_eq!((intermediates, problems), (Some(1), 0));
        let expected = "CLIENT_CERT_INTERMEDIATES: mixed.pem, certificate 2: expected the certificate of an authority";
        assert!(
            matches!(notes.as_slice(), [note] if note.starts_with(expected)),
            "{notes:?}"
        );
        let (intermediates, problems, _) = load("root.pem;mixed.pem");
        assert_eq!((intermediates, problems), (None, 1));
    }
}
