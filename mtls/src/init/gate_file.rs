//! The gate as a file of the app.

use std::fs;
use std::path::Path;

use app_settings::Problem;
use functions_handler::host::CustomHandler;

use super::change::Change;
use crate::gate_program;
use crate::gated::{self, PLACE};

/// Where the gate is in the app's folder: where `host.json` names it, if that is a path.
pub(super) fn place(handler: &CustomHandler) -> String {
    let is_named = gated::is_gated(handler)
        && handler.executable.contains('/')
        && Path::new(&handler.executable).is_relative();
    match is_named {
        true => handler.executable.clone(),
        false => PLACE.to_owned(),
    }
}

/// The copy that has to be made, if the file is not there, or is another version and the app's gate.
///
/// # Errors
///
/// No gate to copy; another file at its place.
pub(super) fn copied(
    folder: &Path,
    place: &str,
    is_gated: bool,
    given: Option<&Path>,
) -> Result<Option<Change>, Vec<Problem>> {
    let one = |problem| vec![problem];
    let there = folder.join(place);
    let source = gate_program::find(given).map_err(one)?;
    let is_there = there.symlink_metadata().is_ok();
    match source {
        None if is_gated && there.is_file() => Ok(None),
        None => Err(one(gate_program::missing("--gate"))),
        Some(source) if !is_there => Ok(Some(Change::program(folder, place, &source))),
        Some(source) if is_same(&source, &there) => Ok(None),
        Some(source) if is_gated && there.is_file() => {
            Ok(Some(Change::program(folder, place, &source)))
        }
        Some(_) => {
            let text =
                "expected no file of this name, or the gate, found something else; rename it";
            Err(one(Problem::new(place, text)))
        }
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    let size = |path: &Path| fs::metadata(path).ok().map(|metadata| metadata.len());
    size(one) == size(other) && fs::read(one).ok() == fs::read(other).ok()
}
