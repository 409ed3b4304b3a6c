//! Trust anchors and intermediates, from PEM files.

use std::fmt;
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
    let anchors = load(TRUST_ANCHORS);
    let intermediates = load(INTERMEDIATES);
    let anchors = authorities(anchors, problems, Anchor::new);
    let intermediates = authorities(intermediates, problems, Intermediate::new);
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

fn authorities<T, E: fmt::Display>(
    found: Vec<Found>,
    problems: &mut Vec<Problem>,
    take: fn(&[u8]) -> Result<T, E>,
) -> Vec<T> {
    found
        .into_iter()
        .filter_map(|found| {
            take(&found.der)
                .map_err(|error| {
                    problems.push(Problem::new(
                        found.at,
                        format!("{error}; take it out or replace it"),
                    ))
                })
                .ok()
        })
        .collect()
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
