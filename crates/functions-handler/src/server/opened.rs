//! The decision about an envelope, by no more of it than that takes.

use std::borrow::Cow;
use std::sync::Arc;

use client_cert::Requirement;

use crate::functions::RequestBody;
use crate::guard::Admission;
use crate::host::{EarlyRequest, Opening};
use crate::log::Subject;

use super::app::{App, Arrival};
use super::arriving::within;
use super::held::Held;
use super::inner_call::{calling, presented};
use super::unreadable::Unreadable;

/// The most bytes of a secured function's envelope before its headers: the host writes the request before all other inputs,
/// and its URL and query, which Kestrel bounds at 8 KiB, before its headers. The rest is for hosts to come.
const MAX_OPENING_BYTES: usize = 1024 * 1024;

/// A secured function, as far as the decision about an envelope goes.
#[derive(Clone, Copy)]
pub(super) struct Guarded<'a> {
    pub(super) name: &'a Arc<str>,
    pub(super) binding: &'a str,
    pub(super) requirement: &'a Arc<Requirement>,
}

/// An envelope that has been decided upon.
pub(super) struct Opened {
    /// What has been read of it.
    pub(super) held: Held,
    /// The call inside.
    pub(super) subject: Subject,
    pub(super) admission: Admission,
    /// The certificate of an admitted caller, as base64.
    pub(super) certificate: Option<Vec<u8>>,
}

impl App {
    /// Reads until the decision can be made, and makes it. What has been read is counted until then.
    pub(super) async fn opening(
        &self,
        guarded: Guarded<'_>,
        arrival: &Arrival,
        body: &mut RequestBody,
    ) -> Result<Opened, Unreadable> {
        let (held, EarlyRequest { method, headers }) =
            within(self.early(guarded.binding, body)).await?;
        let subject = calling(&arrival.subject, &method, &headers, self.guard.front_end());
        let presented = presented(&self.guard, &method, &headers);
        let subject_of = subject.of(guarded.name);
        let admission = self
            .guard
            .decide(subject_of, guarded.requirement, &presented)
            .await;
        let certificate = match admission {
            Admission::Admitted(_) => presented
                .certificate(self.guard.front_end())
                .map(Cow::into_owned),
            Admission::Answered(_) => None,
        };
        Ok(Opened {
            held,
            subject,
            admission,
            certificate,
        })
    }

    /// Reads as far as the decision needs.
    async fn early(
        &self,
        binding: &str,
        body: &mut RequestBody,
    ) -> Result<(Held, EarlyRequest), Unreadable> {
        let mut held = self.held(self.budget.secured());
        let mut opening = Opening::new(binding);
        loop {
            let chunk = body.chunk().await.transpose()?;
            held.push(chunk.as_deref().unwrap_or_default())?;
            if opening.look(held.text())? || chunk.is_none() {
                break;
            }
            if held.text().len() > MAX_OPENING_BYTES {
                return Err(Unreadable::LateHeaders);
            }
        }
        let early = opening.read(held.text(), &mut self.budget.secured())?;
        Ok((held, early))
    }
}
