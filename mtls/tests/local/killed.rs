//! The handler that is deployed, killed under load behind a proxying host.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::caller::Caller;
use crate::processes::{kill, server_of, wait_until};
use crate::project::Project;

/// Callers at once.
const CALLERS: usize = 3;

/// How often it is killed: the third time within half an hour ends the host.
const KILLS: usize = 2;

#[test]
fn no_get_is_lost_when_the_handler_is_killed_under_load_and_it_is_back_on_its_port() {
    let project = Project::real();
    let running = project.start(&["--host", "proxying"]);
    let (stopped, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let call = |caller: &Caller, path: &str, status: u16| {
        while !stopped.load(Ordering::Relaxed) {
            let answer = caller.get(path);
            assert_eq!(answer.status, status, "{path}: {answer:?}");
            answered.fetch_add(1, Ordering::Relaxed);
        }
    };
    let more = || {
        let before = answered.load(Ordering::Relaxed);
        wait_until("more answers", || {
            answered.load(Ordering::Relaxed) > before + 10 * CALLERS
        });
    };
    let (public, admitted) = (running.caller(), running.caller().named("allowed"));
    thread::scope(|scope| {
        let _stop = Stop(&stopped);
        for _ in 0..CALLERS {
            scope.spawn(|| call(&public, "/api/PublicFunction", 200));
            scope.spawn(|| call(&admitted, "/api/SecuredFunction", 200));
            scope.spawn(|| call(&public, "/api/SecuredFunction", 401));
        }
        more();
        for _ in 0..KILLS {
            let folder = project.folder.path();
            let id = server_of(folder).unwrap();
            kill(id);
            wait_until("another handler", || {
                server_of(folder).is_some_and(|other| other != id)
            });
            more();
        }
    });
}

/// Ends the load, also when the test fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
