//! From the environment to a listening handler: everything is loaded before anything listens.

use std::env;
use std::fmt;
use std::io::{self, Write as _};
use std::panic;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use app_settings::{DeclaredSettings, Environment, KnownSettings, Problem};
use client_cert::{Rule, rfc3339};
use futures_util::future::BoxFuture;
use http::StatusCode;
use serde::Serialize;
use tokio::runtime;
use tokio::sync::watch;

use crate::config::{self, AppRoot, Settings};
use crate::functions::Registry;
use crate::host::{Function, Marker, contract};
use crate::server::{App, Limits, Log, Refusals, Timestamp, bind, serve};
use crate::stop::Stop;

/// A handler: the process that the Functions host starts.
#[derive(Debug)]
pub struct Handler {
    known: KnownSettings,
}

impl Handler {
    /// A handler with the settings of this process.
    pub fn new() -> Self {
        Self {
            known: KnownSettings::new([config::DECLARED]),
        }
    }

    /// Adds settings that the app, or a crate that it uses, reads. An unknown setting with a prefix of the engine's or
    /// of one of these is a start-up error.
    #[must_use]
    pub fn declare(mut self, settings: DeclaredSettings) -> Self {
        self.known.declare(settings);
        self
    }

    /// Loads, listens, serves and drains; the code that the process exits with.
    ///
    /// `registry` makes the implementations, from the settings that it finds in [`Start`]. Its problems are reported
    /// together with all others.
    pub fn run(
        self,
        registry: impl FnOnce(&mut Start<'_>) -> Result<Registry, Vec<Problem>>,
    ) -> ExitCode {
        let environment = Environment::of_process();
        match load(&environment, &self.known, registry) {
            Ok(ready) => ready.serve(),
            Err(problems) => report(&problems),
        }
    }
}

impl Default for Handler {
    fn default() -> Self {
        Self::new()
    }
}

/// What an app's own parts are made from when the handler starts.
pub struct Start<'a> {
    environment: &'a Environment,
    app_root: &'a Path,
    log: Log,
    background: Vec<Background>,
}

/// Work beside the requests, begun once the handler listens.
type Background = Box<dyn FnOnce(Hangups) -> BoxFuture<'static, ()> + Send>;

impl Start<'_> {
    /// App settings and the host's variables.
    pub fn environment(&self) -> &Environment {
        self.environment
    }

    /// The app's folder.
    pub fn app_root(&self) -> &Path {
        self.app_root
    }

    /// Where lines of the app's own go.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Work beside the requests: begun once the handler listens, and dropped when it ends.
    pub fn in_background<F, W>(&mut self, work: F)
    where
        F: FnOnce(Hangups) -> W + Send + 'static,
        W: Future<Output = ()> + Send + 'static,
    {
        self.background
            .push(Box::new(move |hangups| Box::pin(work(hangups))));
    }
}

impl fmt::Debug for Start<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start").finish_non_exhaustive()
    }
}

/// The signals SIGHUP of this process, which ask to load again what may have changed.
#[derive(Clone, Debug)]
pub struct Hangups(watch::Receiver<()>);

impl Hangups {
    /// Waits for the next one. Where there is no such signal, it never comes.
    pub async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Everything that serving needs, known to fit together.
struct Ready {
    port: u16,
    app: Arc<App>,
    background: Vec<Background>,
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

fn load(
    environment: &Environment,
    known: &KnownSettings,
    registry: impl FnOnce(&mut Start<'_>) -> Result<Registry, Vec<Problem>>,
) -> Result<Ready, Vec<Problem>> {
    let root = app_root(environment)?;
    let log = Log::start(io::stdout()).map_err(|error| {
        vec![Problem::new(
            "the log",
            format!("expected a thread to write it, found: {error}"),
        )]
    })?;
    let mut start = Start {
        environment,
        app_root: &root,
        log: log.clone(),
        background: Vec::new(),
    };
    let mut problems = known.unknown(environment);
    problems.extend(known.reserved(environment));
    let mut keep = |more: Vec<Problem>| problems.extend(more);
    let port = port(environment).map_err(|problem| keep(vec![problem]));
    let settings = Settings::load(environment, &root).map_err(&mut keep);
    let app_root = AppRoot::load(&root, environment).map_err(&mut keep);
    let registry = registry(&mut start).map_err(&mut keep);
    match (port, settings, app_root, registry) {
        (Ok(port), Ok(settings), Ok(app_root), Ok(registry)) if problems.is_empty() => {
            let background = start.background;
            assemble(port, settings, app_root, registry, log, background)
        }
        _ => Err(problems),
    }
}

fn assemble(
    port: u16,
    settings: Settings,
    app_root: AppRoot,
    registry: Registry,
    log: Log,
    background: Vec<Background>,
) -> Result<Ready, Vec<Problem>> {
    let start = StartLine::new(&settings, &app_root);
    let notes = notes(&settings, app_root.routes.functions());
    let status =
        StatusCode::from_u16(settings.denied_status.code()).unwrap_or(StatusCode::UNAUTHORIZED);
    let limits = Limits::new(settings.body_bytes, app_root.host.function_timeout);
    let app = App::new(
        app_root.routes,
        &app_root.disabled,
        registry,
        settings.policy,
        Refusals::new(status),
        log.clone(),
    )?
    .within(limits);
    Ok(Ready {
        port,
        app: Arc::new(app),
        background,
        log,
        start,
        notes,
    })
}

impl StartLine {
    fn new(settings: &Settings, app_root: &AppRoot) -> Self {
        let policy = &settings.policy;
        let pins = policy.rules().filter(|rule| matches!(rule, Rule::Pin(_)));
        let pins = pins.count();
        let anchors = policy.domains().iter().map(|domain| domain.anchors().len());
        Self {
            time: Timestamp::now(),
            event: "start",
            version: env!("CARGO_PKG_VERSION"),
            front_end: policy.front_end().to_string(),
            pins,
            common_names: policy.rules().count().saturating_sub(pins),
            trust_anchors: anchors.sum(),
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
            route: function.http().map(|http| http.route.text().to_owned()),
            public: function.http().is_some_and(|http| http.marker.is_public()),
        }
    }
}

/// From how many days before its end an authority is reported at a start. Replacing one takes its callers along.
const EARLY_DAYS: i64 = 30;

/// What an operator should know although everything is valid.
fn notes(settings: &Settings, functions: &[Function]) -> Vec<String> {
    let now = Timestamp::now().instant();
    let domains = settings.policy.domains();
    let anchors = domains
        .iter()
        .flat_map(|domain| domain.anchors())
        .map(|anchor| (anchor.subject(), anchor.validity()));
    let intermediates = domains
        .iter()
        .flat_map(|domain| domain.intermediates())
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
    let roles = functions.iter().filter(|function| {
        function
            .http()
            .is_some_and(|http| matches!(http.marker, Marker::Roles(_)))
    });
    let roles = roles.map(|function| {
        format!(
            "{} requires roles, and callers of the lists have none: it refuses everyone",
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
                    format!("expected threads, found: {error}"),
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
                    format!("expected to receive them, found: {error}"),
                )]);
            }
        };
        let listener = match bind(self.port).await {
            Ok(listener) => listener,
            Err(error) => {
                let text = format!(
                    "expected a free port on 127.0.0.1, found {}: {error}; stop what uses it",
                    self.port
                );
                return report(&[Problem::new(contract::PORT_VARIABLE, text)]);
            }
        };
        let hangups = hangups();
        self.log.write(&self.start);
        for text in self.notes {
            self.log.write(&NoteLine {
                time: Timestamp::now(),
                event: "note",
                level: "warning",
                text,
            });
        }
        for work in self.background {
            tokio::spawn(work(hangups.clone()));
        }
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

/// Takes over SIGHUP at once: by default it would end the process.
#[cfg(unix)]
fn hangups() -> Hangups {
    use tokio::signal::unix::{SignalKind, signal};
    let (sender, receiver) = watch::channel(());
    if let Ok(mut hangup) = signal(SignalKind::hangup()) {
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                sender.send_replace(());
            }
        });
    }
    Hangups(receiver)
}

#[cfg(not(unix))]
fn hangups() -> Hangups {
    Hangups(watch::channel(()).1)
}

/// The app's folder: the host names it; without a host it is the working directory.
fn app_root(environment: &Environment) -> Result<PathBuf, Vec<Problem>> {
    if let Some(root) = environment.get(contract::APP_ROOT_VARIABLE) {
        return Ok(PathBuf::from(root));
    }
    env::current_dir().map_err(|error| {
        vec![Problem::new(
            contract::APP_ROOT_VARIABLE,
            format!("expected it or a working directory, found: {error}; set it"),
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
            "expected the port that the Functions host sets, found nothing; run mtls local or func start",
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
                    "expected a port from 1 to 65535, found {:?}; run mtls local or func start",
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
