//! The gate beside nginx with `proxy_pass`, kept connections and an exact map of certificates: one run, in turn, the same upstream.
//!
//! Prints what one call costs in CPU time, what one adds to the time of a call, how late an event is, and how many bytes an open
//! stream takes. See the page of the gate.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement fails by panicking, and prints"
)]

mod load;
mod servers;
mod streams;

use std::time::Duration;

use load::{Calls, call};
use servers::{Gate, Nginx, Target, upstream};
use test_support::Shape;

/// How often each is measured, in turn.
const ROUNDS: usize = 5;

/// How long one measurement takes.
const PERIOD: Duration = Duration::from_secs(2);

/// How many streams are open at once.
const STREAMS: usize = 1000;

fn main() {
    let certificate = Shape::caller("partner").valid_today().self_signed();
    let upstream = upstream();
    let gate = Gate::start(&certificate, upstream.port());
    let nginx = Nginx::start(&certificate, upstream.port());
    let request = format!(
        "GET /api/SecuredFunction HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {}\r\n\r\n",
        certificate.header()
    );
    for connections in [32, 1] {
        println!("{connections} connections: CPU and median time of a call, in microseconds");
        let all: [&dyn Target; 3] = [&upstream, &nginx, &gate];
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(all.map(|target| measured(target, &request, connections)));
        }
        for (index, target) in all.iter().enumerate() {
            let cpu = median(rounds.iter().map(|round| round[index].0));
            let time = median(rounds.iter().map(|round| round[index].1));
            println!("  {:<10} {cpu:8.1} {time:8.1}", target.name());
        }
        let ratio = median(rounds.iter().map(|[_, nginx, gate]| gate.0 / nginx.0));
        let added = median(rounds.iter().map(|[direct, _, gate]| gate.1 - direct.1));
        println!("  gate / nginx {ratio:.2}; added by the gate {added:.0}");
    }
    streams::measure(&certificate, &request);
}

/// CPU and median time of a call.
fn measured(target: &dyn Target, request: &str, connections: usize) -> (f64, f64) {
    let before = target.cpu();
    let Calls { count, times } = call(target.port(), request, connections, PERIOD);
    let cpu = target.cpu() - before;
    (
        cpu.as_secs_f64() * 1e6 / f64::from(count),
        median(times.into_iter()),
    )
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
