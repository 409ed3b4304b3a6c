//! The engine beneath a new app in Rust, which is in no registry.
//!
//! The app's manifest names it by a path within the app's folder, where a link leads to a checkout. So no path of this
//! machine is in a file that goes into version control, and a clone without the link fails to build, where a name in a
//! registry could be anybody's crate.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use app_settings::Problem;

/// The link's name in the app's folder, which `templates/rust/Cargo.toml` and `.gitignore` name too.
const LINK: &str = "engine";

/// The engine's manifest in a checkout.
const MANIFEST: &str = "crates/functions-handler/Cargo.toml";

/// The versions that the engine was tested with, to begin with.
const LOCK_FILE: &str = "Cargo.lock";

/// The checkout that the command line names, or else the one that this program was built from, if it is still there.
///
/// # Errors
///
/// No checkout there.
pub(super) fn find(given: Option<&Path>) -> Result<PathBuf, Problem> {
    let built_from = || Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let checkout = given.or_else(built_from);
    let checkout = checkout.filter(|checkout| checkout.join(MANIFEST).is_file());
    let found = checkout.and_then(|checkout| checkout.canonicalize().ok());
    found.ok_or_else(|| {
        let text = format!(
            "expected a checkout of the engine, with {MANIFEST} in it, found none; name the folder with --engine"
        );
        match given {
            Some(given) => Problem::new(given.display().to_string(), text),
            None => Problem::new("--engine", text),
        }
    })
}

/// Links an app's folder to the checkout, and begins its lock file.
pub(super) fn link(checkout: &Path, folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    std::os::unix::fs::symlink(checkout, folder.join(LINK))?;
    #[cfg(windows)]
    std::os::windows::fs::symlink_dir(checkout, folder.join(LINK))?;
    fs::copy(checkout.join(LOCK_FILE), folder.join(LOCK_FILE))?;
    Ok(())
}
