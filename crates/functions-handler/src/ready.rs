//! From settings and files to a listening handler: everything is loaded before anything listens.

use std::env;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app_settings::{Environment, Problem};
use futures_util::future::BoxFuture;
use tokio::runtime::{self, Runtime};

use crate::daily::{self, Daily};
use crate::functions::Registry;
use crate::host::contract;
use crate::loaded::Loading;
use crate::log::sum_up;
use crate::report::{report, report_panic};
use crate::server::{App, Log, Timestamp, bind, serve};
use crate::setup::Setup;
use crate::signals::{Hangups, Stop};
use crate::start::{Background, Start};
use crate::start_line::{NoteLine, StartLine};

/// How long the end of the process waits for threads that still run: none does usually, and work that blocks may never end.
const END_TIMEOUT: Duration = Duration::from_millis(250);

/// Everything that serving needs, known to fit together.
pub(crate) struct Ready {
    runtime: Runtime,
    serving: Serving,
}

/// What is served, and how.
struct Serving {
    port: u16,
    app: Arc<App>,
    background: Vec<Background>,
    log: Log,
    shutdown: Option<BoxFuture<'static, ()>>,
    start: StartLine,
    notes: Vec<NoteLine>,
}

impl Ready {
    /// Loads everything.
    ///
    /// # Errors
    ///
    /// Every problem at once.
    pub(crate) fn load<S>(
        setup: Setup,
        registry: impl FnOnce(&mut Start<'_>) -> Result<Registry<S>, Vec<Problem>>,
    ) -> Result<Self, Vec<Problem>> {
        let environment = Arc::new(setup.environment.unwrap_or_else(Environment::of_process));
        let root = setup.app_root.map_or_else(|| app_root(&environment), Ok)?;
        // Files are read while the rest is made.
        let loading = Loading::begin(&environment, &root);
        let log = setup.log.map_or_else(standard_output, Ok)?;
        let mut start = Start {
            environment: &environment,
            app_root: &root,
            log: log.clone(),
            known: setup.known,
            background: Vec::new(),
        };
        let mut problems = Vec::new();
        let mut keep = |more: Vec<Problem>| problems.extend(more);
        let port = port(&environment).map_err(|problem| keep(vec![problem]));
        let registry = made(|| registry(&mut start));
        let runtime = runtime().map_err(|problem| keep(vec![problem]));
        let loaded = loading.wait().map_err(&mut keep);
        let registry = registry.map_err(&mut keep);
        problems.extend(start.known.unknown(&environment));
        problems.extend(start.known.reserved(&environment));
        let (Ok(port), Ok(loaded), Ok(registry), Ok(runtime), true) =
            (port, loaded, registry, runtime, problems.is_empty())
        else {
            return Err(problems);
        };
        let mut background = start.background;
        let (first, notes) = loaded.lines();
        let unused_days = loaded.unused_days();
        let (app, watched) = loaded.app(registry, setup.limits, log.clone())?;
        if let Some(watched) = watched {
            background.push(Box::new(|hangups| Box::pin(watched.run_with(hangups))));
        }
        let daily = Daily::new(Arc::clone(app.guard().audit().usage()), unused_days);
        let named = daily::watch(daily, app.guard().clone(), log.clone(), Timestamp::now);
        background.push(Box::new(|_| Box::pin(named)));
        let summed_up = sum_up(app.guard().audit().clone(), Timestamp::now);
        background.push(Box::new(|_| Box::pin(summed_up)));
        let serving = Serving {
            port,
            app: Arc::new(app),
            background,
            log,
            shutdown: setup.shutdown,
            start: first,
            notes,
        };
        Ok(Self { runtime, serving })
    }

    /// Listens, serves and drains; the code that the process exits with.
    pub(crate) fn serve(self) -> ExitCode {
        panic::set_hook(Box::new(report_panic));
        let Self { runtime, serving } = self;
        let log = serving.log.clone();
        let audit = serving.app.guard().audit().clone();
        let served = runtime.block_on(serving.listen());
        // Threads that end count the requests that they drop.
        runtime.shutdown_timeout(END_TIMEOUT);
        audit.sum_up(Timestamp::now);
        log.close();
        served.map_or_else(|problem| report(&[problem]), ExitCode::from)
    }
}

impl Serving {
    async fn listen(self) -> Result<u8, Problem> {
        let signals = |error| {
            Problem::new(
                "signals",
                format!("expected to receive them, found: {error}"),
            )
        };
        let (mut stop, mut again) = Stop::new()
            .and_then(|stop| Ok((stop, Stop::new()?)))
            .map_err(signals)?;
        let listener = bind(self.port).await.map_err(|error| {
            let text = format!(
                "expected a free port on 127.0.0.1, found {}: {error}; stop what uses it",
                self.port
            );
            Problem::new(contract::PORT_VARIABLE, text)
        })?;
        let hangups = Hangups::new();
        self.log.write(&self.start);
        for note in &self.notes {
            self.log.write(note);
        }
        for work in self.background {
            tokio::spawn(work(hangups.clone()));
        }
        let shutdown = self
            .shutdown
            .unwrap_or_else(|| Box::pin(std::future::pending()));
        let mut code = contract::EXIT_SIGTERM;
        let drained = serve(listener, self.app, async {
            tokio::select! {
                requested = stop.requested() => code = requested,
                () = shutdown => {}
            }
        });
        let second = async {
            again.requested().await;
            again.requested().await;
        };
        // A second request to end does not wait for the drain.
        tokio::select! {
            _ = drained => {}
            () = second => {}
        }
        Ok(code)
    }
}

/// The registry, or a panic on the way to it as a problem.
fn made<S>(
    make: impl FnOnce() -> Result<Registry<S>, Vec<Problem>>,
) -> Result<Registry<S>, Vec<Problem>> {
    panic::catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(|_| {
        let text = "expected it to be made, found a panic, which is shown above; correct the code";
        Err(vec![Problem::new("the registry", text)])
    })
}

fn runtime() -> Result<Runtime, Problem> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| {
        let text = format!("expected threads, found: {error}");
        Problem::new("the runtime", text)
    })
}

fn standard_output() -> Result<Log, Vec<Problem>> {
    Log::start(io::stdout()).map_err(|error| {
        let text = format!("expected a thread to write it, found: {error}");
        vec![Problem::new("the log", text)]
    })
}

/// The app's folder: the host names it; without a host it is the working directory.
fn app_root(environment: &Environment) -> Result<PathBuf, Vec<Problem>> {
    if let Some(root) = environment.get(contract::APP_ROOT_VARIABLE) {
        return Ok(PathBuf::from(root.expose()));
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
    let Some((name, value)) = names
        .into_iter()
        .find_map(|name| Some((name, environment.get(name)?)))
    else {
        return Err(Problem::new(
            contract::PORT_VARIABLE,
            "expected the port that the Functions host sets, found nothing; run mtls local or func start",
        ));
    };
    let port = value.parse().ok().filter(|port| *port != 0);
    port.ok_or_else(|| {
        let text =
            "expected a port from 1 to 65535, found something else; run mtls local or func start";
        Problem::new(name, text)
    })
}
