//! The task itself, with calls and a policy that is replaced.

use std::convert::Infallible;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use client_cert::{Requirement, Rule};
use http::{Request, Response};
use serde_json::Value;
use test_support::{Issued, Shape};
use tokio::time::{Instant, sleep};
use tower::{Layer as _, ServiceExt as _};

use crate::daily::watch::{Daily, watch};
use crate::guard::{Guard, GuardLayer};
use crate::log::{Log, Timestamp};

use super::{kinds, named, pin, policy, until};

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
    fn notices(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .filter(|line| line["event"] == "policy-notice")
            .collect()
    }
}

pub(super) async fn call(guard: &Guard, certificate: &Issued) -> u16 {
    let inner =
        tower::service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(Bytes::new())));
    let service = GuardLayer::new(guard, "WhoAmI", Requirement::Admitted).layer(inner);
    let request = Request::get("/api/whoami")
        .header("host", "localhost")
        .header("x-arr-clientcert", certificate.header());
    let response = service.oneshot(request.body(()).unwrap()).await.unwrap();
    response.status().as_u16()
}

/// A day of the paused clock, which passes as soon as nothing else is to be done.
const DAYS: Duration = Duration::from_secs(24 * 60 * 60);

/// The task itself, over days that pass at once: a call by a SHA-1 thumbprint is named on its day alone.
#[tokio::test(start_paused = true)]
async fn the_task_names_what_calls_and_replaced_policies_bring_once_a_day() {
    let certificate = Shape::caller("partner").valid_today().self_signed();
    let weak = || {
        named(
            "partner",
            vec![Rule::pin(certificate.sha1().parse().unwrap())],
        )
    };
    let lines = Lines::default();
    let log = Log::start(lines.clone()).unwrap();
    let guard = Guard::new(policy([weak()]), log.clone());
    let (began, start) = (Instant::now(), Timestamp::now());
    let clock = move || {
        let elapsed = i64::try_from(began.elapsed().as_secs()).unwrap();
        Timestamp::at(start.seconds() + elapsed)
    };
    let daily = Daily::new(Arc::clone(guard.audit().usage()), None);
    let task = tokio::spawn(watch(daily, guard.clone(), log.clone(), clock));
    assert_eq!(call(&guard, &certificate).await, 200);
    sleep(DAYS * 3).await;
    let ended = named("ended", vec![pin(1, until(start.seconds()))]);
    guard.replace(policy([weak(), ended]).into());
    sleep(DAYS * 2).await;
    task.abort();
    log.close();
    let found = lines.notices();
    let expected = [
        "sha1-pin-used partner",
        "window-ended ended",
        "window-ended ended",
    ];
    assert_eq!(kinds(&found, "caller"), expected);
    let pin = format!("sha256:{}", certificate.sha256());
    assert_eq!(found[0]["pinInstead"], pin);
    assert!(found[0]["text"].as_str().unwrap().contains(&pin));
}
