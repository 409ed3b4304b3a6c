//! `mtls certificate show --as-identity`: whether the handler would take a file as our identity.

use std::fmt;
use std::process::ExitCode;

use outbound_mtls::{Identity, LoadError};
use rustls_pki_types::UnixTime;
use serde::Serialize;

use super::facts::Entry;
use crate::Failure;
use crate::certificate_file::explained;
use crate::identity_file::IdentityFile;
use crate::output;
use crate::printable::printable;

/// The loader's answer about one file. Nothing in it is secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Verdict {
    file: String,
    usable: bool,
    /// The setting of the handler that takes a file of this form.
    setting: &'static str,
    /// The loader's own refusal.
    refusal: Option<String>,
    /// What is odd and keeps nothing from working.
    warnings: Vec<String>,
    /// As it would be sent: ours first, then each one's issuer, without the root.
    chain: Vec<Entry>,
}

impl Verdict {
    /// Renders what the loader answered.
    ///
    /// # Errors
    ///
    /// A certificate that the loader takes and that cannot be shown.
    pub(super) fn new(
        file: &IdentityFile,
        answer: &Result<Identity, LoadError>,
        now: UnixTime,
    ) -> Result<Self, Failure> {
        let mut verdict = Self {
            file: printable(file.name()),
            usable: answer.is_ok(),
            setting: file.form().setting(),
            refusal: None,
            warnings: Vec::new(),
            chain: Vec::new(),
        };
        match answer {
            Ok(identity) => verdict.add(identity, now)?,
            Err(error) => verdict.refusal = Some(printable(&explained(error))),
        }
        Ok(verdict)
    }

    fn add(&mut self, identity: &Identity, now: UnixTime) -> Result<(), Failure> {
        let facts = identity.facts();
        self.warnings = facts.warnings.iter().map(ToString::to_string).collect();
        if facts.days_left(now) < 0 {
            self.warnings
                .push("the certificate has expired; it loads, and servers refuse it".to_owned());
        }
        let chain = identity
            .chain_der()
            .map_err(|error| Failure::No(error.to_string()))?;
        self.chain = chain.iter().map(|der| Entry::of(der, now)).collect();
        Ok(())
    }

    /// Prints the answer: exit 0 for yes, 1 for no.
    ///
    /// # Errors
    ///
    /// An answer that cannot be written.
    pub(super) fn print(&self, json: bool) -> Result<ExitCode, Failure> {
        if json {
            output::print_json(self)?;
        } else {
            output::print(&self.to_string())?;
        }
        Ok(ExitCode::from(u8::from(!self.usable)))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(refusal) = &self.refusal {
            return writeln!(f, "{}: not usable as our identity: {refusal}", self.file);
        }
        writeln!(
            f,
            "{}: usable as our identity, by {}",
            self.file, self.setting
        )?;
        for warning in &self.warnings {
            writeln!(f, "  warning: {warning}")?;
        }
        let count = self.chain.len();
        for (index, certificate) in self.chain.iter().enumerate() {
            writeln!(f, "\nsent as certificate {} of {count}", index + 1)?;
            certificate.fmt(f)?;
        }
        Ok(())
    }
}
