//! `mtls call`: one request with our identity, and what the connection showed.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use app_settings::Problem;
use clap::{Args, ValueEnum};
use openssl::ssl::SslVersion;
use outbound_mtls::Identity;
use rustls_pki_types::UnixTime;

use crate::Failure;
use crate::certificate_file::explained;
use crate::identity_file::IdentityFile;
use crate::output;
use crate::password::PasswordArguments;

mod alert;
mod certificate_messages;
mod connection;
mod exchange;
mod handshake;
mod interruption;
mod meaning;
mod plan;
mod record_key;
mod recorder;
mod refusal;
mod report;
mod report_text;
mod request;
mod response;
mod target;
mod trust;

pub(crate) use connection::{ClientSide, ClientTls, TlsStream, listen, open};
pub(crate) use handshake::Handshake;
pub(crate) use interruption::{Interruption, Phase};
pub(crate) use meaning::Meaning;
use plan::Plan;
pub(crate) use recorder::Recorder;
pub(crate) use report::{REFUSED_BY_STATUS, REFUSING_STATUSES};
use request::RequestArguments;
pub(crate) use target::Target;
pub(crate) use trust::TrustArguments;

/// Call a service that demands a client certificate, and show what happened
///
/// The handler's own loader reads the file, and the connection is made as the handler makes it. Shown are the answer,
/// the TLS version and cipher, the server's certificates, which certificates the server asked for and which were sent,
/// as they went over the wire; and if a handshake is refused, by whom and what that usually means.
/// Exit 0 for a status of 200 to 299, 1 for anything else. Redirects are not followed, proxies are not used.
#[derive(Args)]
pub(crate) struct Call {
    /// What to call, as https://partner.example/api
    url: String,

    /// PKCS#12 or PEM with our key and chain; by default no certificate is presented
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,

    #[command(flatten)]
    password: PasswordArguments,

    /// Which of several identities, by thumbprint or friendly name
    #[arg(long, value_name = "THUMBPRINT|NAME", requires = "identity")]
    select: Option<String>,

    #[command(flatten)]
    trust: TrustArguments,

    #[command(flatten)]
    request: RequestArguments,

    /// This version of TLS and no other
    #[arg(long, value_name = "VERSION")]
    tls: Option<TlsVersion>,

    /// Seconds for the whole call
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    timeout: u64,

    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

/// The versions that the handler speaks.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum TlsVersion {
    #[value(name = "1.2")]
    Tls12,
    #[value(name = "1.3")]
    Tls13,
}

impl TlsVersion {
    fn to_openssl(self) -> SslVersion {
        match self {
            Self::Tls12 => SslVersion::TLS1_2,
            Self::Tls13 => SslVersion::TLS1_3,
        }
    }
}

impl Call {
    /// Makes the call and prints the report, with validity as of `now`.
    ///
    /// # Errors
    ///
    /// All mistakes in the command line and its files at once; a report that cannot be written.
    pub(crate) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        let plan = self.plan()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::No(format!("the runtime could not start: {error}")))?;
        let report = runtime.block_on(exchange::run(plan, now));
        // A name look-up that is still running would delay the report.
        runtime.shutdown_background();
        let report = report?;
        if self.json {
            output::print_json(&report)?;
        } else {
            output::print(&report.to_string())?;
        }
        Ok(ExitCode::from(u8::from(!report.is_success())))
    }

    fn plan(&self) -> Result<Plan, Failure> {
        let mut problems = Vec::new();
        let identity = keep(self.identity(), &mut problems)?;
        let anchors = keep(self.trust.anchors(), &mut problems)?;
        let request = self.request.parse().map_err(|more| problems.extend(more));
        let target = Target::parse(&self.url).map_err(|problem| problems.push(problem));
        match (target, request) {
            (Ok(target), Ok(request)) if problems.is_empty() => Ok(Plan {
                target,
                identity: identity.flatten(),
                anchors: anchors.unwrap_or_default(),
                anchors_only: self.trust.only(),
                version: self.tls.map(TlsVersion::to_openssl),
                request,
                timeout: Duration::from_secs(self.timeout),
            }),
            _ => Err(Failure::Configuration(problems)),
        }
    }

    fn identity(&self) -> Result<Option<Identity>, Failure> {
        let Some(path) = &self.identity else {
            if self.password.given()?.is_some() {
                let text = "expected --identity beside it, found none; name the file, or leave the password out";
                return Err(Problem::new("--password", text).into());
            }
            return Ok(None);
        };
        let file = IdentityFile::read(path)?;
        match file.load(&self.password, self.select.as_deref())? {
            Ok(identity) => Ok(Some(identity)),
            Err(error) => Err(Problem::new(file.name(), explained(&error)).into()),
        }
    }
}

/// Collects problems, so that all are reported at once; any other failure ends the command.
fn keep<T>(result: Result<T, Failure>, problems: &mut Vec<Problem>) -> Result<Option<T>, Failure> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Failure::Configuration(more)) => {
            problems.extend(more);
            Ok(None)
        }
        Err(failure @ Failure::No(_)) => Err(failure),
    }
}
