//! The app in the project folder, as the handler would start it.

use std::path::{Path, PathBuf};

use app_settings::{Environment, Problem};
use client_cert::Thumbprint;
use functions_handler::config::{AppRoot, Settings};
use functions_handler::server::imitable_envelopes;
use outbound_mtls::OutboundSettings;

use crate::Failure;
use crate::certificate_file;
use crate::local::{CERTIFICATES, environment};
use crate::password::Password;
use crate::test_certificates::PASSWORD;

/// The project folder, which is the current one.
///
/// # Errors
///
/// A current folder that is gone.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    std::env::current_dir()
        .map_err(|error| Failure::No(format!("the current folder cannot be read: {error}")))
}

/// What the handler's environment is under `mtls local` in this folder; nothing is made or written.
///
/// # Errors
///
/// The problems of `local.settings.json`.
pub(crate) fn environment(
    folder: &Path,
    notes: &mut Vec<String>,
) -> Result<Environment, Vec<Problem>> {
    let (variables, problems) = environment::of(folder, allowed(folder).as_ref(), notes);
    if problems.is_empty() {
        Ok(variables.iter().collect())
    } else {
        Err(problems)
    }
}

/// The functions of the folder, if the handler would start there.
///
/// # Errors
///
/// Exit 64 with every problem that would stop the start: settings, `host.json` and functions. Left out are the port,
/// since the host gives it, and the implementations, which the handler alone knows.
pub(crate) fn load(folder: &Path) -> Result<AppRoot, Failure> {
    let mut problems = Vec::new();
    let mut keep = |more: Vec<Problem>| problems.extend(more);
    let environment = environment(folder, &mut Vec::new()).map_err(&mut keep);
    let environment = environment.unwrap_or_default();
    let settings = Settings::load(&environment, folder).map_err(&mut keep);
    let app_root = AppRoot::load(folder, &environment).map_err(&mut keep);
    let variable = |name: &str| environment.get(name).map(ToOwned::to_owned);
    let outbound = OutboundSettings::parse(&variable, folder).map_err(&mut keep);
    match (settings, app_root, outbound) {
        (Ok(settings), Ok(app_root), Ok(_)) if problems.is_empty() => {
            let imitable = imitable_envelopes(&app_root.routes, &settings.policy);
            if imitable.is_empty() {
                Ok(app_root)
            } else {
                Err(Failure::Configuration(imitable))
            }
        }
        _ => Err(Failure::Configuration(problems)),
    }
}

/// The certificate that `mtls local` would allow, if it has been made.
fn allowed(folder: &Path) -> Option<Thumbprint> {
    let file = folder.join(CERTIFICATES).join("allowed.pfx");
    let bytes = std::fs::read(file).ok()?;
    let password: Password = PASSWORD.parse().ok()?;
    let found = certificate_file::parse(&bytes, Some(&password)).ok()?;
    Some(Thumbprint::sha256_of(found.leaf()))
}
