//! A policy document that is a file.

use std::time::Duration;

use app_settings::Problem;
use tokio::task;
use tokio::time::{MissedTickBehavior, interval};

use crate::config::{FileSource, LastLook, Taken};
use crate::signals::Hangups;

use super::in_use::InUse;

/// How often the files are looked at: a change takes effect after two looks, and within two seconds.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// What a look at the files gave.
enum Looked {
    Unchanged,
    Document(Result<Taken, Vec<Problem>>),
    Lists(Taken),
}

/// Watches the document for as long as the handler runs.
///
/// A document that does not load changes nothing: what is wrong with it is reported once, and the policy before it stays in
/// force. Its revocation lists change without it.
pub(super) async fn watch(mut source: FileSource, mut in_use: InUse, mut hangups: Hangups) {
    let mut looks = interval(LOOK_INTERVAL);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = LastLook::default();
    loop {
        let asked = tokio::select! {
            () = hangups.next() => true,
            _ = looks.tick() => false,
            event = in_use.lists.next() => {
                in_use.list_event(event).await;
                continue;
            }
        };
        if asked {
            in_use.lists.fetch_now();
        }
        // A document in a file is there from the start.
        let Some(current) = in_use.taken().cloned() else {
            return;
        };
        let looked = task::spawn_blocking(move || {
            let looked = look(&mut source, &mut last, &current, asked);
            (source, last, looked)
        });
        let Ok((same, seen, looked)) = looked.await else {
            in_use.note("policy-refused", "error", vec![ended().to_string()]);
            return;
        };
        (source, last) = (same, seen);
        match looked {
            Looked::Unchanged => {}
            Looked::Document(Ok(loaded)) => {
                in_use.take(loaded).await;
            }
            Looked::Document(Err(problems)) => {
                in_use.note("policy-refused", "error", Problem::lines(&problems));
            }
            Looked::Lists(loaded) => in_use.take_lists(loaded).await,
        }
    }
}

/// Looks at the files, and loads what has changed; everything if that is asked for.
fn look(source: &mut FileSource, last: &mut LastLook, taken: &Taken, asked: bool) -> Looked {
    let changed = source.look(last);
    if asked || changed.document {
        Looked::Document(source.load())
    } else if changed.lists {
        Looked::Lists(source.load_lists(taken))
    } else {
        Looked::Unchanged
    }
}

/// The document goes with a look that panics, and the policy stays in force.
fn ended() -> Problem {
    Problem::new(
        "the policy document",
        "expected to load it, found a fault of this program: it is not looked at any more; start the handler again, and report the fault",
    )
}
