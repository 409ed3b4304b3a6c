//! A run: one handler after the other, as its files change.

mod scope;
mod watcher;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Local;
use super::ending;
use super::greeting::Greeting;
use super::prepared::Prepared;
use crate::build::Built;
use crate::failure::Failure;
use crate::handler_process::HandlerProcess;
use crate::journal::Journal;
use crate::stand_in::{CurrentStandIn, StandIn};

use scope::{Change, Kind, Scope};
use watcher::Watcher;

/// Keeps a handler running, by the files of this moment.
pub(super) struct Run<'a> {
    local: &'a Local,
    journal: Arc<Journal>,
    prepared: Prepared,
    handler: Arc<HandlerProcess>,
    stand_in: Arc<CurrentStandIn>,
    /// The port of the front end.
    port: u16,
    /// `None` where the system watches no files.
    watcher: Option<Watcher>,
    /// Names that have been named, where nothing is started anew.
    named: BTreeSet<String>,
    /// Whether the next handler is another one whatever the build makes: the configuration was edited, or no handler runs.
    is_due: bool,
    state: State,
}

/// What has been said of the present handler.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Starting,
    Ready,
    Gone,
}

impl<'a> Run<'a> {
    /// Starts the first handler.
    ///
    /// # Errors
    ///
    /// No free port.
    pub(super) fn start(
        local: &'a Local,
        prepared: Prepared,
        port: u16,
        journal: &Arc<Journal>,
    ) -> Result<Self, Failure> {
        let handler = HandlerProcess::start(prepared.launch()?, journal.clone());
        let handler = Arc::new(handler);
        let stand_in = stand_in(&prepared, &handler, journal);
        Ok(Self {
            stand_in: Arc::new(CurrentStandIn::new(stand_in)),
            watcher: Watcher::new(Scope::of(local, &prepared))
                .map_err(|error| journal.note(&format!("changes of files are not seen: {error}")))
                .ok(),
            local,
            journal: journal.clone(),
            prepared,
            handler,
            port,
            named: BTreeSet::new(),
            is_due: false,
            state: State::Starting,
        })
    }

    /// Where requests go.
    pub(super) fn stand_in(&self) -> Arc<CurrentStandIn> {
        self.stand_in.clone()
    }

    /// Asks the present handler to end, and waits for it.
    pub(super) async fn stop(&self) {
        self.handler.stop().await;
    }

    /// Runs until the handler is gone for good; with `--watch`, a change may bring another one.
    pub(super) async fn keep(&mut self) -> Failure {
        let mut is_first = true;
        loop {
            let changes = async {
                match &mut self.watcher {
                    Some(watcher) => watcher.changes().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                ready = self.handler.ready(), if self.state == State::Starting => {
                    if ready {
                        self.state = State::Ready;
                        self.announce(is_first);
                        is_first = false;
                    }
                }
                ended = self.handler.ended(), if self.state != State::Gone => {
                    (self.state, self.is_due) = (State::Gone, true);
                    let failure = ending::failure(ended);
                    if !self.local.watch {
                        return failure;
                    }
                    self.journal.note(&format!("{failure}\nThe next change starts it again."));
                }
                changes = changes => {
                    self.follow(changes).await;
                }
            }
        }
    }

    fn announce(&self, is_first: bool) {
        if is_first {
            let greeting = Greeting::new(self.port, &self.prepared);
            self.journal.ready(&greeting.event(), &greeting.text());
        } else {
            self.journal.restarted();
        }
    }

    /// Says what has changed, and starts another handler for it where that is asked for.
    async fn follow(&mut self, changes: BTreeSet<Change>) {
        let names = |of: &dyn Fn(&Change) -> bool| {
            let names = changes.iter().filter(|change| of(change));
            names.map(|change| change.name.clone()).collect::<Vec<_>>()
        };
        if !self.local.watch {
            for name in names(&|_| true) {
                if self.named.insert(name.clone()) {
                    self.journal.changed(&[name], "restart or use --watch");
                }
            }
            return;
        }
        // A handler that is gone reads nothing.
        let is_read = |change: &Change| change.kind == Kind::Policy && self.state != State::Gone;
        let policies = names(&is_read);
        if !policies.is_empty() {
            self.journal
                .changed(&policies, "the handler reads it anew by itself");
        }
        let others = names(&|change| !is_read(change));
        if others.is_empty() {
            return;
        }
        let is_configuration = changes
            .iter()
            .any(|change| change.kind == Kind::Configuration);
        self.is_due |= is_configuration;
        self.journal.changed(&others, "starting the handler anew");
        match self.renew().await {
            Ok(true) => {}
            Ok(false) => {
                let text = "The program is the same as before: the handler that runs is kept.";
                self.journal.note(text);
            }
            Err(failure) => {
                let text = format!("{failure}\nThe handler is as it was.");
                self.journal.note(&text);
            }
        }
    }

    /// Reads, builds and starts anew; false where the new handler would be the one that runs.
    async fn renew(&mut self) -> Result<bool, Failure> {
        let mut notes = Vec::new();
        let configuration = self.prepared.configuration(self.local, &mut notes)?;
        let (environment, project, dialect) = configuration;
        let folder = self.prepared.folder.clone();
        let building = self.local.build_in(folder, &project, &environment);
        let built = tokio::task::spawn_blocking(building)
            .await
            .map_err(|error| Failure::No(format!("the build was broken off: {error}")))??;
        let is_same = built.is_some_and(|built: Built| !built.is_new);
        if is_same && !self.is_due {
            return Ok(false);
        }
        for note in notes
            .iter()
            .filter(|note| !self.prepared.notes.contains(note))
        {
            self.journal.note(note);
        }
        self.prepared.environment = environment;
        self.prepared.project = project;
        self.prepared.dialect = dialect;
        // Until another one is started.
        self.is_due = true;
        self.replace()?;
        self.is_due = false;
        if let Some(watcher) = &mut self.watcher {
            watcher.rescope(Scope::of(self.local, &self.prepared));
        }
        Ok(true)
    }

    /// Requests wait for the new handler from now on; it starts once the earlier one has answered its own and is gone.
    fn replace(&mut self) -> Result<(), Failure> {
        let launch = self.prepared.launch()?;
        let (drained, earlier) = (self.stand_in.drained(), self.handler.clone());
        let gone = async move {
            drained.await;
            earlier.stop().await;
        };
        let handler = HandlerProcess::start_after(gone, launch, self.journal.clone());
        self.handler = Arc::new(handler);
        self.state = State::Starting;
        let stand_in = stand_in(&self.prepared, &self.handler, &self.journal);
        self.stand_in.replace(stand_in);
        Ok(())
    }
}

fn stand_in(prepared: &Prepared, handler: &Arc<HandlerProcess>, journal: &Arc<Journal>) -> StandIn {
    StandIn::new(
        prepared.project.clone(),
        &prepared.environment,
        prepared.dialect,
        handler.clone(),
        journal.clone(),
    )
}
