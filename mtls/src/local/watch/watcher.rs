//! Changes of files, a burst at a time.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::mem;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::ModifyKind;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, timeout_at};

use super::scope::{Change, Kind, Scope};

/// How long no file may change for a burst to be over: an editor writes several files within milliseconds.
const QUIET: Duration = Duration::from_millis(300);

/// How long a burst is at most, so that a file that is written all the time delays nothing for ever.
const LONGEST_BURST: Duration = Duration::from_secs(5);

/// Folders that are watched; the system gives each a handle. More are passed over, which a change names.
const MAX_FOLDERS: usize = 8_192;

/// Watches the folders of an app.
pub(super) struct Watcher {
    scope: Scope,
    system: RecommendedWatcher,
    events: UnboundedReceiver<Event>,
    folders: HashSet<PathBuf>,
    burst: Burst,
}

/// What has changed since the last time that somebody asked.
#[derive(Default)]
struct Burst {
    changes: BTreeSet<Change>,
    /// When the first and the last change came.
    span: Option<(Instant, Instant)>,
}

impl Watcher {
    /// Watches what the scope enters.
    ///
    /// # Errors
    ///
    /// What the operating system says.
    pub(super) fn new(scope: Scope) -> notify::Result<Self> {
        let (sender, events) = unbounded_channel();
        let mut watcher = Self {
            system: notify::recommended_watcher(pass_on(sender))?,
            scope,
            events,
            folders: HashSet::new(),
            burst: Burst::default(),
        };
        watcher.watch_all();
        Ok(watcher)
    }

    /// Goes on with another scope.
    pub(super) fn rescope(&mut self, scope: Scope) {
        self.scope = scope;
        self.watch_all();
    }

    /// Waits for changes that count, and until no more come. A caller that gives up loses none of them.
    pub(super) async fn changes(&mut self) -> BTreeSet<Change> {
        loop {
            let event = match self.burst.end() {
                None => self.events.recv().await,
                Some(end) => match timeout_at(end, self.events.recv()).await {
                    Ok(event) => event,
                    Err(_) => return mem::take(&mut self.burst).changes,
                },
            };
            match event {
                Some(event) => self.take(&event),
                // The watcher is ours, and keeps the sender.
                None => std::future::pending().await,
            }
        }
    }

    fn take(&mut self, event: &Event) {
        if event.need_rescan() {
            self.watch_all();
            self.burst.add(Change {
                kind: Kind::Configuration,
                name: "more files than the system can name".to_owned(),
            });
        }
        for path in &event.paths {
            if self.folders.contains(path) {
                // It is gone, or has another name now.
                if !path.is_dir() {
                    self.folders.remove(path);
                    self.lost_folder(path);
                }
            } else if path.is_dir() {
                let mut found = Vec::new();
                self.watch_below(path.clone(), &mut found);
                // Files that were there before the folder was watched.
                let changes = found.iter().filter_map(|file| self.scope.change(file));
                self.burst.extend(changes);
            } else {
                self.burst.extend(self.scope.change(path));
            }
        }
    }

    /// A folder that is no more may have been a function's.
    fn lost_folder(&mut self, path: &Path) {
        if let Ok(below) = path.strip_prefix(&self.scope.folder) {
            let name = format!("{}/", below.display());
            self.burst.add(Change {
                kind: Kind::Configuration,
                name,
            });
        }
    }

    fn watch_all(&mut self) {
        self.watch_below(self.scope.folder.clone(), &mut Vec::new());
        if let Some(folder) = self.scope.policy_folder().map(Path::to_owned) {
            self.watch(folder);
        }
    }

    /// Watches a folder and those below it, and lists their files.
    fn watch_below(&mut self, folder: PathBuf, files: &mut Vec<PathBuf>) {
        let mut waiting = vec![folder];
        while let Some(folder) = waiting.pop() {
            if !self.scope.enters(&folder) || self.folders.len() >= MAX_FOLDERS {
                continue;
            }
            // Before it is read: what comes between is an event.
            self.watch(folder.clone());
            let entries = fs::read_dir(&folder).into_iter().flatten();
            for entry in entries.filter_map(Result::ok) {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => waiting.push(entry.path()),
                    Ok(_) | Err(_) => files.push(entry.path()),
                }
            }
        }
    }

    /// A folder that cannot be watched is one whose changes are not seen; the run goes on.
    fn watch(&mut self, folder: PathBuf) {
        if !self.folders.contains(&folder)
            && self
                .system
                .watch(&folder, RecursiveMode::NonRecursive)
                .is_ok()
        {
            self.folders.insert(folder);
        }
    }
}

impl Burst {
    fn add(&mut self, change: Change) {
        let now = Instant::now();
        let first = self.span.map_or(now, |(first, _)| first);
        self.span = Some((first, now));
        self.changes.insert(change);
    }

    fn extend(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            self.add(change);
        }
    }

    /// When it is over, if nothing more comes.
    fn end(&self) -> Option<Instant> {
        let (first, last) = self.span?;
        Some((last + QUIET).min(first + LONGEST_BURST))
    }
}

/// Passes events on that say that a file or a name is another one. Reading, and rights, change no content.
fn pass_on(sender: UnboundedSender<Event>) -> impl Fn(notify::Result<Event>) {
    move |event| {
        let Ok(event) = event else {
            return;
        };
        let counts = match event.kind {
            EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => false,
            EventKind::Any
            | EventKind::Create(_)
            | EventKind::Modify(_)
            | EventKind::Remove(_)
            | EventKind::Other => true,
        };
        if counts || event.need_rescan() {
            // Nobody listens any more at the end.
            let _ = sender.send(event);
        }
    }
}
