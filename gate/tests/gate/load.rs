//! What callers get while the server, or the gate itself, is killed.

use std::io::Write as _;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use test_support::process::{Answer, PATIENCE};

use crate::app::{Gated, SECURED, lines, pid};
use crate::life::{is_running, until_gone};
use crate::trials;

trials!(
    every_call_is_answered_and_none_wrongly_while_the_server_is_killed,
    no_answer_is_wrong_and_nothing_is_left_when_we_are_killed_under_load,
);

const CALLERS: usize = 8;

/// Callers that call until they are stopped, or until the gate is gone.
struct Load {
    stop: Arc<AtomicBool>,
    /// How many calls the server has answered.
    answered: Arc<AtomicUsize>,
    callers: Vec<JoinHandle<()>>,
}

impl Load {
    /// Each call has a target of its own, which its answer repeats. Without an answer only the gate may be gone.
    fn begin(gated: &Gated, is_gate_killed: bool) -> Self {
        let (stop, answered) = (Arc::default(), Arc::default());
        let callers = (0..CALLERS).map(|caller| {
            let (stop, answered) = (Arc::clone(&stop), Arc::clone(&answered));
            let mut stream = gated.handler.connect();
            let certificate = gated.caller.header();
            thread::spawn(move || {
                for number in 0.. {
                    if AtomicBool::load(&stop, Ordering::Relaxed) {
                        return;
                    }
                    let target = format!("{SECURED}?{caller}-{number}");
                    let request = format!(
                        "GET {target} HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {certificate}\r\n\r\n"
                    );
                    let sent = stream.write_all(request.as_bytes());
                    let answer = sent.ok().and_then(|()| Answer::read(&mut stream));
                    let Some(answer) = answer else {
                        assert!(is_gate_killed, "a call without an answer");
                        return;
                    };
                    let text = String::from_utf8_lossy(&answer.body).into_owned();
                    match answer.status {
                        200 => {
                            assert!(text.contains(&format!("GET {target} HTTP/1.1")), "{target}: {text}");
                            AtomicUsize::fetch_add(&answered, 1, Ordering::Relaxed);
                        }
                        502 | 503 => assert!(text.contains("invocationId"), "{text}"),
                        other => panic!("{other}: {text}"),
                    }
                }
            })
        });
        let callers = callers.collect();
        Self {
            stop,
            answered,
            callers,
        }
    }

    fn wait_for(&self, more: usize) {
        let wanted = self.answered.load(Ordering::Relaxed) + more;
        let end = Instant::now() + PATIENCE;
        while self.answered.load(Ordering::Relaxed) < wanted {
            assert!(Instant::now() < end, "no more answers");
            thread::yield_now();
        }
    }

    fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        for caller in self.callers {
            caller.join().unwrap();
        }
    }
}

fn kill(pid: u32) {
    let status = Command::new("kill")
        .args(["-KILL", &pid.to_string()])
        .status();
    assert!(status.unwrap().success());
}

fn every_call_is_answered_and_none_wrongly_while_the_server_is_killed() {
    let gated = Gated::start("echo", &[]);
    let mut killed = Vec::new();
    let load = Load::begin(&gated, false);
    for _ in 0..3 {
        load.wait_for(100);
        let server = pid(&gated.secured(SECURED, ""));
        kill(server);
        killed.push(server);
        load.wait_for(100);
    }
    load.end();
    let last = gated.secured(SECURED, "");
    assert!(
        !killed.contains(&pid(&last)),
        "a server of its own each time"
    );
    assert_eq!(lines(&last, "secret").len(), 1);
    assert!(killed.into_iter().all(|server| !is_running(server)));
}

fn no_answer_is_wrong_and_nothing_is_left_when_we_are_killed_under_load() {
    let gated = Gated::start("echo", &[]);
    let server = pid(&gated.secured(SECURED, ""));
    let load = Load::begin(&gated, true);
    load.wait_for(200);
    gated.handler.signal("KILL");
    load.end();
    until_gone(server);
}
