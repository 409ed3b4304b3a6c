//! How long a refusal takes must not say which names are listed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use client_cert::{
    Anchor, Caller, Certificate, Fitness, FrontEnd, Policy, Rule, TrustDomain, evaluate,
};
use rustls_pki_types::UnixTime;
use test_support::{Issued, NOW, Shape};

/// Rounds of each measurement, of which the fastest counts: what else the machine does only makes rounds slower.
const ROUNDS: usize = 40;

/// Evaluations in one round.
const REPEATS: usize = 25;

#[test]
fn a_listed_name_is_refused_as_fast_as_an_unlisted_one() {
    let authority = Shape::authority("Authority").self_signed();
    let impostor = Shape::authority("Authority").self_signed();
    let domain = TrustDomain::new(vec![Anchor::new(&authority.der()).unwrap()], Vec::new());
    let rule = Rule::common_name("partner", &Arc::new(domain.unwrap()));
    let lists = [Caller::of_lists([rule])];
    let policy = Policy::new(FrontEnd::Development, Fitness::default(), lists).unwrap();
    let listed = forged(&impostor, "partner");
    let unlisted = forged(&impostor, "nobodys");
    let mut fastest = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        for (fastest, certificate) in fastest.iter_mut().zip([&listed, &unlisted]) {
            *fastest = round(&policy, certificate).min(*fastest);
        }
    }
    let ratio = fastest[0].as_secs_f64() / fastest[1].as_secs_f64();
    println!(
        "listed {:?}, unlisted {:?}: {ratio:.3}",
        fastest[0], fastest[1]
    );
    assert!((0.8..1.25).contains(&ratio), "{ratio}");
}

/// A certificate in the authority's name that the authority did not sign.
fn forged(impostor: &Issued, name: &str) -> Certificate {
    Certificate::parse(&impostor.issue(Shape::caller(name)).der()).unwrap()
}

fn round(policy: &Policy, certificate: &Certificate) -> Duration {
    let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(NOW).unwrap()));
    let start = Instant::now();
    for _ in 0..REPEATS {
        let evaluation = evaluate(policy, certificate, now);
        let admits = evaluation.candidates().iter().any(|rule| rule.admits());
        assert!(!admits);
    }
    start.elapsed()
}
