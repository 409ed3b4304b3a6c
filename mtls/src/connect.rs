//! `mtls connect`: an address of this machine that forwards to an app, with the certificate that its clients cannot present.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use app_settings::Problem;
use clap::Args;
use openssl::error::ErrorStack;
use serde_json::json;

use crate::call::{Target, TrustArguments};
use crate::certificate_file::explained;
use crate::failure::Failure;
use crate::identity_file::IdentityFile;
use crate::journal::{Format, Journal};
use crate::password::PasswordArguments;
use crate::shutdown::asked_to_stop;

mod advice;
mod app;
mod certificate;
mod connector;
mod cookie;
mod door;
mod heads;
mod listen;
mod location;
mod passing;
mod problem;
mod server;
mod token;
mod trouble;

use app::{App, Presented, Trust};
use certificate::Watched;
use door::Door;
use listen::Listen;
use passing::Passing;
use token::Token;

/// Forward a loopback address to an app, with a client certificate: for MCP clients and tools that cannot present one
///
/// What comes to the address goes to the app over TLS with the certificate, streaming both ways, and nothing is decided
/// on the way but that pages of other sites are refused. Any program of this machine can call with the certificate,
/// unless --token-env asks for more. The certificate is read again when its file changes.
#[derive(Args)]
pub(crate) struct Connect {
    /// The app, as https://app.azurewebsites.net; requests keep their own path
    url: String,

    /// PKCS#12 or PEM with our key and chain
    #[arg(long, visible_alias = "identity", value_name = "FILE")]
    certificate: PathBuf,

    #[command(flatten)]
    password: PasswordArguments,

    /// Which of several identities, by thumbprint or friendly name
    #[arg(long, value_name = "THUMBPRINT|NAME")]
    select: Option<String>,

    /// The address, as 127.0.0.1:8080, [::1]:8080 or localhost:8080, which is both; by default both with a free port
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "localhost:0")]
    listen: String,

    /// The environment variable with a text that each request must bring in the header Mtls-Connect-Token
    #[arg(long, value_name = "NAME")]
    token_env: Option<String>,

    #[command(flatten)]
    trust: TrustArguments,

    /// How to print
    #[arg(long, value_enum, default_value_t)]
    log: Format,
}

/// What the command line and its files say.
struct Plan {
    target: Target,
    listen: Listen,
    token: Option<Token>,
    presented: Presented,
    watched: Watched,
    trust: Trust,
}

impl Connect {
    /// Runs until Ctrl-C (exit 0).
    ///
    /// # Errors
    ///
    /// Configuration, all problems at once.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let plan = self.plan()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::No(format!("no threads to run on: {error}")))?;
        let ended = runtime.block_on(async {
            let journal = Journal::new(self.log, false);
            let ended = serve(plan, &journal).await;
            journal.close().await;
            ended
        });
        runtime.shutdown_background();
        ended
    }

    fn plan(&self) -> Result<Plan, Failure> {
        let mut problems = Vec::new();
        let target = app_of(&self.url).map_err(|problem| problems.push(problem));
        let listen = self
            .listen
            .parse()
            .map_err(|problem| problems.push(problem));
        let token = self
            .token_env
            .as_deref()
            .map(Token::in_variable)
            .transpose();
        let token = token.map_err(|problem| problems.push(problem));
        let mut keep = |failure: Failure| match failure {
            Failure::Configuration(more) => {
                problems.extend(more);
                Ok(())
            }
            failure @ Failure::No(_) => Err(failure),
        };
        let anchors = self.trust.anchors().map_err(&mut keep);
        let identity = self.identity().map_err(&mut keep);
        match (target, listen, token, anchors, identity) {
            (Ok(target), Ok(listen), Ok(token), Ok(anchors), Ok((presented, watched))) => {
                Ok(Plan {
                    target,
                    listen,
                    token,
                    presented,
                    watched,
                    trust: Trust {
                        anchors,
                        anchors_only: self.trust.only(),
                    },
                })
            }
            (_, _, _, Err(Err(failure)), _) | (_, _, _, _, Err(Err(failure))) => Err(failure),
            _ => Err(Failure::Configuration(problems)),
        }
    }

    fn identity(&self) -> Result<(Presented, Watched), Failure> {
        let file = IdentityFile::read(&self.certificate)?;
        let select = self.select.as_deref();
        let unlocked = file.unlock(&self.password, select)?;
        let refused = |text: String| Failure::from(Problem::new(file.name(), text));
        let (identity, password) = unlocked.map_err(|error| refused(explained(&error)))?;
        let presented = Presented::new(identity).map_err(|error| refused(unusable(&error)))?;
        let watched = Watched::new(&self.certificate, file.digest(), password, select);
        Ok((presented, watched))
    }
}

fn unusable(error: &ErrorStack) -> String {
    format!("expected an identity that OpenSSL can use, found: {error}; export it again")
}

/// The app's address, without a path.
fn app_of(url: &str) -> Result<Target, Problem> {
    let target = Target::parse(url)?;
    match target.path.as_str() {
        "/" => Ok(target),
        _ => Err(Problem::new(
            "URL",
            "expected the app's address alone, found a path or a query; leave it out, since requests keep their own",
        )),
    }
}

async fn serve(plan: Plan, journal: &Arc<Journal>) -> Result<ExitCode, Failure> {
    let unusable = |error: ErrorStack| Failure::No(unusable(&error));
    let app = App::new(plan.target, plan.trust, plan.presented).map_err(unusable)?;
    let app = Arc::new(app);
    let listeners = plan.listen.bind().await?;
    let port = listeners.port;
    greet(journal, &app, &plan.listen, port, plan.token.is_some());
    let passing = Passing::new(
        Arc::clone(&app),
        Door::new(port, plan.token),
        Arc::clone(journal),
    );
    let passing = Arc::new(passing);
    let trying = Arc::clone(&passing);
    tokio::spawn(async move { trying.try_out().await });
    tokio::select! {
        () = certificate::watch(plan.watched, &passing) => {}
        () = server::serve(listeners, &passing, asked_to_stop()) => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Says what forwards where, and as whom.
fn greet(journal: &Journal, app: &App, listen: &Listen, port: u16, has_token: bool) {
    let (url, target) = (listen.url(port), app.url());
    let current = app.current();
    let presented = &current.presented;
    let event = json!({
        "event": "ready",
        "url": url,
        "app": target,
        "certificate": presented.thumbprint().to_string(),
        "notAfter": presented.not_after(),
    });
    let who = match has_token {
        true => "Programs that send Mtls-Connect-Token can call with this certificate.",
        false => {
            "Any program on this machine can call with this certificate; --token-env asks for more."
        }
    };
    let text = format!(
        "{url} -> {target}\npresents {}, valid until {}\n{who} Ctrl-C stops it. Requests:\n",
        presented.described(),
        presented.not_after()
    );
    journal.ready(&event, &text);
}
