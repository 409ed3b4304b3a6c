//! What `CLIENT_CERT_UNUSED_DAYS` costs.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use client_cert::{Policy, Rule, Window};
use test_support::{DAY, Shape};

use crate::daily::watch::Daily;
use crate::guard::Guard;
use crate::log::{Log, Timestamp};

use super::task::call;
use super::{UnusedDays, named, pin, policy};

/// How many callers the policy has; one of them calls.
const CALLERS: usize = 100_000;

/// How many calls are timed.
const CALLS: u32 = 20_000;

/// How many looks are timed; the fastest counts.
const LOOKS: usize = 5;

/// How many calls a minute a busy instance answers: a thousand a second.
const CALLS_A_MINUTE: f64 = 60_000.0;

/// Prints the cost of a call and of a look at 100,000 callers who are all unused but one, with the setting and without it, and the
/// ratio per call of a busy instance. The looks have a thread of their own.
#[tokio::test]
async fn a_look_with_the_setting_costs_less_than_the_calls_of_its_minute() {
    let certificate = Shape::caller("caller").valid_today().self_signed();
    let one = named(
        "one",
        vec![Rule::pin(certificate.sha256().parse().unwrap())],
    );
    let others = (0..CALLERS).map(|n| named(&format!("c{n}"), vec![pin(n, Window::ALWAYS)]));
    let policy = policy(others.chain([one]));
    let guard = Guard::new(policy.clone(), Log::start(io::sink()).unwrap());
    assert_eq!(call(&guard, &certificate).await, 200);
    let began = Instant::now();
    for _ in 0..CALLS {
        call(&guard, &certificate).await;
    }
    let call = began.elapsed() / CALLS;
    let usage = guard.audit().usage();
    let [unset, set] = [None, UnusedDays::new(1)].map(|days| {
        let daily = Daily::new(Arc::clone(usage), days);
        look(daily, &policy)
    });
    let per_call = |look: Duration| call.as_secs_f64() + look.as_secs_f64() / CALLS_A_MINUTE;
    let ratio = per_call(set) / per_call(unset);
    println!(
        "a call {call:.1?}; a look at {CALLERS} callers {unset:.1?} without the setting, {set:.1?} with it; per call {ratio:.3} times"
    );
    // A look that is quadratic takes minutes.
    assert!(ratio < 2.0, "{ratio}");
}

/// A look on the day after, and each minute from then on.
fn look(mut daily: Daily, policy: &Policy) -> Duration {
    let now = Timestamp::now().seconds();
    daily.look(policy, Timestamp::at(now));
    daily.look(policy, Timestamp::at(now + 2 * DAY));
    let looks = (0..LOOKS).map(|_| {
        let began = Instant::now();
        daily.look(policy, Timestamp::at(now + 2 * DAY + 60));
        began.elapsed()
    });
    looks.min().unwrap_or_default()
}
