//! `mtls certificate show`: what a file holds, for people or as JSON.

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use rustls_pki_types::UnixTime;
use serde::Serialize;

use super::as_identity::Verdict;
use super::facts::Entry;
use super::facts_text::line;
use crate::Failure;
use crate::certificate_file::{self, Found};
use crate::identity_file::IdentityFile;
use crate::output;
use crate::password::PasswordArguments;
use crate::printable::printable;

/// Show what a certificate file holds: names, dates, thumbprints, usage, chain
#[derive(Args)]
pub(crate) struct Show {
    /// PKCS#12, PEM, DER, base64 or hexadecimal text; - reads standard input
    file: PathBuf,

    /// One JSON document instead of text
    #[arg(long)]
    json: bool,

    /// Ask the handler's loader whether this is usable as our identity for outbound calls: exit 0 yes, 1 no
    #[arg(long)]
    as_identity: bool,

    /// Which of several identities, by thumbprint or friendly name
    #[arg(long, value_name = "THUMBPRINT|NAME", requires = "as_identity")]
    select: Option<String>,

    #[command(flatten)]
    password: PasswordArguments,
}

/// What a file holds. Nothing in it is secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    pub(crate) file: String,
    pub(crate) format: String,
    pub(crate) friendly_name: Option<String>,
    pub(crate) has_private_key: bool,
    /// The leaf first.
    pub(crate) certificates: Vec<Entry>,
}

impl Show {
    /// Prints the report; the exit code says nothing about the certificate's validity.
    pub(crate) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        if self.as_identity {
            let file = IdentityFile::read(&self.file)?;
            let answer = file.load(&self.password, self.select.as_deref())?;
            let answer = answer.and_then(|identity| file.accept(&identity).map(|()| identity));
            return Verdict::new(&file, &answer, now)?.print(self.json);
        }
        let found = certificate_file::read(&self.file, &self.password)?;
        let report = report(&certificate_file::name_of(&self.file), &found, now);
        if self.json {
            output::print_json(&report)?;
        } else {
            output::print(&report.to_string())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Everything that was found.
pub(crate) fn report(file: &str, found: &Found, now: UnixTime) -> Report {
    let certificates = found.certificates.iter();
    Report {
        file: printable(file),
        format: found.format.to_string(),
        friendly_name: found.friendly_name.as_deref().map(printable),
        has_private_key: found.has_private_key(),
        certificates: certificates.map(|der| Entry::of(der, now)).collect(),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = if self.has_private_key {
            "with"
        } else {
            "without"
        };
        writeln!(f, "{}: {}, {key} private key", self.file, self.format)?;
        if let Some(name) = &self.friendly_name {
            line(f, "friendly name", name)?;
        }
        let count = self.certificates.len();
        for (index, certificate) in self.certificates.iter().enumerate() {
            if count > 1 {
                writeln!(f, "\ncertificate {} of {count}", index + 1)?;
            }
            certificate.fmt(f)?;
        }
        Ok(())
    }
}
