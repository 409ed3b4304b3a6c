//! What the two lists of app settings admit, as a document.

use std::path::{Path, PathBuf};

use app_settings::{Environment, Problem};
use client_cert::{Condition, Policy, Rule, Thumbprint};
use policy_source::RelativeName;
use serde_json::Value;

use super::written::{Written, WrittenDomain};

/// The name of the trust domain: the lists have one at most.
const DOMAIN: &str = "listed";

const ANCHORS: &str = "CLIENT_CERT_TRUST_ANCHORS";
const INTERMEDIATES: &str = "CLIENT_CERT_INTERMEDIATES";

/// The folders that names of files are relative to.
pub(super) struct Folders<'f> {
    /// Of the app: the settings' names.
    pub(super) app: &'f Path,
    /// Of the document: its own names.
    pub(super) document: &'f Path,
}

/// The document of one caller that decides as the lists do.
///
/// # Errors
///
/// Files that a document in its folder cannot name.
pub(super) fn document(
    policy: &Policy,
    environment: &Environment,
    folders: &Folders<'_>,
    caller: &str,
) -> Result<Written, Vec<Problem>> {
    let mut problems = Vec::new();
    let anchors = files(environment, ANCHORS, folders, &mut problems);
    let intermediates = files(environment, INTERMEDIATES, folders, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Written {
        comments: Vec::new(),
        domain: (!anchors.is_empty()).then(|| WrittenDomain {
            name: DOMAIN.to_owned(),
            anchors,
            intermediates,
        }),
        caller: caller.to_owned(),
        rules: policy.rules().map(rule).collect(),
    })
}

/// The lists have pins and common names alone.
fn rule(rule: &Rule) -> Vec<(&'static str, Value)> {
    let domain = rule.domain().map(|_| ("domain", DOMAIN.to_owned()));
    let conditions = rule
        .conditions()
        .iter()
        .filter_map(|condition| match condition {
            Condition::Thumbprint(thumbprint @ Thumbprint::Sha256(_)) => {
                Some(("sha256", thumbprint.hex()))
            }
            Condition::Thumbprint(thumbprint @ Thumbprint::Sha1(_)) => {
                Some(("sha1", thumbprint.hex()))
            }
            Condition::CommonName(name) => Some(("commonName", name.clone())),
            _ => None,
        });
    let members = domain.into_iter().chain(conditions);
    members
        .map(|(key, value)| (key, Value::from(value)))
        .collect()
}

/// The names that a setting lists, as the document names the same files.
fn files(
    environment: &Environment,
    setting: &'static str,
    folders: &Folders<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<String> {
    let Some(value) = environment.get(setting) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    let listed = value
        .expose()
        .split(';')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    for (number, name) in (1..).zip(listed) {
        match relative(&folders.app.join(name), folders.document) {
            Some(name) => names.push(name.as_str().to_owned()),
            None => problems.push(Problem::new(
                setting,
                format!(
                    "entry {number}: expected a file in the document's folder or below it, found one elsewhere; copy it there and \
                     name the copy, or write the document by --output into a folder above it"
                ),
            )),
        }
    }
    names
}

/// The file's name from a folder; `None` where it is not below it, or has a name that documents do not take.
fn relative(file: &Path, folder: &Path) -> Option<RelativeName> {
    let folder = folder.canonicalize().ok()?;
    // A link in the file's own place stays: it may be the one that is replaced at a renewal.
    let whole: PathBuf = file.parent()?.canonicalize().ok()?.join(file.file_name()?);
    let parts = whole.strip_prefix(folder).ok()?.components();
    let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
    parts?.join("/").parse().ok()
}
