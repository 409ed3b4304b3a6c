//! The checks in their order, one connection each.

use super::caller::Caller;
use super::forgeries::{Presenting, PublicParts, forgeries};
use super::identity::Identity;
use super::judgement::{self, Known};
use super::mode::{self, Signs};
use super::outcome::Outcome;
use super::report::Report;
use super::row::Row;
use super::{handshakes, progress::Progress};
use crate::Failure;

/// The paths that are called.
pub(super) struct Paths {
    pub(super) secured: String,
    pub(super) public: Option<String>,
    /// Prefixes that the front end lets pass (`clientCertExclusionPaths`).
    pub(super) excluded: Vec<String>,
}

/// The results of the first calls.
struct Basics {
    known: Known,
    rows: Vec<Row>,
    stopped: bool,
    admitted: bool,
}

/// Makes every check.
///
/// # Errors
///
/// An app that cannot be reached or whose certificate is not trusted; then nothing else is sent.
pub(super) fn examine(caller: &Caller, paths: &Paths) -> Result<Report, Failure> {
    let progress = Progress::new();
    progress.show("who is admitted");
    let nobody = caller.get(Presenting::Nothing, &paths.secured);
    reachable(caller, &nobody)?;
    let Basics {
        known,
        mut rows,
        stopped,
        admitted,
    } = basics(caller, paths, &nobody);
    rows.extend(forged(caller, paths, &known, &progress));
    let handshakes = handshakes::examine(caller, &paths.secured, &progress);
    rows.extend(handshakes.rows);
    rows.push(mode::row(Signs {
        asks: handshakes.asks,
        stopped,
        admitted,
        tls_1_3: handshakes.tls_1_3,
    }));
    Ok(Report {
        address: format!("https://{}{}", caller.target.authority, paths.secured),
        trust: caller.trust.name(),
        rows,
    })
}

/// Who is admitted without tricks, and what the answers look like.
fn basics(caller: &Caller, paths: &Paths, nobody: &Outcome) -> Basics {
    let mut known = Known::default();
    let mut rows = Vec::new();
    if let Some(path) = &paths.public {
        let outcome = caller.get(Presenting::Nothing, path);
        rows.push(judgement::public(&outcome));
        known.open.extend(outcome.answer().cloned());
    }
    rows.push(judgement::refused("without a certificate", nobody));
    if caller.denied.is_some() {
        let denied = caller.get(Presenting::Denied, &paths.secured);
        rows.push(judgement::refused("with the denied certificate", &denied));
        rows.push(judgement::same_refusal(nobody, &denied));
    }
    let allowed = caller.get(Presenting::Allowed, &paths.secured);
    rows.push(judgement::admitted(&allowed));
    for path in &paths.excluded {
        let outcome = caller.get(Presenting::Nothing, path);
        rows.push(judgement::excluded(path, &outcome));
        known.open.extend(outcome.answer().cloned());
    }
    let admitted = judgement::is_success(&allowed);
    // What everybody gets, such as 404 for a misspelt name, is no sign of being admitted.
    let others = nobody.answer();
    known.admitted = allowed
        .answer()
        .filter(|answer| !matches!(answer.status, 401 | 403))
        .filter(|answer| !others.is_some_and(|other| other.same_content(answer)))
        .cloned();
    known.admits_everybody = judgement::is_success(nobody);
    let stopped = judgement::is_front_end_refusal(nobody);
    Basics {
        known,
        rows,
        stopped,
        admitted,
    }
}

fn forged(caller: &Caller, paths: &Paths, known: &Known, progress: &Progress) -> Vec<Row> {
    let parts = PublicParts {
        allowed: caller.allowed.public_part(),
        denied: caller.denied.as_ref().map(Identity::public_part),
    };
    // A public function's path is as good a beginning as an excluded one.
    let prefixes: Vec<String> = paths
        .excluded
        .iter()
        .chain(&paths.public)
        .filter_map(|path| path.split('?').next())
        .map(ToOwned::to_owned)
        .collect();
    forgeries(&parts, &paths.secured, &prefixes)
        .iter()
        .map(|forgery| {
            progress.show(&forgery.check);
            let outcome = caller.send(forgery);
            judgement::forged(forgery, &paths.secured, &outcome, known)
        })
        .collect()
}

/// Ends the probe if the first call shows that there is nothing to probe.
fn reachable(caller: &Caller, outcome: &Outcome) -> Result<(), Failure> {
    let what_to_do = match outcome {
        Outcome::Answered(_) | Outcome::Alert(_) => return Ok(()),
        Outcome::NotConnected(_) => "check the host and port, and that the app runs",
        Outcome::TimedOut => "check that the app runs, and try again",
        Outcome::Untrusted(_) => {
            "name the authority that issued the server's certificate with --cacert (certs/ca.pem for mtls local)"
        }
        Outcome::Closed | Outcome::NotHttp | Outcome::Unable(_) => {
            "check that this is the port of an HTTPS server"
        }
    };
    Err(Failure::No(format!(
        "the app at https://{} cannot be probed: expected an answer over TLS, found {}; {what_to_do}",
        caller.target.authority, outcome
    )))
}
