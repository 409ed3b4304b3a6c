//! `mtls certificate show`: what a file holds, for people or as JSON.

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use app_settings::Problem;
use clap::Args;
use rustls_pki_types::UnixTime;
use serde::Serialize;

use super::as_identity::Verdict;
use super::distinguished_name::visible;
use super::facts::{Facts, State, inspect};
use crate::Failure;
use crate::certificate_file::{self, Found};
use crate::identity_file::IdentityFile;
use crate::output;
use crate::password::PasswordArguments;

/// Show what a certificate file holds: names, dates, thumbprints, usage, chain.
#[derive(Args)]
pub(crate) struct Show {
    /// PKCS#12, PEM, DER, base64 or hexadecimal text; - reads standard input
    file: PathBuf,

    /// One JSON document instead of text
    #[arg(long)]
    json: bool,

    /// Ask the handler's loader instead: would this do as our identity for outbound calls? Exit 0 yes, 1 no
    #[arg(long)]
    as_identity: bool,

    /// Which identity of several, by thumbprint or friendly name
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
    pub(crate) certificates: Vec<Facts>,
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
        let report = report(visible(&certificate_file::name_of(&self.file)), &found, now)?;
        if self.json {
            output::print_json(&report)?;
        } else {
            output::print(&report.to_string())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Inspects everything that was found.
///
/// # Errors
///
/// A certificate that the parser refuses, with the file's name.
pub(crate) fn report(file: String, found: &Found, now: UnixTime) -> Result<Report, Problem> {
    let certificates = found
        .certificates
        .iter()
        .map(|der| inspect(der, now))
        .collect::<Result<_, _>>()
        .map_err(|why| {
            Problem::new(
                &file,
                format!("it looks like a certificate and cannot be parsed: {why}"),
            )
        })?;
    Ok(Report {
        format: found.format.to_string(),
        friendly_name: found.friendly_name.as_deref().map(visible),
        has_private_key: found.has_private_key(),
        certificates,
        file,
    })
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
        for (index, facts) in self.certificates.iter().enumerate() {
            if count > 1 {
                writeln!(f, "\ncertificate {} of {count}", index + 1)?;
            }
            facts.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let itself = if self.self_issued { " (itself)" } else { "" };
        line(f, "subject", &self.subject)?;
        line(f, "issuer", &format!("{}{itself}", self.issuer))?;
        line(f, "serial", &self.serial)?;
        line(f, "valid", &self.period())?;
        line(f, "SHA-1", &self.thumbprints.sha1)?;
        line(f, "SHA-256", &self.thumbprints.sha256)?;
        line(f, "key", &self.key_line())?;
        line(f, "signature", &self.signature_algorithm)?;
        line(f, "key usage", &list(self.key_usage.as_deref()))?;
        line(
            f,
            "extended usage",
            &list(self.extended_key_usage.as_deref()),
        )?;
        for (kind, names) in self.alternative_names.by_type() {
            line(f, &format!("{kind} names"), &names.join(", "))?;
        }
        line(f, "constraints", &self.constraints())?;
        for extension in &self.other_extensions {
            let critical = if extension.critical { ", critical" } else { "" };
            let malformed = if extension.malformed {
                ", malformed"
            } else {
                ""
            };
            line(
                f,
                "extension",
                &format!("{}{critical}{malformed}", extension.name),
            )?;
        }
        Ok(())
    }
}

impl Facts {
    fn period(&self) -> String {
        let state = match self.validity {
            State::Valid => format!("{} days left", self.days_left),
            State::Expired => "EXPIRED".to_owned(),
            State::NotYetValid => "NOT YET VALID".to_owned(),
        };
        format!("{} to {} ({state})", self.not_before, self.not_after)
    }

    fn key_line(&self) -> String {
        let kind = self
            .key
            .curve
            .map_or(String::new(), |curve| format!(" {curve}"));
        format!("{}{kind}, {} bits", self.key.algorithm, self.key.bits)
    }

    fn constraints(&self) -> String {
        match &self.basic_constraints {
            None => "none".to_owned(),
            Some(basic) if !basic.ca => "not an authority".to_owned(),
            Some(basic) => match basic.path_length {
                None => "an authority".to_owned(),
                Some(length) => format!("an authority, path length {length}"),
            },
        }
    }
}

/// An absent extension and an empty one are different facts.
fn list<T: AsRef<str>>(values: Option<&[T]>) -> String {
    match values {
        None => "not restricted".to_owned(),
        Some([]) => "nothing".to_owned(),
        Some(values) => values
            .iter()
            .map(AsRef::as_ref)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn line(f: &mut fmt::Formatter<'_>, label: &str, value: &str) -> fmt::Result {
    writeln!(f, "  {label:<16}{value}")
}
