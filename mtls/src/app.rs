//! The app in the project folder, as the handler would start it.

use std::io;
use std::path::{Path, PathBuf};

use handler::Problem;
use handler::auth::{Policy, Thumbprint};
use handler::config::{AppRoot, Environment, Settings};
use handler::functions::{OutboundCalls, registry};
use handler::outbound::OutboundSettings;
use handler::server::{App, Log, Refusals};
use http::StatusCode;

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
/// Exit 64 with every problem that would stop the start: settings, `host.json`, functions and their bodies. The port
/// is left out, since the host gives it.
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
            bodies(&app_root, settings.policy).map_err(Failure::Configuration)?;
            Ok(app_root)
        }
        _ => Err(Failure::Configuration(problems)),
    }
}

/// Whether functions and bodies belong together; the same look as the handler's, by making its app and dropping it.
fn bodies(app_root: &AppRoot, policy: Policy) -> Result<(), Vec<Problem>> {
    let problem = |error: String| vec![Problem::new("the app", error)];
    let log = Log::start(io::sink())
        .map_err(|error| problem(format!("expected a thread, seen: {error}")))?;
    App::new(
        app_root.routes.clone(),
        &app_root.disabled,
        registry(OutboundCalls::new(None, |_, _| {})),
        policy,
        Refusals::new(StatusCode::UNAUTHORIZED),
        log,
    )
    .map(|_| ())
}

/// The certificate that `mtls local` would allow, if it has been made.
fn allowed(folder: &Path) -> Option<Thumbprint> {
    let file = folder.join(CERTIFICATES).join("allowed.pfx");
    let bytes = std::fs::read(file).ok()?;
    let password: Password = PASSWORD.parse().ok()?;
    let found = certificate_file::parse(&bytes, Some(&password)).ok()?;
    Some(Thumbprint::sha256_of(found.leaf()))
}
