//! Where the host hands over something else than it routed or authenticated on: the function that runs is the one whose
//! lock was checked, or none runs.
//!
//! Every function is locked with a role of its own here, and every caller has one role, so that a call that reaches another
//! function than its caller may call is seen.

mod envelopes;
mod framing;
mod heads;
mod paths;
mod repetition;

use crate::fixture::{Fixture, Locks, Seen};

/// Whose callers are tried against each request.
const CALLERS: [&str; 4] = ["Plain", "Item", "Rest", "RestTwo"];

const ID: &str = "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11";

fn locked(dialect: &str) -> Fixture {
    Fixture::start(dialect, Locks::ByRole)
}

/// A request as the host hands one over for a caller with this certificate header.
fn handed_over(method: &str, target: &str, certificate: &str, lines: &str, body: &str) -> String {
    let length = match body {
        "" => String::new(),
        body => format!("Content-Length: {}\r\n", body.len()),
    };
    format!(
        "{method} {target} HTTP/1.1\r\nHost: app.example\r\nX-Forwarded-Proto: https\r\n\
         X-Azure-Functions-InvocationId: {ID}\r\nX-ARR-ClientCert: {certificate}\r\n{lines}{length}\r\n{body}"
    )
}

impl Fixture {
    /// Sends a request as each caller: `owner` is the function that runs, for its own caller alone; `None` means that
    /// none runs for anybody. What its own caller's function saw comes back.
    #[track_caller]
    fn runs_for_its_caller_alone(
        &self,
        owner: Option<&str>,
        request: impl Fn(&str) -> String,
    ) -> Option<Seen> {
        let mut ran = None;
        for name in CALLERS {
            let text = request(&self.caller(name));
            let (status, seen) = self.send(text.as_bytes(), false);
            let Some(status) = status else {
                panic!("closed without an answer: {text}");
            };
            match (owner == Some(name), seen) {
                (true, Some(seen)) => {
                    assert_eq!((status, seen.function.as_str()), (200, name), "{text}");
                    ran = Some(seen);
                }
                (false, None) => assert!(
                    (400..500).contains(&status) || status == 501,
                    "{status}: {text}"
                ),
                (_, seen) => panic!("{name} called {owner:?} and got {status}, {seen:?}: {text}"),
            }
        }
        ran
    }
}
