//! The report of a call for people.

use std::fmt;

use super::report::{Certificate, Report};
use super::response::{Body, End};
use crate::certificate::facts::State;
use crate::printable::printable;
use crate::tls::Renegotiation;

/// How many authorities are listed for people; a server that trusts the public roots names hundreds.
const LISTED_AUTHORITIES: usize = 10;

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
        if let Some(second) = self.renegotiation {
            write!(f, "{second}")?;
            if self.authorities.is_empty() && self.sent_certificates.is_empty() {
                return Ok(());
            }
        }
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
            writeln!(f, " from one of these authorities")?;
        }
        for name in self.authorities.iter().take(LISTED_AUTHORITIES) {
            writeln!(f, "  {name}")?;
        }
        let more = self.authorities.len().saturating_sub(LISTED_AUTHORITIES);
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

impl fmt::Display for Renegotiation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\nthe server began a second, encrypted handshake (renegotiation)")?;
        writeln!(
            f,
            "{}",
            match (self.is_asked(), self.is_sent(), self.is_not_asked()) {
                (true, true, _) => {
                    " and asked for a certificate in it; the certificate of --identity was sent"
                }
                (true, false, _) => " and asked for a certificate in it; none was sent",
                (false, _, true) => " and asked for no certificate in it",
                (false, _, false) =>
                    ", which ended before it showed whether a certificate was asked for",
            }
        )
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
                "body, {} bytes that are not UTF-8 text{end}; --json shows them as base64",
                self.bytes
            ),
        }
    }
}
