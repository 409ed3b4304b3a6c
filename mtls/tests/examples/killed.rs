//! The server killed, and the gate killed, both under load: no wrong answer, and nothing left at the end.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::caller::{Answer, Caller};
use crate::example::{Example, Served};
use crate::processes::{count, gate_of, kill, server_of, wait_until};

/// Callers at once, of each kind.
const CALLERS: usize = 3;

/// How often the server is killed.
const KILLS: usize = 3;

/// A route for admitted callers, and what its answers contain when they are right.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    pub(crate) path: &'static str,
    pub(crate) contains: &'static str,
}

/// The server is killed some times, and `mtls` at the end.
pub(crate) fn servers(example: &Example, route: Route) {
    let served = under_load(example, route, &[502, 503], |load| {
        for _ in 0..KILLS {
            let server = server_of(example.path()).unwrap();
            kill(server);
            wait_until("another server", || {
                server_of(example.path()).is_some_and(|id| id != server)
            });
            load.wait_for_more();
        }
    });
    served.running.signal("KILL");
    wait_until("no process is left", || count(example.path()) == 0);
}

/// The gate is killed, once: at the third end of its handler the host stops.
pub(crate) fn gates(example: &Example, route: Route) {
    // The host answers 500 for a handler that it has to start again.
    let served = under_load(example, route, &[500, 502, 503], |_| {
        let (gate, server) = (gate_of(example.path()), server_of(example.path()));
        kill(gate.unwrap());
        wait_until("another gate, and another server", || {
            let (gates, servers) = (gate_of(example.path()), server_of(example.path()));
            gates.is_some() && gates != gate && servers.is_some() && servers != server
        });
    });
    served.running.signal("TERM");
    wait_until("no process is left", || count(example.path()) == 0);
}

/// Serves the example, and does something while callers of both kinds call it and look at every answer. `absent` are the
/// statuses of a server that is not there.
fn under_load(
    example: &Example,
    route: Route,
    absent: &[u16],
    meanwhile: impl FnOnce(&Load),
) -> Served {
    let served = example.start(&[]);
    let load = Load::default();
    thread::scope(|scope| {
        for (caller, is_admitted) in [(served.allowed(), true), (served.denied(), false)] {
            for _ in 0..CALLERS {
                let (caller, load) = (caller.clone(), &load);
                scope.spawn(move || load.call((&caller, is_admitted), route, absent));
            }
        }
        let _stop = Stop(&load);
        load.wait_for_more();
        meanwhile(&load);
        load.wait_for_more();
    });
    served
}

/// Callers that call until they are stopped.
#[derive(Default)]
struct Load {
    stopped: AtomicBool,
    admitted: AtomicUsize,
    refused: AtomicUsize,
}

/// Ends the load, also when the test fails.
struct Stop<'a>(&'a Load);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stopped.store(true, Ordering::Relaxed);
    }
}

impl Load {
    /// Calls, and looks at every answer.
    fn call(&self, (caller, is_admitted): (&Caller, bool), route: Route, absent: &[u16]) {
        while !self.stopped.load(Ordering::Relaxed) {
            let answer = caller.get(route.path);
            match answer.status {
                200 if is_admitted && is_right(&answer, route) => {
                    self.admitted.fetch_add(1, Ordering::Relaxed);
                }
                401 if !is_admitted => {
                    self.refused.fetch_add(1, Ordering::Relaxed);
                }
                status if absent.contains(&status) => {}
                _ => {
                    self.stopped.store(true, Ordering::Relaxed);
                    panic!("admitted: {is_admitted}, {answer:?}");
                }
            }
        }
    }

    /// Waits until callers of both kinds have had answers anew.
    fn wait_for_more(&self) {
        let counts = || [&self.admitted, &self.refused].map(|count| count.load(Ordering::Relaxed));
        let before = counts();
        wait_until("answers to both kinds of callers", || {
            let now = counts();
            assert!(!self.stopped.load(Ordering::Relaxed), "an answer was wrong");
            now[0] > before[0] + CALLERS && now[1] > before[1] + CALLERS
        });
    }
}

fn is_right(answer: &Answer, route: Route) -> bool {
    answer.body.contains(route.contains)
}
