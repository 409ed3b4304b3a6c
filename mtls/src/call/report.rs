//! What a call showed, for people or as JSON.

use std::fmt;

use rustls_pki_types::UnixTime;
use serde::Serialize;
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::X509Name;

use super::handshake::Handshake;
use super::interruption::Interruption;
use super::recorder::Negotiated;
use super::refusal::Refusal;
use super::response::{Body, End, Response};
use crate::certificate::distinguished_name;
use crate::certificate::facts::{State, inspect};
use crate::printable::printable;

/// How many authorities are named to people; a server that trusts the public roots names hundreds.
const NAMED_AUTHORITIES: usize = 10;

/// Statuses by which servers refuse a certificate once the handshake is over; 495 and 496 are nginx's own.
const REFUSING_STATUSES: [u16; 5] = [400, 401, 403, 495, 496];

const REFUSED_BY_STATUS: &str = "some servers, nginx among them, judge a certificate after the handshake and refuse it by such a status; \
     the body or the server's log has the reason";

/// What a call showed. Nothing in it is secret but what the server answered.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    url: String,
    /// `answered`, or the handler's reason code for a call that was not.
    outcome: &'static str,
    response: Option<Response>,
    /// What a status may mean beside a certificate.
    note: Option<&'static str>,
    refusal: Option<Refusal>,
    tls: Option<Negotiated>,
    /// As the server sent them, its own first.
    server_certificates: Vec<Certificate>,
    /// Whether the server asked for a certificate; nothing where the handshake did not get that far.
    certificate_asked: Option<bool>,
    /// The authorities that the server said it takes; many servers name none.
    authorities: Vec<String>,
    /// As they went over the wire, ours first. Empty where none was sent.
    sent_certificates: Vec<Certificate>,
}

/// One certificate, in short.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Certificate {
    subject: String,
    issuer: String,
    not_before: String,
    not_after: String,
    /// Nothing where the certificate cannot be parsed.
    validity: Option<State>,
    sha1: String,
    sha256: String,
}

impl Report {
    /// Puts together what was seen; `now` is what validity is compared with.
    pub(super) fn new(
        url: String,
        outcome: Result<Response, Interruption>,
        handshake: Handshake,
        tls: Option<Negotiated>,
        now: UnixTime,
    ) -> Self {
        let reason = match &outcome {
            Ok(_) => "answered",
            Err(interruption) => interruption.kind.reason(),
        };
        let refusal = outcome.as_ref().err();
        let refusal = refusal.map(|interruption| Refusal::explain(interruption, &handshake));
        let shown = |chain: Option<Vec<Vec<u8>>>| {
            let chain = chain.unwrap_or_default();
            chain.iter().map(|der| Certificate::of(der, now)).collect()
        };
        // The request stands before the server's certificate under TLS 1.3 and behind it under TLS 1.2.
        let is_known = outcome.is_ok() || handshake.asked.is_some() || tls.is_some();
        let refuses = |response: &Response| REFUSING_STATUSES.contains(&response.status);
        let is_note = handshake.asked.is_some() && outcome.as_ref().is_ok_and(refuses);
        Self {
            url: printable(&url),
            outcome: reason,
            note: is_note.then_some(REFUSED_BY_STATUS),
            response: outcome.ok(),
            refusal,
            tls,
            certificate_asked: is_known.then_some(handshake.asked.is_some()),
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
        use client_cert::Thumbprint;
        let facts = inspect(der, now).ok();
        let unreadable = || "(cannot be parsed)".to_owned();
        let text = |facts: Option<String>| facts.unwrap_or_else(unreadable);
        Self {
            subject: text(facts.as_ref().map(|facts| facts.subject.clone())),
            issuer: text(facts.as_ref().map(|facts| facts.issuer.clone())),
            not_before: text(facts.as_ref().map(|facts| facts.not_before.clone())),
            not_after: text(facts.as_ref().map(|facts| facts.not_after.clone())),
            validity: facts.map(|facts| facts.validity),
            sha1: Thumbprint::sha1_of(der).hex(),
            sha256: Thumbprint::sha256_of(der).hex(),
        }
    }
}

fn authority(der: &[u8]) -> String {
    match X509Name::from_der(der) {
        Ok((_, name)) => distinguished_name::text(&name),
        Err(_) => "(cannot be parsed)".to_owned(),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.response {
            Some(response) => writeln!(f, "{}: {}", self.url, response.status)?,
            None => writeln!(f, "{}: {}", self.url, self.outcome)?,
        }
        if let Some(note) = self.note {
            writeln!(f, "  note            {note}")?;
        }
        if let Some(refusal) = &self.refusal {
            write!(f, "\n{refusal}")?;
        }
        if let Some(tls) = &self.tls {
            writeln!(f, "\n{tls}")?;
        }
        self.server(f)?;
        self.ours(f)?;
        match &self.response {
            Some(response) => write!(f, "\n{}", response.body),
            None => Ok(()),
        }
    }
}

impl Report {
    fn server(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.server_certificates.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nthe server's certificates, as sent")?;
        list(f, &self.server_certificates)
    }

    fn ours(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.certificate_asked {
            None => return Ok(()),
            Some(false) => {
                return writeln!(f, "\nthe server asked for no certificate, so none was sent");
            }
            Some(true) => {}
        }
        write!(f, "\nthe server asked for a certificate")?;
        if self.authorities.is_empty() {
            writeln!(f, " and named no authorities")?;
        } else {
            writeln!(f, " of one of these authorities")?;
        }
        for name in self.authorities.iter().take(NAMED_AUTHORITIES) {
            writeln!(f, "  {name}")?;
        }
        let more = self.authorities.len().saturating_sub(NAMED_AUTHORITIES);
        if more > 0 {
            writeln!(f, "  and {more} more")?;
        }
        if self.sent_certificates.is_empty() {
            return writeln!(f, "no certificate was sent");
        }
        writeln!(f, "these were sent, in this order")?;
        list(f, &self.sent_certificates)
    }
}

fn list(f: &mut fmt::Formatter<'_>, certificates: &[Certificate]) -> fmt::Result {
    for (index, certificate) in certificates.iter().enumerate() {
        writeln!(f, "  {} {certificate}", index + 1)?;
    }
    Ok(())
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.validity {
            Some(State::Expired) => ", EXPIRED",
            Some(State::NotYetValid) => ", NOT YET VALID",
            Some(State::Valid) | None => "",
        };
        writeln!(f, "{}", self.subject)?;
        writeln!(f, "    issued by     {}", self.issuer)?;
        writeln!(
            f,
            "    valid         {} to {}{state}",
            self.not_before, self.not_after
        )?;
        writeln!(f, "    SHA-1         {}", self.sha1)?;
        write!(f, "    SHA-256       {}", self.sha256)
    }
}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match self.end {
            End::Complete => "",
            End::CutOff => ", and there is more",
            End::BrokenOff => ", and the connection broke before its end",
        };
        match &self.text {
            Some(text) => {
                writeln!(f, "body, {} bytes{end}", self.bytes)?;
                for line in text.lines() {
                    writeln!(f, "  {}", printable(line))?;
                }
                Ok(())
            }
            None => writeln!(
                f,
                "body, {} bytes that are no UTF-8 text{end}; --json shows them as base64",
                self.bytes
            ),
        }
    }
}
