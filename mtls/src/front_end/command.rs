//! `mtls front-end`: real mutual TLS before a server that cannot do it, such as `func start`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use functions_handler::host::contract;
use rustls_pki_types::UnixTime;
use serde_json::json;

use super::{Demand, FrontEnd, Listeners, Mode, RemoteServer, ServerIdentity, Upstream, closing};
use crate::failure::Failure;
use crate::journal::{Format, Journal};
use crate::shutdown::asked_to_stop;
use crate::test_certificates;

/// What a new folder does to a host that runs.
const RESTARTS: &str = "certs/ is new in this app: a Functions host that runs here restarts now, and its handler with it. Where `mtls build` or an earlier call has made the folder before the host is started, it does not.";

/// Puts real mutual TLS before a running server, such as func start
///
/// Asks for a client certificate as App Service does, removes every spelling of X-ARR-ClientCert from the request,
/// sets it from the handshake, and passes the request on over plain HTTP, streaming both ways.
#[derive(Args)]
pub(crate) struct FrontEndCommand {
    /// Where requests go, as http://127.0.0.1:7071; this machine alone
    #[arg(long, value_name = "URL")]
    upstream: String,
    /// Client certificate mode
    #[arg(long, value_enum, default_value_t)]
    mode: Mode,
    /// Port on 127.0.0.1 and ::1; 0 for any free one
    #[arg(long, default_value_t = 7443)]
    port: u16,
    /// Path prefix where no certificate is looked at, as clientCertExclusionPaths; may be repeated
    #[arg(long, value_name = "PATH")]
    exclude: Vec<String>,
    /// The server's certificate and chain, instead of certs/server.pem
    #[arg(long, value_name = "FILE", requires = "server_key")]
    server_pem: Option<PathBuf>,
    /// The key of --server-pem
    #[arg(long, value_name = "FILE", requires = "server_pem")]
    server_key: Option<PathBuf>,
    /// DANGEROUS: allow an upstream on another machine, over a wire that others may read and write
    #[arg(long)]
    dangerous_upstream: bool,
    /// DANGEROUS: leave a caller's own X-ARR-ClientCert in place, as an unproven platform might
    #[arg(long)]
    pass_forged: bool,
    /// Print what each hop sends; certificates as thumbprints, values that may be secret as their length
    #[arg(long)]
    show_requests: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    log: Format,
}

impl FrontEndCommand {
    /// Runs until Ctrl-C (exit 0).
    ///
    /// # Errors
    ///
    /// Configuration, all problems at once.
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let upstream = RemoteServer::new(&self.upstream, self.dangerous_upstream)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::No(format!("no threads to run on: {error}")))?;
        let ended = runtime.block_on(async {
            let listeners = Listeners::bind(self.port, "--port").await?;
            let journal = Journal::new(self.log, self.show_requests);
            let ended = self.serve(upstream, listeners, &journal).await;
            journal.close().await;
            ended
        });
        runtime.shutdown_background();
        ended
    }

    fn identity(&self, journal: &Journal) -> Result<ServerIdentity, Failure> {
        let read = match (&self.server_pem, &self.server_key) {
            (Some(pem), Some(key)) => ServerIdentity::read(pem, key),
            _ => {
                let folder = Path::new(test_certificates::FOLDER);
                if !folder.exists() && Path::new(contract::HOST_JSON).is_file() {
                    journal.note(RESTARTS);
                }
                let made = test_certificates::ensure(folder, UnixTime::now())?;
                for file in &made.made {
                    journal.note(&file.to_string());
                }
                ServerIdentity::read(&made.server_pem, &made.server_key)
            }
        };
        read.map_err(Failure::Configuration)
    }

    async fn serve(
        &self,
        upstream: RemoteServer,
        listeners: Listeners,
        journal: &Arc<Journal>,
    ) -> Result<ExitCode, Failure> {
        let identity = self.identity(journal)?;
        if self.pass_forged {
            journal.note("--pass-forged: a caller's own X-ARR-ClientCert is passed on. No certificate proves anything now.");
        }
        let url = format!("https://localhost:{}", listeners.port);
        let text = format!(
            "{url} -> {}\nCtrl-C stops it. Requests:\n",
            upstream.address()
        );
        let front_end = FrontEnd::new(
            &identity,
            Demand::new(self.mode, &self.exclude),
            Upstream::Server(Arc::new(upstream)),
            self.pass_forged,
            journal.clone(),
        )
        .map_err(|error| {
            Failure::No(format!("OpenSSL refuses the server's certificate: {error}"))
        })?;
        journal.ready(&json!({"event": "ready", "url": url}), &text);
        // It stops at once: whoever waits has a host of its own to ask.
        let (_closer, closing) = closing();
        tokio::select! {
            () = asked_to_stop() => {}
            () = front_end.serve(listeners, closing) => {}
        }
        Ok(ExitCode::SUCCESS)
    }
}
