//! Every recorded request once more, byte for byte.

use std::collections::HashMap;

use test_support::host_recordings::{self, Case, Recording, Request};

use crate::fixture::{Fixture, Locks, Seen};
use crate::meant::Meant;
use crate::otherwise::is_listed;

/// Requests that the recorded handler answered and that the engine refuses for what they ask: cases by how their names
/// begin, status, why.
const REFUSED: [(&str, u16, &str); 5] = [
    (
        "hop-upgrade",
        501,
        "no protocol is switched to: what follows a 101 is not decided upon",
    ),
    ("answer-101-asked", 501, "the same"),
    (
        "method-CONNECT",
        404,
        "no tunnel is opened; the host kills a handler that lets one hang",
    ),
    (
        "header-bell",
        400,
        "a control character is no part of a value (RFC 9110, section 5.5)",
    ),
    ("header-del", 400, "the same"),
];

#[test]
fn every_recorded_request_is_answered_by_the_function_that_the_host_chose_or_by_none() {
    let Some(folder) = host_recordings::folder() else {
        return;
    };
    let recordings = host_recordings::all(&folder);
    let mut faults = Vec::new();
    let mut counts = [0; 3];
    for recording in &recordings {
        let fixture = Fixture::start(&recording.dialect, Locks::Public);
        let chosen = Chosen::of(recording, &recordings);
        for case in &recording.cases {
            for request in &case.arrived {
                let replayed = Replayed::new(&fixture, case, request);
                counts[usize::from(
                    replayed
                        .as_ref()
                        .map_or(2, |one| u8::from(one.seen.is_none())),
                )] += 1;
                let Some(replayed) = replayed else { continue };
                let found = replayed.faults(&chosen.function(recording, case), recording);
                faults.extend(
                    found
                        .into_iter()
                        .map(|fault| format!("{} {}: {fault}", recording.name, case.name)),
                );
            }
        }
    }
    println!("ran, found nothing, not kept whole: {counts:?}");
    assert!(counts[0] > counts[1], "most requests reach a function");
    faults.dedup();
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// Which function the host chose: an envelope is addressed to it, and routing is the same in all dialects.
struct Chosen(HashMap<String, Option<Meant>>);

impl Chosen {
    /// By the recording of envelopes that was made in the same way, with a front end or without.
    fn of(recording: &Recording, all: &[Recording]) -> Self {
        let name = match recording.name.contains("-direct") {
            true => "envelope-direct",
            false => "envelope",
        };
        let cases = all
            .iter()
            .filter(|one| one.name == name)
            .flat_map(|one| &one.cases);
        Self(
            cases
                .map(|case| (case.name.clone(), case.arrived.first().and_then(Meant::of)))
                .collect(),
        )
    }

    /// What the case's caller meant, and to which function it goes; `None` where nothing is known of the case.
    fn function(&self, recording: &Recording, case: &Case) -> (Option<String>, Option<&Meant>) {
        let meant = self.0.get(&case.name);
        let known = meant.and_then(Option::as_ref);
        let function = match (recording.dialect.as_str(), meant) {
            ("mcp", _) => Some("http-handler1".to_owned()),
            // Functions with a queue are left out there.
            ("routes", Some(None)) => Some("ZzCatchAll".to_owned()),
            ("routes", Some(Some(meant)))
                if meant.function.starts_with("Queue") || meant.function == "Keyed" =>
            {
                Some("ZzCatchAll".to_owned())
            }
            (_, Some(meant)) => meant.as_ref().map(|meant| meant.function.clone()),
            // The cases about answers: all to one function.
            (_, None) => Some("Plain".to_owned()),
        };
        (function, known)
    }
}

/// A request that was sent again, and what came of it.
struct Replayed<'a> {
    case: &'a Case,
    request: &'a Request,
    port: u16,
    status: Option<u16>,
    seen: Option<Seen>,
}

impl<'a> Replayed<'a> {
    fn new(fixture: &Fixture, case: &'a Case, request: &'a Request) -> Option<Self> {
        let port = fixture.server.port;
        let (status, seen) = fixture.send(&request.bytes(port)?, request.is_cut());
        Some(Self {
            case,
            request,
            port,
            status,
            seen,
        })
    }

    fn faults(
        &self,
        chosen: &(Option<String>, Option<&Meant>),
        recording: &Recording,
    ) -> Vec<String> {
        let mut faults = Vec::new();
        let refused = REFUSED
            .iter()
            .find(|(case, ..)| self.case.name.starts_with(case));
        let is_answered = match (self.status, refused) {
            (Some(status), Some((_, expected, _))) => status == *expected || status < 400,
            // Whether one that breaks off is answered does not matter: nobody is there to read it.
            (_, None) if self.request.is_cut() => true,
            (Some(status), None) => status < 500 && status != 400,
            (None, _) => false,
        };
        if !is_answered {
            faults.push(format!("answered with {:?}", self.status));
        }
        if let Some(seen) = &self.seen {
            let is_listed = |part: &str| is_listed(&recording.dialect, &self.case.name, part);
            if chosen.0.as_ref() != Some(&seen.function) && !is_listed("function") {
                faults.push(format!(
                    "the host chose {:?}, and {} ran",
                    chosen.0, seen.function
                ));
            }
            faults.extend(self.changed(seen));
            let differences = Meant::differences(chosen.1, &self.case.sent, seen);
            let unlisted = differences.into_iter().filter(|(part, _)| !is_listed(part));
            faults.extend(unlisted.map(|(part, text)| format!("{part}: {text}")));
        }
        faults
    }

    /// What the function saw otherwise than it arrived.
    fn changed(&self, seen: &Seen) -> Vec<String> {
        if self.request.is_cut() {
            let body = seen.body.as_ref();
            return body
                .map(|_| "a body that broke off counts as whole".to_owned())
                .into_iter()
                .collect();
        }
        // What is in an envelope is compared with what the caller meant.
        if self.request.is_envelope() {
            return Vec::new();
        }
        let mut arrived = self.request.headers(self.port);
        for (name, _) in &mut arrived {
            name.make_ascii_lowercase();
        }
        arrived.sort();
        let mut headers = seen.headers.clone();
        headers.sort();
        let same = [
            ("method", seen.method == self.request.method()),
            ("target", seen.target == self.request.target()),
            ("headers", headers == arrived),
            ("body", seen.body.as_deref() == Some(self.request.content())),
        ];
        let changed = same.iter().filter(|(_, same)| !same);
        changed
            .map(|(what, _)| format!("{what} changed on the way: {seen:?}"))
            .collect()
    }
}
