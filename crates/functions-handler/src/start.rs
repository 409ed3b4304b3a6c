//! From the environment to a listening handler: everything is loaded before anything listens.

use std::env;
use std::io::{self, Write as _};
use std::panic;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use handler::Problem;
use handler::auth::rfc3339;
use handler::config::{AppRoot, Environment, Settings};
use handler::functions::registry;
use handler::host::{Function, Marker, contract};
use handler::outbound::OutboundSettings;
use handler::server::{App, Limits, Log, Refusals, Timestamp, bind, serve};
use http::StatusCode;
use serde::Serialize;
use tokio::runtime;

use crate::outgoing::{self, Outgoing};
use crate::stop::Stop;

/// Loads, listens, serves and drains; the code that the process exits with.
pub(super) fn run() -> ExitCode {
    let environment = Environment::of_process();
    match load(&environment) {
        Ok(ready) => ready.serve(),
        Err(problems) => report(&problems),
    }
}

/// Everything that serving needs, known to fit together.
struct Ready {
    port: u16,
    app: Arc<App>,
    outgoing: Outgoing,
    log: Log,
    start: StartLine,
    notes: Vec<String>,
}

/// The first line of the log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StartLine {
    time: Timestamp,
    event: &'static str,
    version: &'static str,
    front_end: String,
    pins: usize,
    common_names: usize,
    trust_anchors: usize,
    functions: Vec<FunctionFields>,
    disabled: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FunctionFields {
    name: String,
    route: Option<String>,
    public: bool,
}

#[derive(Serialize)]
struct NoteLine {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    text: String,
}

fn load(environment: &Environment) -> Result<Ready, Vec<Problem>> {
    let root = app_root(environment)?;
    let mut problems = Vec::new();
    let mut keep = |more: Vec<Problem>| problems.extend(more);
    let port = port(environment).map_err(|problem| keep(vec![problem]));
    let settings = Settings::load(environment, &root).map_err(&mut keep);
    let app_root = AppRoot::load(&root, environment).map_err(&mut keep);
    let outgoing = outgoing::settings(environment, &root).map_err(&mut keep);
    match (port, settings, app_root, outgoing) {
        (Ok(port), Ok(settings), Ok(app_root), Ok(outgoing)) => {
            assemble(port, settings, app_root, outgoing)
        }
        _ => Err(problems),
    }
}

fn assemble(
    port: u16,
    settings: Settings,
    app_root: AppRoot,
    outgoing: Option<OutboundSettings>,
) -> Result<Ready, Vec<Problem>> {
    let log = Log::start(io::stdout()).map_err(|error| {
        vec![Problem::new(
            "the log",
            format!("expected a thread to write it, seen: {error}"),
        )]
    })?;
    let start = StartLine::new(&settings, &app_root);
    let notes = notes(&settings, app_root.routes.functions());
    let status =
        StatusCode::from_u16(settings.denied_status.code()).unwrap_or(StatusCode::UNAUTHORIZED);
    let outgoing = Outgoing::new(outgoing, &log);
    let limits = Limits::new(settings.body_bytes, app_root.host.function_timeout);
    let app = App::new(
        app_root.routes,
        &app_root.disabled,
        registry(outgoing.calls()),
        settings.policy,
        Refusals::new(status),
        log.clone(),
    )?
    .within(limits);
    Ok(Ready {
        port,
        app: Arc::new(app),
        outgoing,
        log,
        start,
        notes,
    })
}

impl StartLine {
    fn new(settings: &Settings, app_root: &AppRoot) -> Self {
        let rules = settings.policy.rules();
        Self {
            time: Timestamp::now(),
            event: "start",
            version: env!("CARGO_PKG_VERSION"),
            front_end: rules.front_end.to_string(),
            pins: rules.pins.len(),
            common_names: rules.common_names.len(),
            trust_anchors: rules.trust.anchors().len(),
            functions: app_root
                .routes
                .functions()
                .iter()
                .map(FunctionFields::new)
                .collect(),
            disabled: app_root.disabled.clone(),
        }
    }
}

impl FunctionFields {
    fn new(function: &Function) -> Self {
        Self {
            name: function.name.clone(),
            route: function.route.as_ref().map(|route| route.text().to_owned()),
            public: function.marker.is_public(),
        }
    }
}

/// From how many days before its end an authority is reported at a start. Replacing one takes its callers along.
const EARLY_DAYS: i64 = 30;

/// What an operator should know although everything is valid.
fn notes(settings: &Settings, functions: &[Function]) -> Vec<String> {
    let now = Timestamp::now().instant();
    let trust = &settings.policy.rules().trust;
    let anchors = trust
        .anchors()
        .iter()
        .map(|anchor| (anchor.subject(), anchor.validity()));
    let intermediates = trust
        .intermediates()
        .iter()
        .map(|authority| (authority.subject(), authority.validity()));
    let ending = anchors
        .chain(intermediates)
        .filter_map(|(subject, validity)| {
            let end = rfc3339(validity.not_after);
            if !validity.contains(now) {
                Some(format!(
                    "the authority {subject} is not valid now: no name counts under it"
                ))
            } else if validity.days_left(now) < EARLY_DAYS {
                Some(format!(
                    "the authority {subject} ends at {end}: from then on no name counts under it"
                ))
            } else {
                None
            }
        });
    let roles = functions
        .iter()
        .filter(|function| matches!(function.marker, Marker::Roles(_)));
    let roles = roles.map(|function| {
        format!(
            "{} asks for roles, and no rule grants one yet: it refuses everyone",
            function.name
        )
    });
    settings
        .notes
        .iter()
        .cloned()
        .chain(ending)
        .chain(roles)
        .collect()
}

impl Ready {
    fn serve(self) -> ExitCode {
        panic::set_hook(Box::new(report_panic));
        let runtime = match runtime::Builder::new_multi_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                return report(&[Problem::new(
                    "the runtime",
                    format!("expected threads, seen: {error}"),
                )]);
            }
        };
        let log = self.log.clone();
        let code = runtime.block_on(self.listen());
        runtime.shutdown_background();
        log.close();
        code
    }

    async fn listen(self) -> ExitCode {
        let (mut stop, mut again) = match Stop::new().and_then(|stop| Ok((stop, Stop::new()?))) {
            Ok(both) => both,
            Err(error) => {
                return report(&[Problem::new(
                    "signals",
                    format!("expected to receive them, seen: {error}"),
                )]);
            }
        };
        let listener = match bind(self.port).await {
            Ok(listener) => listener,
            Err(error) => {
                let text = format!(
                    "expected a free port on 127.0.0.1, seen {}: {error}; stop what uses it",
                    self.port
                );
                return report(&[Problem::new(contract::PORT_VARIABLE, text)]);
            }
        };
        let freshness = self.outgoing.keep_fresh();
        self.log.write(&self.start);
        for text in self.notes {
            self.log.write(&NoteLine {
                time: Timestamp::now(),
                event: "note",
                level: "warning",
                text,
            });
        }
        tokio::spawn(freshness);
        let mut code = contract::EXIT_SIGTERM;
        let drained = serve(listener, self.app, async { code = stop.requested().await });
        let impatient = async {
            again.requested().await;
            again.requested().await;
        };
        // A second request to end does not wait for the drain.
        tokio::select! {
            _ = drained => {}
            () = impatient => {}
        }
        ExitCode::from(code)
    }
}

/// The app's folder: the host names it; without a host it is the working directory.
fn app_root(environment: &Environment) -> Result<PathBuf, Vec<Problem>> {
    if let Some(root) = environment.get(contract::APP_ROOT_VARIABLE) {
        return Ok(PathBuf::from(root));
    }
    env::current_dir().map_err(|error| {
        vec![Problem::new(
            contract::APP_ROOT_VARIABLE,
            format!("expected it or a working directory, seen: {error}; set it"),
        )]
    })
}

fn port(environment: &Environment) -> Result<u16, Problem> {
    let names = [contract::PORT_VARIABLE, contract::LEGACY_PORT_VARIABLE];
    let Some((name, text)) = names
        .into_iter()
        .find_map(|name| Some((name, environment.get(name)?)))
    else {
        return Err(Problem::new(
            contract::PORT_VARIABLE,
            "expected the port that the Functions host sets, seen nothing; run mtls local or func start",
        ));
    };
    text.trim()
        .parse()
        .ok()
        .filter(|port| *port != 0)
        .ok_or_else(|| {
            Problem::new(
                name,
                format!(
                    "expected a port from 1 to 65535, seen {:?}; run mtls local or func start",
                    text.trim()
                ),
            )
        })
}

/// All problems at once, one line each, where the host and `mtls local` show them.
///
/// Nobody may read standard error: that is no reason to panic, here or below.
fn report(problems: &[Problem]) -> ExitCode {
    let mut lines = io::stderr().lock();
    for problem in problems {
        let _ = writeln!(lines, "{problem}");
    }
    ExitCode::from(contract::EXIT_CONFIGURATION)
}

/// Where a panic happened. What it says is left out: it may quote anything.
fn report_panic(panic: &panic::PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(|place| format!(" at {}:{}", place.file(), place.line()));
    let _ = writeln!(io::stderr().lock(), "panic{}", place.unwrap_or_default());
}
