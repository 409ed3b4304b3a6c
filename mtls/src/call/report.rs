//! What a call showed, for people or as JSON.

use client_cert::Name;
use rustls_pki_types::UnixTime;
use serde::Serialize;

use super::handshake::Handshake;
use super::interruption::Interruption;
use super::recorder::Negotiated;
use super::refusal::Refusal;
use super::response::{End, Response};
use crate::certificate::facts::{Entry, Facts, State};
use crate::printable::printable;
use crate::tls::Renegotiation;

/// Statuses by which servers refuse a certificate after the handshake; 495 and 496 are nginx's own.
pub(crate) const REFUSING_STATUSES: [u16; 5] = [400, 401, 403, 495, 496];

/// What such a status can mean where a certificate was asked for.
pub(crate) const REFUSED_BY_STATUS: &str = "some servers, nginx among them, judge a certificate after the handshake and refuse it by such a status; \
     the body or the server's log has the reason";

/// The placeholder for the fields of a certificate or name that is not readable.
const MALFORMED: &str = "(malformed)";

/// What a call showed. Nothing in it is secret but what the server answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    pub(super) url: String,
    /// `answered`, or the handler's reason code for a call without an answer.
    pub(super) outcome: &'static str,
    pub(super) response: Option<Response>,
    /// What the status can mean if a certificate was asked for.
    pub(super) note: Option<&'static str>,
    pub(super) refusal: Option<Refusal>,
    pub(super) tls: Option<Negotiated>,
    /// As the server sent them, its own first.
    pub(super) server_certificates: Vec<Certificate>,
    /// Whether the server asked for a certificate, also in a second handshake; absent if the call ended before that
    /// was known.
    pub(super) certificate_asked: Option<bool>,
    /// A second handshake on the connection, whose certificates are encrypted and not listed here.
    pub(super) renegotiation: Option<Renegotiation>,
    /// The authorities that the server says it accepts; many servers name none.
    pub(super) authorities: Vec<String>,
    /// As they went over the wire, ours first. Empty if none was sent.
    pub(super) sent_certificates: Vec<Certificate>,
}

/// One certificate in short.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Certificate {
    pub(super) subject: String,
    pub(super) issuer: String,
    pub(super) not_before: String,
    pub(super) not_after: String,
    /// Absent if the certificate is malformed.
    pub(super) validity: Option<State>,
    pub(super) sha1: String,
    pub(super) sha256: String,
}

impl Report {
    /// Puts together what was seen, with validity as of `now`.
    pub(super) fn new(
        url: String,
        outcome: Result<Response, Interruption>,
        handshake: Handshake,
        tls: Option<Negotiated>,
        now: UnixTime,
    ) -> Self {
        let reason = match &outcome {
            Ok(_) => "answered",
            Err(interruption) => interruption.kind().reason(),
        };
        let refusal = outcome.as_ref().err();
        let refusal = refusal.map(|interruption| Refusal::explain(interruption, &handshake));
        // The request comes before the server's certificate under TLS 1.3 and after it under TLS 1.2.
        let outcome_is_known = outcome.is_ok() || tls.is_some();
        let shown = |chain: Option<Vec<Vec<u8>>>| {
            let chain = chain.unwrap_or_default();
            chain.iter().map(|der| Certificate::of(der, now)).collect()
        };
        let refuses = |response: &Response| REFUSING_STATUSES.contains(&response.status);
        let is_note = handshake.is_asked() && outcome.as_ref().is_ok_and(refuses);
        Self {
            url: printable(&url),
            outcome: reason,
            note: is_note.then_some(REFUSED_BY_STATUS),
            response: outcome.ok(),
            refusal,
            tls,
            certificate_asked: asked(&handshake, outcome_is_known),
            renegotiation: handshake.renegotiation,
            authorities: handshake
                .asked
                .unwrap_or_default()
                .iter()
                .map(|der| authority(der))
                .collect(),
            server_certificates: shown(handshake.server_chain),
            sent_certificates: shown(handshake.sent),
        }
    }

    /// Whether the server answered with success, in full.
    pub(super) fn is_success(&self) -> bool {
        self.response.as_ref().is_some_and(|response| {
            (200..300).contains(&response.status) && response.body.end != End::BrokenOff
        })
    }
}

impl Certificate {
    fn of(der: &[u8], now: UnixTime) -> Self {
        let entry = Entry::of(der, now);
        let facts = entry.facts();
        let text = |field: fn(&Facts) -> &str| facts.map_or(MALFORMED, field).to_owned();
        Self {
            subject: text(|facts| &facts.subject),
            issuer: text(|facts| &facts.issuer),
            not_before: text(|facts| &facts.not_before),
            not_after: text(|facts| &facts.not_after),
            validity: facts.map(|facts| facts.validity),
            sha1: entry.thumbprints().sha1.clone(),
            sha256: entry.thumbprints().sha256.clone(),
        }
    }
}

/// Whether a certificate was asked for, if the handshakes show it.
fn asked(handshake: &Handshake, is_complete: bool) -> Option<bool> {
    let hidden = |second: Renegotiation| !second.is_asked() && !second.is_not_asked();
    match handshake.is_asked() {
        true => Some(true),
        false if handshake.renegotiation.is_some_and(hidden) => None,
        false => is_complete.then_some(false),
    }
}

fn authority(der: &[u8]) -> String {
    Name::from_der(der).map_or_else(|| MALFORMED.to_owned(), |name| name.to_string())
}
