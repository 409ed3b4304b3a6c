//! The app in the project folder, as the handler would start it.

use std::path::{Path, PathBuf};

use app_settings::{Environment, KnownSettings, Problem, read_file};
use client_cert::{Policy, Thumbprint};
use functions_handler::config::{self, AppRoot, DeniedStatus, Settings};
use functions_handler::server::imitable_envelopes;
use outbound_mtls::OutboundSettings;

use crate::Failure;
use crate::certificate_file;
use crate::local_environment::{self, Defaults};
use crate::password::Password;
use crate::test_certificates::{FOLDER, PASSWORD};

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
    let allowed = allowed(folder);
    let defaults = Defaults {
        allowed: allowed.as_ref(),
        policy: None,
    };
    let (variables, problems) = local_environment::of(folder, &defaults, notes);
    if problems.is_empty() {
        Ok(variables.iter().collect())
    } else {
        Err(problems)
    }
}

/// The app in the project folder: what the engine would start with there.
pub(crate) struct App {
    /// `host.json` and the functions.
    pub(crate) root: AppRoot,
    /// Who is admitted.
    pub(crate) policy: Policy,
    /// The status of a refusal of callers who are not authenticated.
    pub(crate) denied_status: DeniedStatus,
    /// What may keep this app from starting, or may be right: the app alone knows.
    pub(crate) warnings: Vec<Problem>,
}

/// The functions of the folder, if the engine would start there.
///
/// # Errors
///
/// Exit 64 with every problem of the engine's own settings, `host.json` and the functions. Left out are the port,
/// which the host sets, and the implementations, which the handler alone knows.
pub(crate) fn load(folder: &Path) -> Result<App, Failure> {
    let mut problems = Vec::new();
    let mut keep = |more: Vec<Problem>| problems.extend(more);
    let environment = environment(folder, &mut Vec::new()).map_err(&mut keep);
    let environment = environment.unwrap_or_default();
    keep(KnownSettings::new([config::DECLARED]).reserved(&environment));
    let settings = Settings::load(&environment, folder).map_err(&mut keep);
    let app_root = AppRoot::load(folder, &environment).map_err(&mut keep);
    match (settings, app_root) {
        (Ok(settings), Ok(root)) if problems.is_empty() => {
            let imitable = imitable_envelopes(&root.routes, &settings.policy);
            if imitable.is_empty() {
                let warnings = warnings(&environment, folder);
                let denied_status = settings.denied_status(root.host.profile);
                let policy = settings.policy;
                Ok(App {
                    root,
                    policy,
                    denied_status,
                    warnings,
                })
            } else {
                Err(Failure::Configuration(imitable))
            }
        }
        _ => {
            problems.extend(warnings(&environment, folder));
            Err(Failure::Configuration(problems))
        }
    }
}

/// Settings that this tool does not know, and outbound settings with which no outbound client starts. An app may declare
/// the former and not read the latter, so neither is an error here; the handler refuses them where they are wrong.
pub(crate) fn warnings(environment: &Environment, folder: &Path) -> Vec<Problem> {
    let known = KnownSettings::new([config::DECLARED, outbound_mtls::DECLARED]);
    let unknown = known.unknown(environment).into_iter().map(|problem| {
        let text = format!("{}, unless the app declares it", problem.text());
        Problem::new(problem.at(), text)
    });
    let outbound = OutboundSettings::parse(environment, folder).err();
    unknown.chain(outbound.into_iter().flatten()).collect()
}

/// The certificate that `mtls local` would allow, if it has been made.
fn allowed(folder: &Path) -> Option<Thumbprint> {
    let file = folder.join(FOLDER).join("allowed.pfx");
    let bytes = read_file(&file, certificate_file::FILE_BYTES).ok()?;
    let password: Password = PASSWORD.parse().ok()?;
    let found = certificate_file::parse(&bytes, Some(&password)).ok()?;
    Some(Thumbprint::sha256_of(found.leaf()))
}
