//! Every recorded request of the real Functions host through the gate: what reaches the server is what the host sent, but
//! for what the gate removes and adds.

mod call;
mod envelope;
mod gated;
mod headers;
mod written;

use test_support::host_recordings::{self, Case};
use test_support::{Issued, Shape};

use self::call::Call;
use self::gated::Gated;
use self::headers::{Line, fault_of_headers};
use crate::logging::Arrived;
use crate::trials;

trials!(
    every_recorded_request_reaches_the_server_as_the_host_sent_it,
    every_recorded_request_of_an_admitted_caller_reaches_the_server_with_the_identity_once,
);

/// Requests that the gate answers itself, whoever the caller is: cases by a part of their names, and why.
const KEPT_BACK: [(&str, &str); 6] = [
    (
        "TRACE",
        "its answer would show what the gate adds (RFC 9110, section 9.3.8)",
    ),
    ("hop-upgrade", "no protocol is switched to"),
    ("answer-101-asked", "no protocol is switched to"),
    ("header-bell", "a control character is no part of a value"),
    ("header-del", "a control character is no part of a value"),
    ("method-CONNECT", "no tunnel is opened"),
];

/// Requests to public functions: the one that is locked in the recorded app. The refusal of an envelope is in a 200.
const LOCKED: [&str; 1] = ["route-keyed"];

/// Requests of an admitted caller that a page of another site made, by their `Origin`: a browser sends its user's certificate
/// with them.
const CROSS_SITE: [&str; 2] = ["method-preflight", "header-referer"];

fn every_recorded_request_reaches_the_server_as_the_host_sent_it() {
    replay(None);
}

/// With every function locked, and the certificate of a caller with a name and a role.
fn every_recorded_request_of_an_admitted_caller_reaches_the_server_with_the_identity_once() {
    replay(Some(&Shape::caller("partner").valid_today().self_signed()));
}

/// Every request of every recording: to public functions, or to locked ones with a caller who is admitted.
fn replay(caller: Option<&Issued>) {
    let Some(folder) = host_recordings::folder() else {
        return;
    };
    let mut faults = Vec::new();
    for recording in host_recordings::all(&folder) {
        let gated = Gated::start(&recording, caller);
        let (mut sent, mut arrived) = (0, 0);
        for case in &recording.cases {
            for call in calls(case, &gated) {
                let (status, got) = gated.send(&call);
                sent += 1;
                arrived += usize::from(got.is_some());
                let found = fault(&gated, case, &call, status, got);
                faults.extend(
                    found.map(|fault| format!("{} {}: {fault}", recording.name, case.name)),
                );
            }
        }
        println!("{}: {arrived} of {sent} reached the server", recording.name);
        assert!(
            arrived * 10 > sent * 9,
            "{}: most requests reach the server",
            recording.name
        );
    }
    faults.dedup();
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}

fn calls<'a>(case: &'a Case, gated: &'a Gated) -> impl Iterator<Item = Call> + use<'a> {
    let certificate = gated.caller.as_ref().map(Issued::header);
    let requests = case.arrived.iter();
    requests.filter_map(move |request| Call::new(request, gated.gate.port, certificate.as_deref()))
}

/// What is wrong with how a request was passed on and answered.
fn fault(
    gated: &Gated,
    case: &Case,
    call: &Call,
    status: Option<u16>,
    got: Option<Arrived>,
) -> Option<String> {
    if call.is_cut {
        return got.map(|_| "a body that broke off arrived as whole".to_owned());
    }
    let Some(status) = status else {
        return Some("closed without an answer".to_owned());
    };
    let Some(got) = got else {
        return (!is_kept_back(gated, case, status))
            .then(|| format!("{status}, and nothing reached the server"));
    };
    if status != 200 {
        return Some(format!("{status}, although the server answered 200"));
    }
    let line = (got.line != call.line).then(|| format!("arrived as {}", got.line.escape_ascii()));
    line.or_else(|| fault_of_headers(&call.headers, &got.headers, &gated.written().outside(call)))
        .or_else(|| fault_of_content(gated, call, &got))
}

/// Whether the gate may answer a request itself with this status.
fn is_kept_back(gated: &Gated, case: &Case, status: u16) -> bool {
    let is_listed = KEPT_BACK.iter().any(|(name, _)| case.name.contains(name));
    let refused: &[&str] = match gated.caller {
        Some(_) => &CROSS_SITE,
        None => &LOCKED,
    };
    let is_refused = refused.iter().any(|name| case.name.contains(name));
    // A path with two meanings, or of no function.
    is_listed || is_refused || status == 404
}

fn fault_of_content(gated: &Gated, call: &Call, got: &Arrived) -> Option<String> {
    let framed = |(name, _): &&Line| {
        matches!(
            name.to_ascii_lowercase().as_str(),
            "content-length" | "transfer-encoding"
        )
    };
    if got.headers.iter().filter(framed).count() > 1 {
        return Some("the body is framed twice".to_owned());
    }
    if call.is_envelope {
        return envelope::fault(&call.content, &got.body, &gated.written().inside());
    }
    (got.body != call.content).then(|| {
        format!(
            "a body of {} bytes arrived as {}",
            call.content.len(),
            got.body.len()
        )
    })
}
