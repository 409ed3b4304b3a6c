//! Everything that is known before the handler is started.

use std::path::{Path, PathBuf};

use app_settings::Problem;
use rustls_pki_types::UnixTime;

use super::Local;
use crate::build::{Built, How, Linking, LockFile, build};
use crate::failure::Failure;
use crate::gated;
use crate::handler_process::{Launch, Variables, expanded};
use crate::local_environment::{self, Defaults};
use crate::stand_in::{Dialect, Project};
use crate::test_certificates::{self, Callers, TestCertificates};

/// The certificates are made, the configuration is read, the program is built.
pub(super) struct Prepared {
    /// Made on first use.
    pub(super) certificates: TestCertificates,
    /// Those of the callers' authority; none where their folder cannot be used, and a note says so then.
    pub(super) callers: Callers,
    /// How requests reach the handler.
    pub(super) dialect: Dialect,
    /// The handler's environment.
    pub(super) environment: Variables,
    /// The app's folder.
    pub(super) folder: PathBuf,
    /// What people should know.
    pub(super) notes: Vec<String>,
    /// `host.json` and the functions.
    pub(super) project: Project,
}

impl Prepared {
    /// Makes what is missing, reads the configuration, and builds the program unless it is to be run as it is.
    ///
    /// # Errors
    ///
    /// Configuration, all problems at once; a build that fails.
    pub(super) fn new(local: &Local, folder: PathBuf) -> Result<Self, Failure> {
        let (certs, now) = (Path::new(test_certificates::FOLDER), UnixTime::now());
        let certificates = test_certificates::ensure(certs, now)?;
        let mut notes: Vec<String> = certificates.made.iter().map(ToString::to_string).collect();
        let callers = test_certificates::ensure_callers(certs, &certificates.allowed, now)
            .unwrap_or_else(|failure| {
                notes.push(failure.to_string());
                Callers::default()
            });
        notes.extend(callers.made.iter().map(ToString::to_string));
        let (environment, project, dialect) = read(local, &folder, &certificates, &mut notes)?;
        if project.routes.functions().is_empty() {
            notes.push("No function was found: expected a folder with a function.json for each, beside host.json.".to_owned());
        }
        if local.pass_forged {
            notes.push("--pass-forged: a caller's own X-ARR-ClientCert reaches the handler. No certificate proves anything now.".to_owned());
        }
        local.build_in(folder.clone(), &project, &environment)()?;
        Ok(Self {
            certificates,
            callers,
            dialect,
            environment,
            folder,
            notes,
            project,
        })
    }

    /// What the files of the folder say at this moment, for the same certificates.
    ///
    /// # Errors
    ///
    /// All problems at once.
    pub(super) fn configuration(
        &self,
        local: &Local,
        notes: &mut Vec<String>,
    ) -> Result<Configuration, Failure> {
        read(local, &self.folder, &self.certificates, notes)
    }

    /// What is needed to start the handler.
    ///
    /// # Errors
    ///
    /// No free port.
    pub(super) fn launch(&self) -> Result<Launch, Problem> {
        Launch::new(
            self.project.host_json.custom_handler.clone(),
            &self.folder,
            self.environment.clone(),
            self.project.version().restarts_after_0(),
        )
    }
}

impl Local {
    /// The program that the app's own sources make, if it is to be built.
    pub(super) fn own_program(&self, project: &Project, environment: &Variables) -> Option<String> {
        let program = gated::own_program(&project.host_json.custom_handler);
        let program = program.filter(|_| !self.no_build)?;
        Some(expanded(&program, environment))
    }

    /// What builds that program in a folder; nothing where there is nothing to build.
    pub(super) fn build_in(
        &self,
        folder: PathBuf,
        project: &Project,
        environment: &Variables,
    ) -> impl FnOnce() -> Result<Option<Built>, Failure> + Send + use<> {
        let program = self.own_program(project, environment);
        let choice = self.choice.clone();
        move || match program {
            Some(program) => {
                let how = How {
                    choice: &choice,
                    lock_file: LockFile::Completed,
                    linking: Linking::System,
                };
                build(&folder, &program, &how)
            }
            None => Ok(None),
        }
    }
}

/// The handler's environment, the app, and which host is stood in for.
type Configuration = (Variables, Project, Dialect);

fn read(
    local: &Local,
    folder: &Path,
    certificates: &TestCertificates,
    notes: &mut Vec<String>,
) -> Result<Configuration, Failure> {
    let defaults = Defaults {
        allowed: Some(&certificates.allowed.sha256),
        policy: local.policy.as_deref(),
    };
    let (environment, mut problems) = local_environment::of(folder, &defaults, notes);
    let version = local.host_version;
    let read = Project::read(folder, &environment, version).and_then(|project| {
        let dialect = Dialect::of(local.host, &project.host_json, version);
        dialect
            .map(|dialect| (project, dialect))
            .map_err(|problem| vec![problem])
    });
    match read {
        Ok((project, dialect)) if problems.is_empty() => Ok((environment, project, dialect)),
        Ok(_) => Err(Failure::Configuration(problems)),
        Err(more) => {
            problems.extend(more);
            Err(Failure::Configuration(problems))
        }
    }
}
