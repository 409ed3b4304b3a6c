//! The process that the Functions host starts: a builder, and the run of what it built.

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use app_settings::{DeclaredSettings, Environment, Problem};

use crate::functions::Registry;
use crate::ready::Ready;
use crate::report::report;
use crate::server::{Limits, Log};
use crate::setup::Setup;
use crate::start::Start;

/// Runs an app: the functions in its folder, with the implementations in this registry. Everything else is as the
/// Functions host and the app settings say; [`Handler`] changes it.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use functions_handler::functions::{Invocation, Registry, Reply};
///
/// async fn health(_: Invocation) -> Reply {
///     Reply::ok(&"alive")
/// }
///
/// fn main() -> ExitCode {
///     functions_handler::run(Registry::new().public("Health", health))
/// }
/// ```
pub fn run<S>(registry: Registry<S>) -> ExitCode {
    Handler::new().run(registry)
}

/// An app, and what it is run with.
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use app_settings::{DeclaredSettings, Problem};
/// use functions_handler::Handler;
/// use functions_handler::functions::{Invocation, Registry, Reply};
/// use std::sync::Arc;
///
/// struct State {
///     greeting: String,
/// }
///
/// async fn greet(state: Arc<State>, _: Invocation) -> Reply {
///     Reply::ok(&state.greeting)
/// }
///
/// fn main() -> ExitCode {
///     Handler::new()
///         .declare(DeclaredSettings::new(&["GREETING"], &["GREETING"]))
///         .run_with(|start| {
///             let Some(greeting) = start.environment().get("GREETING") else {
///                 return Err(vec![Problem::new("GREETING", "expected a greeting, found nothing; set it")]);
///             };
///             let state = State { greeting: greeting.expose().to_owned() };
///             Ok(Registry::new().with_state(state).public("Greet", greet))
///         })
/// }
/// ```
///
/// Nothing listens before everything is loaded. All problems are reported at once on standard error, and the process exits
/// with 64. It never exits with 0, which hosts before 2026 take for quiet: it ends with 143 or 130 after a drain.
#[derive(Default)]
pub struct Handler {
    setup: Setup,
}

impl Handler {
    /// A handler with the settings of this process, which logs to standard output and ends by a signal.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads app settings and the host's variables from here instead of the process.
    #[must_use]
    pub fn settings(mut self, environment: Environment) -> Self {
        self.setup.environment = Some(environment);
        self
    }

    /// Finds `host.json` and the functions in this folder instead of the one that the host names.
    #[must_use]
    pub fn app_root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.setup.app_root = Some(folder.into());
        self
    }

    /// Writes lines to this log instead of standard output. It is closed when the handler ends.
    #[must_use]
    pub fn log(mut self, log: Log) -> Self {
        self.setup.log = Some(log);
        self
    }

    /// Serves within these limits instead of those that follow from `host.json` and the host's own.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.setup.limits = Some(limits);
        self
    }

    /// Also ends, as after SIGTERM, when this is ready.
    #[must_use]
    pub fn shutdown(mut self, shutdown: impl Future<Output = ()> + Send + 'static) -> Self {
        self.setup.shutdown = Some(Box::pin(shutdown));
        self
    }

    /// Adds settings that the app, or a crate that it uses, reads. An unknown setting with a prefix of the engine's or
    /// of one of these is a start-up error.
    #[must_use]
    pub fn declare(mut self, settings: DeclaredSettings) -> Self {
        self.setup.known.declare(settings);
        self
    }

    /// Loads, listens, serves and drains; the code that the process exits with.
    pub fn run<S>(self, registry: Registry<S>) -> ExitCode {
        self.run_with(|_| Ok(registry))
    }

    /// The same with a registry that is made from the settings in [`Start`]. Its problems are reported together with all
    /// others; a panic is one.
    pub fn run_with<S>(
        self,
        registry: impl FnOnce(&mut Start<'_>) -> Result<Registry<S>, Vec<Problem>>,
    ) -> ExitCode {
        match Ready::load(self.setup, registry) {
            Ok(ready) => ready.serve(),
            Err(problems) => report(&problems),
        }
    }
}

impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handler").finish_non_exhaustive()
    }
}
