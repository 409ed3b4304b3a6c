//! How long the start takes, and what of it does not depend on the machine: how often the start waits for a thread.
//!
//! `cargo test --release -p functions-handler --test start_time -- --nocapture` prints both.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

mod common;

use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use common::Shape;
use common::process::{Handler, Program};

/// Files that the settings name, beside those of the app's folder.
const FILES: usize = 40;

/// How often the first thread may wait between the start of the process and its first answer: for the thread that reads
/// the files, for the connection, and now and then for a lock. One wait for each file would be more.
const MAX_WAITS: u64 = 8;

/// Starts of each kind. The least counts: what else the machine does only adds.
const STARTS: usize = 10;

#[test]
fn the_start_waits_no_more_often_for_many_files_than_for_few() {
    let program = common::fixture();
    let (few, many) = (least(&program, 0), least(&program, FILES));
    println!(
        "from the start of the process to its first answer: {few}; with {FILES} more files: {many}"
    );
    for start in [few, many] {
        assert!(start.waits <= MAX_WAITS, "{start}");
    }
}

/// What one start took.
#[derive(Clone, Copy)]
struct Cost {
    time: Duration,
    waits: u64,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.time.as_secs_f64() * 1e3;
        write!(f, "{milliseconds:.1} ms and {} waits", self.waits)
    }
}

fn least(program: &Program, files: usize) -> Cost {
    let starts = (0..STARTS).map(|_| start(program, files));
    let least = |one: Cost, other: Cost| Cost {
        time: one.time.min(other.time),
        waits: one.waits.min(other.waits),
    };
    starts.reduce(least).unwrap()
}

fn start(program: &Program, files: usize) -> Cost {
    let root = program.app_root();
    let names: Vec<String> = (0..files).map(|number| format!("{number}.pem")).collect();
    let authority = Shape::authority("Authority").self_signed().pem();
    for name in &names {
        fs::write(root.path().join(name), &authority).unwrap();
    }
    let names = names.join(";");
    let began = Instant::now();
    let handler = program.start_in(root, &[("CLIENT_CERT_TRUST_ANCHORS", &names)]);
    assert_eq!(handler.get("/", None).status, 200);
    Cost {
        time: began.elapsed(),
        waits: waits(&handler),
    }
}

/// How often the first thread of the process has waited.
fn waits(handler: &Handler) -> u64 {
    let id = handler.id();
    let status = fs::read_to_string(format!("/proc/{id}/task/{id}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
    line.unwrap().trim().parse().unwrap()
}
