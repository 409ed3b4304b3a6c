//! The stand-in for the Functions host beside recordings of the host itself, byte by byte.
//!
//! `HOST_RECORDINGS=<folder> cargo test --release --package mtls --test host_recordings`, with the folder that holds
//! `forward.json` and the others; the kit that made them lies beside it as `../../hostkit` and needs Python 3.11. What may
//! differ is listed in `host_recordings/allowed.txt` and beside it, and `docs/stand-in.md` says so.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "host_recordings/allowed.rs"]
mod allowed;
#[path = "host_recordings/kit.rs"]
mod kit;

use std::thread;

use allowed::{ALLOWED, ALLOWED_STRAIGHT};
use kit::{Compared, Kit};
use test_support::host_recordings;

/// What is compared at once: a recording, and how the stand-in is recorded for it.
pub(crate) struct Comparison {
    /// The recording's file, without its extension.
    pub(crate) recording: &'static str,
    /// The kind of app that the kit makes.
    pub(crate) app: &'static str,
    /// What is added to `mtls local`.
    pub(crate) host: &'static [&'static str],
    /// Which cases are sent.
    cases: Cases,
    /// The differences that are allowed.
    pub(crate) allowed: &'static [&'static str],
}

/// The cases of a comparison.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Cases {
    /// Independent of each other.
    Each,
    /// Those that end the handler, in their order.
    Final,
}

const FORWARDING: &[&str] = &["--host", "forwarding"];
const PROXYING: &[&str] = &["--host", "proxying"];

const COMPARISONS: [Comparison; 8] = [
    each("forward", FORWARDING),
    each("proxy", PROXYING),
    each("both", PROXYING),
    each("envelope", FORWARDING),
    each("routes", FORWARDING),
    // Recorded without a front end before the host.
    Comparison {
        recording: "mcp-direct",
        allowed: &[ALLOWED, ALLOWED_STRAIGHT],
        ..each("mcp", &[])
    },
    // The recorded hosts are those of these years, and exit code 0 tells them from later ones.
    Comparison {
        recording: "final-forward",
        host: &["--host", "forwarding", "--host-version", "2024"],
        cases: Cases::Final,
        ..each("forward", &[])
    },
    Comparison {
        recording: "final-proxy",
        host: &["--host", "proxying", "--host-version", "2025"],
        cases: Cases::Final,
        ..each("proxy", &[])
    },
];

const fn each(app: &'static str, host: &'static [&'static str]) -> Comparison {
    Comparison {
        recording: app,
        app,
        host,
        cases: Cases::Each,
        allowed: &[ALLOWED],
    }
}

#[test]
fn the_stand_in_does_what_the_recorded_host_did() {
    let Some(recordings) = host_recordings::folder() else {
        return;
    };
    let kit = Kit::beside(&recordings);
    let left: Vec<String> = thread::scope(|scope| {
        let runs = COMPARISONS.map(|comparison| {
            let kit = &kit;
            scope.spawn(move || comparison.differences(kit))
        });
        runs.into_iter()
            .filter_map(|run| run.join().unwrap())
            .collect()
    });
    assert!(left.is_empty(), "{}", left.join("\n"));
}

impl Comparison {
    /// What is left after a second run, alone, of each case that differs: some depend on who closes first.
    fn differences(&self, kit: &Kit) -> Option<String> {
        let options: &[&str] = match self.cases {
            Cases::Each => &[],
            Cases::Final => &["--groups", "final"],
        };
        let all = kit.compare(self, "all", options);
        let (start, cases): (Vec<&String>, Vec<&String>) =
            all.cases.iter().partition(|case| *case == "start");
        if all.cases.is_empty() {
            return None;
        }
        let names = cases.iter().map(|case| case.as_str());
        let names = names.collect::<Vec<_>>().join(",");
        let again = match (self.cases, cases.is_empty()) {
            (Cases::Each, true) => Compared::default(),
            (Cases::Each, false) => kit.compare(self, "again", &["--cases", &names]),
            (Cases::Final, _) => kit.compare(self, "again", options),
        };
        let first = match start.is_empty() {
            true => "",
            false => &all.report,
        };
        let differs = !(start.is_empty() && again.cases.is_empty());
        differs.then(|| format!("{}: {first}\n{}", self.recording, again.report))
    }
}
