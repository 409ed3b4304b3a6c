//! What has to change in an app for the gate to stand before its server, or to be gone.

use std::path::Path;

use app_settings::{FileError, Problem, read_file};
use functions_handler::config::MAX_FILE_BYTES;
use functions_handler::host::{HostJson, contract};
use zeroize::Zeroizing;

use super::change::Change;
use super::host_json::HostFile;
use super::settings::{self, Settings};
use super::{gate_file, ignored};
use crate::local_settings::{self, LocalSettings};

/// The changes in the order in which they are made, and what should be known.
pub(super) struct Plan {
    pub(super) changes: Vec<Change>,
    pub(super) notes: Vec<String>,
}

impl Plan {
    /// The gate put before the server. Where it is there already, only what is missing is added.
    ///
    /// # Errors
    ///
    /// Files that cannot be read or edited, all of them at once; no gate to copy.
    pub(super) fn gating(folder: &Path, program: Option<&Path>) -> Result<Self, Vec<Problem>> {
        let bytes = host_json(folder)?;
        let (file, (setting, mut notes)) = both(HostFile::parse(&bytes), with_settings(folder))?;
        let place = gate_file::place(&file.host.custom_handler);
        let copied = gate_file::copied(folder, &place, file.is_gated(), program);
        let edited = match file.is_gated() {
            true => Ok(None),
            false => rewritten(folder, &bytes, file.gated(folder)).map(Some),
        };
        let (copied, edited) = both(copied, edited)?;
        notes.extend(port(&file.host));
        notes.extend(ignored::notes(folder, &place));
        // The one that switches the gate on comes last.
        let changes = copied.into_iter().chain(setting).chain(edited);
        Ok(Self {
            changes: changes.collect(),
            notes,
        })
    }

    /// The app as it was before.
    ///
    /// # Errors
    ///
    /// Files that cannot be read or edited, all of them at once.
    pub(super) fn removal(folder: &Path) -> Result<Self, Vec<Problem>> {
        let bytes = host_json(folder)?;
        let (file, setting) = both(HostFile::parse(&bytes), without_settings(folder))?;
        let edited = match file.is_gated() {
            true => Some(rewritten(folder, &bytes, file.ungated())?),
            false => None,
        };
        let place = gate_file::place(&file.host.custom_handler);
        let is_there = edited.is_some() && folder.join(&place).is_file();
        let gate = is_there.then(|| Change::removed(folder, &place));
        Ok(Self {
            changes: edited.into_iter().chain(setting).chain(gate).collect(),
            notes: Vec::new(),
        })
    }
}

/// Both values, or the problems of both.
fn both<A, B>(
    one: Result<A, Vec<Problem>>,
    other: Result<B, Vec<Problem>>,
) -> Result<(A, B), Vec<Problem>> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (one, other) => {
            let problems = [one.err(), other.err()];
            Err(problems.into_iter().flatten().flatten().collect())
        }
    }
}

fn host_json(folder: &Path) -> Result<Zeroizing<Vec<u8>>, Vec<Problem>> {
    let read = read_file(&folder.join(contract::HOST_JSON), MAX_FILE_BYTES);
    read.map_err(|error| vec![unreadable(contract::HOST_JSON, &error)])
}

/// The new text of `host.json`, which the engine must take as well as the old one.
fn rewritten(
    folder: &Path,
    before: &[u8],
    after: Result<String, Problem>,
) -> Result<Change, Vec<Problem>> {
    let after = after.map_err(|problem| vec![problem])?;
    HostJson::parse(after.as_bytes(), std::iter::empty())?;
    let before = String::from_utf8_lossy(before);
    Ok(Change::rewritten(
        folder,
        contract::HOST_JSON,
        &before,
        &after,
    ))
}

/// The settings that are missing, and what is to be known of the others.
fn with_settings(folder: &Path) -> Result<(Option<Change>, Vec<String>), Vec<Problem>> {
    let (settings, is_new) = match local_settings_text(folder)? {
        Some(text) => (
            settings::with(&text).map_err(|problem| vec![problem])?,
            false,
        ),
        None => (settings::new(), true),
    };
    let Settings {
        text,
        changed,
        notes,
    } = settings;
    let name = local_settings::FILE;
    let change = text.map(|text| Change::settings(folder, name, '+', &changed, text, is_new));
    Ok((change, notes))
}

/// A file that holds nothing else goes.
fn without_settings(folder: &Path) -> Result<Option<Change>, Vec<Problem>> {
    let name = local_settings::FILE;
    let Some(text) = local_settings_text(folder)? else {
        return Ok(None);
    };
    if settings::new().text.as_deref() == Some(text.as_str()) {
        return Ok(Some(Change::removed(folder, name)));
    }
    let Settings { text, changed, .. } =
        settings::without(&text).map_err(|problem| vec![problem])?;
    Ok(text.map(|text| Change::settings(folder, name, '-', &changed, text, false)))
}

/// The text of `local.settings.json`, if there is one, as `mtls local` reads it.
fn local_settings_text(folder: &Path) -> Result<Option<Zeroizing<String>>, Vec<Problem>> {
    LocalSettings::read(folder)?;
    match read_file(&folder.join(local_settings::FILE), MAX_FILE_BYTES) {
        Ok(bytes) => Ok(Some(Zeroizing::new(
            String::from_utf8_lossy(&bytes).into_owned(),
        ))),
        Err(FileError::Missing) => Ok(None),
        Err(error) => Err(vec![unreadable(local_settings::FILE, &error)]),
    }
}

fn port(host: &HostJson) -> Option<String> {
    let port = host.custom_handler.port?;
    Some(format!(
        "{}: customHandler.port is the gate's own now: the server gets a free port in the variables that it had {port} in",
        contract::HOST_JSON
    ))
}

fn unreadable(name: &str, error: &FileError) -> Problem {
    let text = format!("expected a readable file, found: {error}; correct its permissions");
    Problem::new(name, text)
}
