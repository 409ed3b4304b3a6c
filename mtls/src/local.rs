//! `mtls local`: front end, stand-in host and handler in one command.

mod ending;
pub(crate) mod environment;
mod greeting;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use rustls_pki_types::UnixTime;

use crate::build::build_if_stale;
use crate::failure::Failure;
use crate::front_end::{Demand, FrontEnd, Listeners, Mode, ServerIdentity, Upstream};
use crate::handler_process::{HandlerProcess, Launch, Variables};
use crate::journal::{Format, Journal};
use crate::shutdown::asked_to_stop;
use crate::stand_in::{Dialect, Project, StandIn};
use crate::test_certificates::{self, TestCertificates};

/// The folder of the test certificates, below the project folder, which is the current one.
pub(crate) const CERTIFICATES: &str = "certs";

/// Serves the project over real mutual TLS on localhost
///
/// Makes certs/ on first use, builds bin/handler if it is older than its sources, starts it as the Functions host
/// does, and puts a front end before it that asks for a client certificate. Function keys (authLevel) are not asked
/// for, as under func start.
#[derive(Args)]
pub(crate) struct Local {
    /// Client certificate mode
    #[arg(long, value_enum, default_value_t)]
    mode: Mode,
    /// Port on 127.0.0.1 and ::1; 0 for any free one
    #[arg(long, default_value_t = 7443)]
    port: u16,
    /// Path prefix where no certificate is looked at, as clientCertExclusionPaths; may be repeated
    #[arg(long, value_name = "PATH")]
    exclude: Vec<String>,
    /// Which host to stand in for
    #[arg(long, value_enum, default_value_t)]
    host: Dialect,
    /// DANGEROUS: leave a caller's own X-ARR-ClientCert in place, as an unproven platform might
    #[arg(long)]
    pass_forged: bool,
    /// Print what each hop sends; certificates as thumbprints, credentials left out
    #[arg(long)]
    show_requests: bool,
    /// Take bin/handler as it is
    #[arg(long)]
    no_build: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    log: Format,
}

/// Everything that is known before anything is started.
struct Prepared {
    certificates: TestCertificates,
    environment: Variables,
    folder: PathBuf,
    notes: Vec<String>,
    project: Project,
}

impl Local {
    /// Runs until Ctrl-C (exit 0) or until the handler is gone for good.
    ///
    /// # Errors
    ///
    /// Configuration, all problems at once; or the handler's end.
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let prepared = self.prepare()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::No(format!("no threads to run on: {error}")))?;
        let ended = runtime.block_on(self.serve(prepared));
        runtime.shutdown_background();
        ended
    }

    fn prepare(&self) -> Result<Prepared, Failure> {
        let folder = std::env::current_dir()
            .map_err(|error| Failure::No(format!("the current folder cannot be read: {error}")))?;
        Project::find(&folder)?;
        let certificates = test_certificates::ensure(Path::new(CERTIFICATES), UnixTime::now())?;
        if !self.no_build {
            build_if_stale(&folder)?;
        }
        let mut notes: Vec<String> = certificates.made.iter().map(ToString::to_string).collect();
        let (environment, project) = self.configuration(&folder, &certificates, &mut notes)?;
        if self.pass_forged {
            notes.push("--pass-forged: a caller's own X-ARR-ClientCert reaches the handler. No certificate proves anything now.".to_owned());
        }
        Ok(Prepared {
            certificates,
            environment,
            folder,
            notes,
            project,
        })
    }

    fn configuration(
        &self,
        folder: &Path,
        certificates: &TestCertificates,
        notes: &mut Vec<String>,
    ) -> Result<(Variables, Project), Failure> {
        let (environment, mut problems) =
            environment::of(folder, Some(&certificates.allowed.sha256), notes);
        let project = Project::read(folder, &environment);
        if let Ok(project) = &project {
            problems.extend(self.host.agree_with(&project.host_json).err());
        }
        match project {
            Ok(project) if problems.is_empty() => Ok((environment, project)),
            Ok(_) => Err(Failure::Configuration(problems)),
            Err(more) => {
                problems.extend(more);
                Err(Failure::Configuration(problems))
            }
        }
    }

    async fn serve(self, prepared: Prepared) -> Result<ExitCode, Failure> {
        let journal = Journal::new(self.log, self.show_requests);
        for note in &prepared.notes {
            journal.note(note);
        }
        let certificates = &prepared.certificates;
        let identity = ServerIdentity::read(&certificates.server_pem, &certificates.server_key)
            .map_err(Failure::Configuration)?;
        let listeners = Listeners::bind(self.port).await?;
        let launch = Launch::new(
            prepared.project.host_json.custom_handler.clone(),
            &prepared.folder,
            prepared.environment.clone(),
        )?;
        let greeting = greeting::Greeting::new(listeners.port, &prepared.project, certificates);
        let handler = Arc::new(HandlerProcess::start(launch, journal.clone()));
        let stand_in = StandIn::new(
            prepared.project,
            &prepared.environment,
            self.host,
            handler.clone(),
            journal.clone(),
        );
        let front_end = FrontEnd::new(
            &identity,
            Demand::new(self.mode, &self.exclude),
            Upstream::StandIn(Arc::new(stand_in)),
            self.pass_forged,
            journal.clone(),
        )
        .map_err(|error| Failure::No(format!("OpenSSL does not take certs/server.pem: {error}")))?;
        let greet_and_serve = async {
            if handler.ready().await {
                journal.ready(&greeting.event(), &greeting.text());
            }
            front_end.serve(listeners).await;
        };
        tokio::select! {
            () = asked_to_stop() => {
                handler.stop().await;
                Ok(ExitCode::SUCCESS)
            }
            ended = handler.ended() => Err(ending::failure(ended)),
            () = greet_and_serve => Ok(ExitCode::SUCCESS),
        }
    }
}
