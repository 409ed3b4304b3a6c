//! The gate as a file of this machine, to be copied into an app.

use std::path::{Path, PathBuf};

use app_settings::Problem;

use crate::gated::PROGRAM;

/// The file that the command line names, or else the gate beside this program, if it is there.
///
/// # Errors
///
/// No such file where the command line names one.
pub(crate) fn find(given: Option<&Path>) -> Result<Option<PathBuf>, Problem> {
    if let Some(given) = given {
        return match given.is_file() {
            true => Ok(Some(given.to_owned())),
            false => {
                let text = "expected the gate's program, found no such file; correct the name";
                Err(Problem::new(given.display().to_string(), text))
            }
        };
    }
    Ok(beside_us().filter(|path| path.is_file()))
}

/// That there is none, and how to get one. `option` is the command's own, which names another place.
pub(crate) fn missing(option: &str) -> Problem {
    let at = beside_us().unwrap_or_else(|| PathBuf::from(PROGRAM));
    let text = format!(
        "expected the gate beside mtls, found no such file; run `cargo install --path gate` where mtls was installed \
         from (or `cargo build --release --package gate` beside `cargo mtls`), or name the program with {option}"
    );
    Problem::new(at.display().to_string(), text)
}

fn beside_us() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
    Some(program.with_file_name(name))
}
