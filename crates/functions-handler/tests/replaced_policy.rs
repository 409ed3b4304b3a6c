//! A policy that is replaced while calls are decided, and one that is tried beside it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::convert::Infallible;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use bytes::Bytes;
use client_cert::{Caller, Fitness, FrontEnd, Policy, PolicyVersion, Rule, Unavailable};
use common::Shape;
use functions_handler::server::Log;
use functions_handler::{Guard, GuardLayer, Policies, Requirement};
use http::{Request, Response, StatusCode};
use serde_json::Value;
use test_support::{Issued, within};
use tower::{Layer, Service as _};

/// A policy that admits each of these by its certificate, as callers of these names.
fn policy(callers: &[(&str, &Issued)]) -> Policy {
    let callers = callers.iter().map(|(name, certificate)| Caller {
        name: Some(name.parse().unwrap()),
        rules: vec![Rule::pin(certificate.sha256().parse().unwrap())],
        ..Caller::default()
    });
    Policy::new(FrontEnd::Development, Fitness::default(), callers).unwrap()
}

/// The status of a call to a secured function.
async fn call(guard: &Guard, certificate: &Issued) -> StatusCode {
    let inner =
        tower::service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(Bytes::new())));
    let mut service = GuardLayer::new(guard, "WhoAmI", Requirement::Admitted).layer(inner);
    let request = Request::get("/api/whoami")
        .header("host", "localhost")
        .header("x-arr-clientcert", certificate.header());
    service
        .call(request.body(()).unwrap())
        .await
        .unwrap()
        .status()
}

/// Lines of the log, to be read by a test.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn of(&self, event: &str) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["event"] == event).collect()
    }
}

fn caller(name: &str) -> Issued {
    Shape::caller(name).valid_today().self_signed()
}

#[tokio::test]
async fn each_call_is_decided_by_the_policy_in_force() {
    let (old, new) = (caller("old"), caller("new"));
    let guard = Guard::new(policy(&[("old", &old)]), Log::start(io::sink()).unwrap());
    let both = |guard: Guard| {
        let (old, new) = (&old, &new);
        async move {
            [
                call(&guard, old).await.as_u16(),
                call(&guard, new).await.as_u16(),
            ]
        }
    };
    assert_eq!(both(guard.clone()).await, [200, 401]);
    guard.replace(policy(&[("new", &new)]).into());
    assert_eq!(
        both(guard.clone()).await,
        [401, 200],
        "what was kept of the old one is gone"
    );
    guard.replace(Policy::unavailable(FrontEnd::Development, Unavailable::TooOld).into());
    assert_eq!(both(guard.clone()).await, [401, 401]);
    guard.replace(policy(&[("old", &old), ("new", &new)]).into());
    assert_eq!(both(guard).await, [200, 200]);
}

/// A caller whom every policy lists is never refused, and one whom none lists is never admitted, while the policy changes.
#[test]
fn no_answer_is_wrong_while_the_policy_changes() {
    let (partner, other, stranger) = (caller("partner"), caller("other"), caller("stranger"));
    let guard = Guard::new(
        policy(&[("partner", &partner)]),
        Log::start(io::sink()).unwrap(),
    );
    let (stop, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let ask = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let status = |certificate| runtime.block_on(within("an answer", call(&guard, certificate)));
        while !stop.load(Ordering::Relaxed) {
            assert_eq!(status(&partner), 200);
            assert_eq!(status(&stranger), 401);
            answered.fetch_add(1, Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        // A failure in here ends those who ask as well: the scope waits for them.
        let _stopping = Stopping(&stop);
        let asking: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        for turn in 0..2_000 {
            guard.replace(match turn % 2 {
                0 => policy(&[("other", &other), ("partner", &partner)]).into(),
                _ => policy(&[("partner", &partner)]).into(),
            });
        }
        while answered.load(Ordering::Relaxed) < 100
            && !asking.iter().any(|asking| asking.is_finished())
        {
            thread::yield_now();
        }
    });
}

/// Stops those who ask when it is dropped.
struct Stopping<'s>(&'s AtomicBool);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_policy_that_is_tried_decides_nothing_and_reports_where_it_differs() {
    let (partner, other, stranger) = (caller("partner"), caller("other"), caller("stranger"));
    let lines = Lines::default();
    let log = Log::start(lines.clone()).unwrap();
    let version = PolicyVersion::of([&b"next"[..]]);
    let next = policy(&[("renamed", &partner), ("other", &other)]).with_version(version);
    let now = policy(&[("partner", &partner)]);
    let guard = Guard::new(now.clone(), log.clone());
    guard.replace(Policies {
        policy: now,
        report_only: Some(next),
    });
    let mut statuses = Vec::new();
    for certificate in [&partner, &other, &stranger] {
        statuses.push(call(&guard, certificate).await.as_u16());
    }
    assert_eq!(statuses, [200, 401, 401]);
    log.close();
    let found: Vec<_> = lines
        .of("report-only")
        .iter()
        .map(|line| {
            assert_eq!(line["reportOnlyPolicy"], version.to_string());
            assert_eq!(line["function"], "WhoAmI");
            [&line["inForce"], &line["reportOnly"]].map(|verdict| {
                format!(
                    "{} {} {}",
                    verdict["outcome"], verdict["reason"], verdict["caller"]
                )
                .replace('"', "")
            })
        })
        .collect();
    assert_eq!(
        found,
        [
            ["allow admitted partner", "allow admitted renamed"],
            ["deny not-listed null", "allow admitted other"],
        ]
    );
    assert_eq!(lines.of("decision").len(), 3);
}
