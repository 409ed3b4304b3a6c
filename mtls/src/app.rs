//! The app in the project folder, as the handler would start it.

use std::path::{Path, PathBuf};

use app_settings::{DeclaredSettings, Environment, KnownSettings, Problem, read_file};
use client_cert::{Policy, Thumbprint};
use functions_handler::config::{self, AppRoot, DeniedStatus, MAX_FILE_BYTES, Settings};
use functions_handler::host::{HostJson, contract};
use functions_handler::server::imitable_envelopes;
use outbound_mtls::OutboundSettings;

use crate::Failure;
use crate::certificate_file;
use crate::local_environment::{self, Defaults};
use crate::password::Password;
use crate::test_certificates::{FOLDER, PASSWORD};

/// The settings that the gate reads beside the engine's.
const GATE: DeclaredSettings = DeclaredSettings::new(
    &[],
    &[
        "CLIENT_CERT_GATE_SECRET",
        "CLIENT_CERT_PRINCIPAL",
        "CLIENT_CERT_UPSTREAM",
        "CLIENT_CERT_UPSTREAM_DANGEROUS",
        "CLIENT_CERT_UPSTREAM_EVENT_COMMENTS",
        "CLIENT_CERT_UPSTREAM_HOST",
        "CLIENT_CERT_UPSTREAM_READY",
        "CLIENT_CERT_UPSTREAM_READY_STATUSES",
        "CLIENT_CERT_UPSTREAM_STRIP",
        "CLIENT_CERT_UPSTREAM_UNDERSCORES",
    ],
);

/// What `host.json` starts, as far as its name says: it decides which settings are read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Program {
    /// The gate. Outbound settings are its server's, and read by nobody else.
    Gate,
    /// A handler on the engine, or any other.
    Handler,
}

impl Program {
    /// By the path of a program.
    pub(crate) fn named(executable: &str) -> Self {
        let name = executable.rsplit(['/', '\\']).next().unwrap_or_default();
        match name.strip_suffix(".exe").unwrap_or(name) {
            "gate" => Self::Gate,
            _ => Self::Handler,
        }
    }

    /// By the `host.json` of a folder; a handler where that cannot be read.
    pub(crate) fn of(folder: &Path) -> Self {
        let text = read_file(&folder.join(contract::HOST_JSON), MAX_FILE_BYTES).ok();
        let host = text.and_then(|text| HostJson::parse(&text, std::iter::empty()).ok());
        host.map_or(Self::Handler, |host| {
            Self::named(&host.custom_handler.executable)
        })
    }

    fn known(self) -> KnownSettings {
        KnownSettings::new([
            config::DECLARED,
            match self {
                Self::Gate => GATE,
                Self::Handler => outbound_mtls::DECLARED,
            },
        ])
    }
}

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
    keep(reserved(&environment, Program::of(folder)));
    let settings = Settings::load(&environment, folder).map_err(&mut keep);
    let app_root = AppRoot::load(folder, &environment).map_err(&mut keep);
    match (settings, app_root) {
        (Ok(settings), Ok(root)) if problems.is_empty() => {
            let imitable = imitable_envelopes(&root.routes, &settings.policy);
            if imitable.is_empty() {
                let warnings = warnings(&environment, folder, Program::of(folder));
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
            problems.extend(warnings(&environment, folder, Program::of(folder)));
            Err(Failure::Configuration(problems))
        }
    }
}

/// Settings that the app's program would ignore.
pub(crate) fn reserved(environment: &Environment, program: Program) -> Vec<Problem> {
    program.known().reserved(environment)
}

/// Settings that this tool does not know, and outbound settings with which no outbound client starts. An app may declare
/// the former and not read the latter, so neither is an error here; the handler refuses them where they are wrong.
pub(crate) fn warnings(environment: &Environment, folder: &Path, program: Program) -> Vec<Problem> {
    let known = program.known();
    let unknown = known.unknown(environment).into_iter().map(|problem| {
        let text = format!("{}, unless the app declares it", problem.text());
        Problem::new(problem.at(), text)
    });
    let outbound = match program {
        Program::Gate => None,
        Program::Handler => OutboundSettings::parse(environment, folder).err(),
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gates_settings_are_those_that_it_declares() {
        let source = include_str!("../../gate/src/settings.rs");
        let (source, _) = source.split_once("/// All of them.").unwrap();
        let quoted = source.split('"').skip(1).step_by(2);
        let mut declared: Vec<&str> = quoted
            .filter(|name| name.starts_with("CLIENT_CERT"))
            .collect();
        declared.sort_unstable();
        assert_eq!(GATE.names(), declared);
    }
}
