//! The command line of `mtls probe`, and its exit code.

use std::path::PathBuf;
use std::process::ExitCode;

use app_settings::Problem;
use clap::Args;

use super::caller::Caller;
use super::examination::{self, Paths};
use super::identity::Identity;
use super::passwords::CallerPasswords;
use super::target::{Route, Target, is_sendable};
use super::trust::Trust;
use crate::Failure;
use crate::output;

/// Checks a deployed or local app from outside: who gets in, and whether a forged header does
///
/// Calls the secured function without, with the denied and with the allowed certificate, then with the allowed
/// certificate's public part written into X-ARR-ClientCert, and into the headers of other front ends, in many ways. Exit 0 if all is as it should be, 1 if not.
#[derive(Args)]
pub(crate) struct Probe {
    /// The app, as https://app.azurewebsites.net; a path replaces the route prefix /api
    url: String,
    /// A secured function that answers GET
    #[arg(long, value_name = "NAME")]
    function: String,
    /// A public function that answers GET
    #[arg(long, value_name = "NAME")]
    public: Option<String>,
    /// The path of a function with a route of its own, below the prefix or from the first /; may be repeated
    #[arg(long, value_name = "NAME=PATH")]
    route: Vec<Route>,
    /// A certificate with its key that the app admits
    #[arg(long, value_name = "FILE")]
    allowed: PathBuf,
    /// A certificate with its key that the app refuses
    #[arg(long, value_name = "FILE")]
    denied: Option<PathBuf>,
    /// A path prefix of clientCertExclusionPaths, to try ways through; may be repeated
    #[arg(long, value_name = "PATH")]
    excluded: Vec<String>,
    /// PEM with the authority of the server's certificate; for localhost certs/ca.pem is found by itself
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
    /// Where to try plain HTTP: 80 for port 443, else the same port
    #[arg(long, value_name = "PORT")]
    http_port: Option<u16>,
    /// One JSON document instead of a table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    passwords: CallerPasswords,
}

impl Probe {
    /// Makes the checks and prints what they found.
    ///
    /// # Errors
    ///
    /// Configuration, all problems at once; an app that cannot be reached.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let (caller, paths) = self.prepare()?;
        let report = examination::examine(&caller, &paths)?;
        let text = match self.json {
            true => format!("{:#}\n", report.json()),
            false => report.to_string(),
        };
        output::print(&text)?;
        Ok(match report.is_fine() {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(1),
        })
    }

    fn prepare(&self) -> Result<(Caller, Paths), Failure> {
        let mut problems = Vec::new();
        let target = collect(Target::parse(&self.url), &mut problems);
        let paths = target
            .as_ref()
            .and_then(|target| collect(self.paths(target), &mut problems));
        let trust = target.as_ref().and_then(|target| {
            collect(Trust::choose(self.cacert.as_deref(), target), &mut problems)
        });
        let allowed = collect(self.allowed(), &mut problems);
        let denied = collect(self.denied(), &mut problems);
        let (Some(target), Some(paths), Some(trust), Some(allowed), Some(denied)) =
            (target, paths, trust, allowed, denied)
        else {
            return Err(Failure::Configuration(problems));
        };
        let plain_port = self.http_port.unwrap_or_else(|| target.plain_port());
        Ok((
            Caller {
                allowed,
                denied,
                plain_port,
                target,
                trust,
            },
            paths,
        ))
    }

    fn allowed(&self) -> Result<Identity, Failure> {
        Identity::read(&self.allowed, self.passwords.allowed()?.as_ref())
    }

    fn denied(&self) -> Result<Option<Identity>, Failure> {
        let password = self.passwords.denied()?;
        let read = |path: &PathBuf| Identity::read(path, password.as_ref());
        self.denied.as_ref().map(read).transpose()
    }

    fn paths(&self, target: &Target) -> Result<Paths, Failure> {
        let mut problems = self.unknown_routes();
        let secured = collect(target.path(&self.function, &self.route), &mut problems);
        let public = self
            .public
            .as_ref()
            .map(|name| target.path(name, &self.route))
            .transpose();
        let public = collect(public, &mut problems);
        let excluded: Vec<String> = self.excluded.iter().map(|path| from_root(path)).collect();
        problems.extend(excluded.iter().filter(|path| !is_sendable(path)).map(|path| {
            let text = format!("expected visible ASCII characters without #, found {path:?}; percent-encode it");
            Problem::new("--excluded", text)
        }));
        match (secured, public) {
            (Some(secured), Some(public)) if problems.is_empty() => Ok(Paths {
                secured,
                public,
                excluded,
            }),
            _ => Err(Failure::Configuration(problems)),
        }
    }

    /// A route for a function that is not called is a slip of the pen.
    fn unknown_routes(&self) -> Vec<Problem> {
        let called = |name: &str| name == self.function || self.public.as_deref() == Some(name);
        self.route
            .iter()
            .map(Route::function)
            .filter(|name| !called(name))
            .map(|name| {
                let text =
                    format!("expected the function of --function or --public, found {name:?}");
                Problem::new("--route", text)
            })
            .collect()
    }
}

/// App Service compares whole paths.
fn from_root(path: &str) -> String {
    match path.starts_with('/') {
        true => path.to_owned(),
        false => format!("/{path}"),
    }
}

/// The value, or its problems among the others.
fn collect<T>(result: Result<T, impl Into<Failure>>, problems: &mut Vec<Problem>) -> Option<T> {
    match result.map_err(Into::into) {
        Ok(value) => Some(value),
        Err(Failure::Configuration(more)) => {
            problems.extend(more);
            None
        }
        Err(Failure::No(text)) => {
            problems.push(Problem::new("terminal", text));
            None
        }
    }
}
