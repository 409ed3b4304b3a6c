//! `mtls local`: front end, stand-in host and handler in one command.

mod ending;
mod example_call;
mod example_path;
mod greeting;
mod prepared;
mod standing;
mod watch;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::app;
use crate::build::Choice;
use crate::failure::Failure;
use crate::front_end::{Demand, FrontEnd, Listeners, Mode, ServerIdentity, Upstream, closing};
use crate::journal::{Format, Journal};
use crate::shutdown::asked_to_stop;
use crate::stand_in::{CurrentStandIn, Dialect, HostVersion, Project};

use prepared::Prepared;
use watch::Run;

/// How long a host that shuts down waits for the answers that it owes (`WebHost`'s `ShutdownTimeout`).
const DRAIN: Duration = Duration::from_secs(5);

/// Serve the app in this folder over real mutual TLS on localhost
///
/// Makes certs/ on first use, has cargo build the program that host.json names, starts it as the Functions host does,
/// and puts a front end before it that asks for a client certificate. Without Cargo.toml the program is run as it is,
/// whatever language it is written in. Function keys (authLevel) are not asked for, as under func start.
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
    /// Which host to stand in for; by default forwarding, unless host.json switches proxying on alone
    #[arg(long, value_enum)]
    host: Option<Dialect>,
    /// Which year's host to stand in for, where hosts differ
    #[arg(long, value_enum, default_value_t)]
    host_version: HostVersion,
    /// DANGEROUS: leave a caller's own X-ARR-ClientCert in place, as an unproven platform might
    #[arg(long)]
    pass_forged: bool,
    /// Print what each hop sends; certificates as thumbprints, values that may be secret as their length
    #[arg(long)]
    show_requests: bool,
    /// Policy document in place of CLIENT_CERT_POLICY, named from the app's folder; certs/policy.json has every kind of rule
    #[arg(long, value_name = "FILE")]
    policy: Option<String>,
    /// Run the program as it is
    #[arg(long)]
    no_build: bool,
    #[command(flatten)]
    choice: Choice,
    /// Start the program anew when its sources, host.json, a function.json or local.settings.json change; cargo builds it first
    #[arg(long)]
    watch: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    log: Format,
}

impl Local {
    /// Runs until Ctrl-C (exit 0) or until the handler is gone for good.
    ///
    /// # Errors
    ///
    /// Configuration, all problems at once; a build that fails; or the handler's end.
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::No(format!("no threads to run on: {error}")))?;
        let ended = runtime.block_on(self.open_and_serve());
        runtime.shutdown_background();
        ended
    }

    /// The port is taken first: whoever waits for a build should not learn after it that the port is in use.
    async fn open_and_serve(self) -> Result<ExitCode, Failure> {
        let folder = app::folder()?;
        Project::find(&folder)?;
        let listeners = Listeners::bind(self.port, "--port").await?;
        let prepared = Prepared::new(&self, folder)?;
        let journal = Journal::new(self.log, self.show_requests);
        let ended = self.serve(listeners, prepared, &journal).await;
        journal.close().await;
        ended
    }

    async fn serve(
        &self,
        listeners: Listeners,
        prepared: Prepared,
        journal: &Arc<Journal>,
    ) -> Result<ExitCode, Failure> {
        for note in &prepared.notes {
            journal.note(note);
        }
        let identity = server_identity(&prepared)?;
        let mut run = Run::start(self, prepared, listeners.port, journal)?;
        let front_end = self.front_end(&identity, run.stand_in(), journal)?;
        let (closer, closing) = closing();
        let serving = front_end.serve(listeners, closing);
        tokio::pin!(serving);
        tokio::select! {
            () = asked_to_stop() => {
                run.stop().await;
                Ok(ExitCode::SUCCESS)
            }
            failure = run.keep() => {
                closer.close();
                // What is not answered by then is not answered.
                let _ = tokio::time::timeout(DRAIN, serving).await;
                Err(failure)
            }
            () = &mut serving => Ok(ExitCode::SUCCESS),
        }
    }

    fn front_end(
        &self,
        identity: &ServerIdentity,
        stand_in: Arc<CurrentStandIn>,
        journal: &Arc<Journal>,
    ) -> Result<FrontEnd, Failure> {
        FrontEnd::new(
            identity,
            Demand::new(self.mode, &self.exclude),
            Upstream::StandIn(stand_in),
            self.pass_forged,
            journal.clone(),
        )
        .map_err(|error| Failure::No(format!("OpenSSL refuses certs/server.pem: {error}")))
    }
}

/// The certificate that callers of the front end see.
fn server_identity(prepared: &Prepared) -> Result<ServerIdentity, Failure> {
    let certificates = &prepared.certificates;
    ServerIdentity::read(&certificates.server_pem, &certificates.server_key)
        .map_err(Failure::Configuration)
}
