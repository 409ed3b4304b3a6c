//! The policy document while the handler runs: a file is loaded again when it changes, a URL is fetched again and again, and
//! SIGHUP asks for either at once.

mod file;
mod in_use;
mod line;
mod remote;

use std::fmt;

use tokio::sync::watch;

use crate::config::{PolicySource, Settings, StartedDocument};
use crate::guard::Guard;
use crate::log::{Log, Timestamp, sum_up};
use crate::signals::Hangups;

use in_use::InUse;

/// Keeps the policy of a guard up to date, and sums up calls that have no line of their own, for as long as it runs.
#[must_use = "the policy stays as it was at the start unless this runs, and calls that are counted have no lines"]
pub struct PolicyWatch {
    document: Option<StartedDocument>,
    guard: Guard,
    log: Log,
    /// Calls wait for the first policy until this is dropped.
    first: Option<watch::Sender<()>>,
}

impl PolicyWatch {
    /// A guard as these settings say, which writes its decisions to `log`, and the watch that keeps its policy up to date.
    ///
    /// Where the policy document is at a URL and there is no copy of it, secured calls wait for the first attempt to fetch it,
    /// for ten seconds at most, and are then refused as `policy-unavailable` until it loads.
    ///
    /// ```no_run
    /// use std::{env, io};
    ///
    /// use app_settings::{Environment, Problem};
    /// use functions_handler::PolicyWatch;
    /// use functions_handler::config::Settings;
    /// use functions_handler::server::Log;
    ///
    /// # async fn guard() -> Result<(), Vec<Problem>> {
    /// # let (folder, log) = (env::current_dir().unwrap(), Log::start(io::stdout()).unwrap());
    /// let settings = Settings::load(&Environment::of_process(), &folder)?;
    /// let (guard, watch) = PolicyWatch::from_settings(settings, log);
    /// tokio::spawn(watch.run());
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_settings(mut settings: Settings, log: Log) -> (Guard, Self) {
        let document = settings.document.take();
        let is_awaited = document
            .as_ref()
            .is_some_and(|document| document.taken.is_none());
        let (first, awaited) = is_awaited.then(|| watch::channel(())).unzip();
        let guard = Guard::awaiting(settings, awaited, log.clone());
        let watch = Self {
            document,
            guard: guard.clone(),
            log,
            first,
        };
        (guard, watch)
    }

    /// Runs. It does not end, but at once where the policy is that of the two lists and each call has a line of its own;
    /// dropping it stops it, with a last line about what was counted. It takes over SIGHUP.
    pub async fn run(self) {
        let summed_up = sum_up(self.guard.audit().clone(), Timestamp::now);
        tokio::join!(self.run_with(Hangups::new()), summed_up);
    }

    /// Whether there is anything to watch.
    pub(crate) fn is_needed(&self) -> bool {
        self.document.is_some()
    }

    pub(crate) async fn run_with(self, hangups: Hangups) {
        let Some(StartedDocument {
            source,
            lists,
            taken,
        }) = self.document
        else {
            return;
        };
        let in_use = InUse::new(self.guard, self.log, lists, taken);
        match source {
            PolicySource::File(source) => file::watch(source, in_use, hangups).await,
            PolicySource::Remote(source) => {
                remote::watch(*source, in_use, self.first, hangups).await;
            }
        }
    }
}

impl fmt::Debug for PolicyWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyWatch").finish_non_exhaustive()
    }
}
