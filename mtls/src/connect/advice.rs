//! What people are told beside the lines of requests, and what they have been told already.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;

use super::trouble::Trouble;
use crate::call::{Handshake, REFUSED_BY_STATUS, REFUSING_STATUSES};

/// What has been said. The same is not said again until something else has happened.
#[derive(Default)]
pub(super) struct Told {
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    trouble: Option<String>,
    refusals: HashSet<String>,
}

impl Told {
    /// The app gave an answer. What to say about it, if anything.
    pub(super) fn answered(
        &self,
        status: StatusCode,
        handshake: impl Fn() -> Handshake,
    ) -> Option<String> {
        let mut memory = self.memory();
        memory.trouble = None;
        if !REFUSING_STATUSES.contains(&status.as_u16()) {
            return None;
        }
        let text = refused(&handshake());
        memory.refusals.insert(text.clone()).then_some(text)
    }

    /// The app gave no answer. What to say about it, if anything.
    pub(super) fn unanswered(&self, trouble: &Trouble, url: &str) -> Option<String> {
        let text = format!(
            "no answer of {url}: {}\n  see             mtls call {url}, with --identity, shows the handshake",
            trouble.lines()
        );
        let mut memory = self.memory();
        let is_new = memory.trouble.as_ref() != Some(&text);
        memory.trouble = Some(text.clone());
        is_new.then_some(text)
    }

    /// Another certificate is presented: everything may be said again.
    pub(super) fn renewed(&self) {
        *self.memory() = Memory::default();
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a refusing status can mean, by what the connection showed.
fn refused(handshake: &Handshake) -> String {
    let (what, advice) = match (handshake.is_asked(), handshake.is_sent()) {
        (true, true) => (
            "it was sent our certificate",
            format!(
                "{REFUSED_BY_STATUS}; in the app's folder, mtls explain --certificate FILE says how it is decided"
            ),
        ),
        (true, false) => (
            "it asked for a certificate and got none",
            "it accepts other kinds of keys than ours; mtls call shows what it asks for".to_owned(),
        ),
        (false, _) => (
            "it did not ask for our certificate",
            "its client certificate mode is off, or it excludes this path; mtls probe examines it"
                .to_owned(),
        ),
    };
    format!("the app refused a request, and {what}\n  what to do      {advice}")
}

/// What a first handshake showed that is worth saying.
pub(super) fn of_first(handshake: &Handshake) -> Option<&'static str> {
    (!handshake.is_asked()).then_some(
        "the app did not ask for a certificate in its first handshake: it asks once a request comes (renegotiation), or its client \
         certificate mode is off",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_explained_by_what_the_connection_showed() {
        let of = |asked: bool, sent: bool| {
            let handshake = Handshake {
                asked: asked.then(Vec::new),
                sent: Some(if sent { vec![vec![1]] } else { Vec::new() }),
                ..Handshake::default()
            };
            refused(&handshake)
        };
        assert!(of(true, true).contains("mtls explain"));
        assert!(of(true, false).contains("other kinds of keys"));
        assert!(of(false, false).contains("mode is off"));
        assert!(of_first(&Handshake::default()).is_some());
    }

    #[test]
    fn nothing_is_said_twice_until_the_certificate_is_renewed() {
        let told = Told::default();
        let say = |status: u16| {
            let status = StatusCode::from_u16(status).unwrap();
            told.answered(status, Handshake::default).is_some()
        };
        assert_eq!(
            [200, 401, 401, 403, 200, 401].map(say),
            [false, true, false, false, false, false]
        );
        told.renewed();
        assert!(say(403));
    }
}
