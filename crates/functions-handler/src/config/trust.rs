//! Trust anchors and intermediates, from files of certificates.

use std::fmt;
use std::path::Path;

use app_settings::{Environment, NamedFile, Problem};
use client_cert::{Anchor, Intermediate};
use policy_source::MAX_FILE_BYTES;

use super::known::{INTERMEDIATES, TRUST_ANCHORS};

/// A certificate, and where it was found, for messages.
struct Found {
    at: String,
    der: Vec<u8>,
}

/// What both settings name.
pub(super) struct Authorities {
    pub(super) anchors: Vec<Anchor>,
    pub(super) intermediates: Vec<Intermediate>,
}

/// Reads the files that both settings name. `None` where something is wrong with them, which `problems` then says: what
/// depends on them cannot be judged.
///
/// An anchor that cannot be used is a problem. An intermediate that cannot be used is a note: it can only keep callers
/// out, and files of authorities contain old ones that nobody needs.
pub(super) fn load(
    environment: &Environment,
    app_root: &Path,
    notes: &mut Vec<String>,
    problems: &mut Vec<Problem>,
) -> Option<Authorities> {
    let before = problems.len();
    let anchors = certificates(environment, TRUST_ANCHORS, app_root, problems);
    let intermediates = certificates(environment, INTERMEDIATES, app_root, problems);
    let (anchors, unusable) = usable(anchors, Anchor::new);
    problems.extend(unusable.into_iter().map(|problem| {
        let text = format!("{}; take it out or replace it", problem.text());
        Problem::new(problem.at(), text)
    }));
    let (intermediates, unusable) = usable(intermediates, Intermediate::new);
    notes.extend(
        unusable
            .iter()
            .map(|problem| format!("{problem}; it is left out: callers below it have no path")),
    );
    if problems.len() > before {
        return None;
    }
    if anchors.is_empty() && environment.is_set(INTERMEDIATES) {
        problems.push(Problem::new(
            INTERMEDIATES,
            format!("expected {TRUST_ANCHORS} beside it, found none; an intermediate is not trusted by itself"),
        ));
    }
    Some(Authorities {
        anchors,
        intermediates,
    })
}

/// The certificates that can be used, and one problem for each of the others.
fn usable<T, E: fmt::Display>(
    found: Vec<Found>,
    take: fn(&[u8]) -> Result<T, E>,
) -> (Vec<T>, Vec<Problem>) {
    let (mut usable, mut problems) = (Vec::new(), Vec::new());
    for found in found {
        match take(&found.der) {
            Ok(taken) => usable.push(taken),
            Err(error) => problems.push(Problem::new(found.at, error.to_string())),
        }
    }
    (usable, problems)
}

fn certificates(
    environment: &Environment,
    setting: &'static str,
    app_root: &Path,
    problems: &mut Vec<Problem>,
) -> Vec<Found> {
    let Some(value) = environment.setting(setting, problems) else {
        return Vec::new();
    };
    let names = value.expose().split(';').map(str::trim);
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        problems.push(Problem::new(
            setting,
            "expected file names separated by semicolons, found none; remove the setting or name a file",
        ));
    }
    let mut certificates = Vec::new();
    for name in &names {
        let file = NamedFile::new(setting, name, app_root);
        match file.read(MAX_FILE_BYTES) {
            Ok(bytes) => certificates.extend(of_file(setting, &file, &bytes, problems)),
            Err(error) => problems.push(Problem::new(
                setting,
                format!(
                    "expected a file of certificates in {} (relative to the app's folder), found: {error}; correct the name or deploy \
                     the file",
                    file.name()
                ),
            )),
        }
    }
    certificates
}

/// The certificates of one file, as those that a policy document names are read.
fn of_file(
    setting: &str,
    file: &NamedFile,
    bytes: &[u8],
    problems: &mut Vec<Problem>,
) -> Vec<Found> {
    let found = policy_source::certificates(bytes).unwrap_or_else(|errors| {
        let name = file.name();
        problems.extend(errors.iter().map(|error| {
            let text = format!("expected certificates (PEM or DER) in {name}, {error}");
            Problem::new(setting, text)
        }));
        Vec::new()
    });
    let found = (1..).zip(found).map(|(number, der)| Found {
        at: format!("{file}, certificate {number}"),
        der,
    });
    found.collect()
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
            let trust = load(&environment, folder.path(), &mut notes, &mut problems);
            (
                trust.map(|trust| trust.intermediates.len()),
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
