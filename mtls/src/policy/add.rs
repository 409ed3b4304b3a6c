//! `mtls policy add`: a certificate's rule, put into a document.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use app_settings::Problem;
use clap::Args;
use client_cert::{Candidate, Certificate, evaluate};
use rustls_pki_types::UnixTime;
use serde_json::Value;

use super::conditions::Conditions;
use super::document_file::{DocumentFile, Opened};
use super::insertion::Insertion;
use crate::atomic_file;
use crate::certificate_file;
use crate::failure::Failure;
use crate::output;
use crate::printable::printable;

/// Add a certificate to a policy document, and keep its comments and form
///
/// Without --domain the certificate is pinned by its SHA-256. With --domain the rule has the conditions that are given, which
/// the certificate must satisfy. The rule becomes the last one of the caller, or a new caller becomes the last one. Nothing is
/// written where the document would not load, or the certificate would belong to two callers.
#[derive(Args)]
pub(crate) struct Add {
    /// The document to change
    file: PathBuf,

    /// The caller's certificate: PEM, DER, or text as mtls certificate show reads it
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,

    /// The caller, in the document already or new
    #[arg(long, value_name = "NAME")]
    name: String,

    /// A role of a new caller; repeatable
    #[arg(long, value_name = "ROLE")]
    role: Vec<String>,

    #[command(flatten)]
    conditions: Conditions,

    /// The first instant at which the rule counts, as 2027-03-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    not_before: Option<String>,

    /// The first instant at which the rule no longer counts
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

impl Add {
    /// Writes the document with the rule, and says what it comes to.
    ///
    /// # Errors
    ///
    /// Documents that do not load before or after, and certificates that are in the document already: exit 64.
    pub(super) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        let file = DocumentFile::read(&self.file)?;
        let opened = file.open_or_report()?;
        let certificate = self.certificate()?;
        self.refuse_roles_of_known_caller(&opened)?;
        let changed = self.changed(&file, &certificate)?;
        let reopened = changed.open_or_report()?;
        let evaluation = evaluate(&reopened.policy, &certificate, now);
        let candidates = evaluation.candidates();
        let added = self.added(candidates, &reopened)?;
        one_caller(candidates, &reopened, &changed)?;
        atomic_file::rewrite(&self.file, &changed.bytes)
            .map_err(|error| Problem::new(&file.name, format!("cannot be written: {error}")))?;
        let mut text = format!("{}: caller {}, {}\n", file.name, self.name, added.rule());
        for denial in added.denials() {
            text.push_str(&format!("the certificate is not admitted now: {denial}\n"));
        }
        if let Some(entry) = evaluation.denied() {
            text.push_str(&format!(
                "the certificate is denied all the same, by {entry}\n"
            ));
        }
        output::print(&text)?;
        Ok(ExitCode::SUCCESS)
    }

    /// The first certificate of the file. Nothing is asked, so that a file with a password is a problem.
    fn certificate(&self) -> Result<Certificate, Problem> {
        let bytes = certificate_file::load(&self.certificate)?;
        let name = || printable(&certificate_file::name_of(&self.certificate));
        let found = certificate_file::parse(&bytes, None)
            .map_err(|error| Problem::new(name(), error.to_string()))?;
        Certificate::parse(found.leaf()).map_err(|error| Problem::new(name(), error.to_string()))
    }

    /// Roles are a caller's and not a rule's: nobody gains one in passing.
    fn refuse_roles_of_known_caller(&self, opened: &Opened) -> Result<(), Problem> {
        let mut callers = opened.document.callers.iter();
        let is_known = callers.any(|caller| caller.name.value.as_str() == self.name);
        match is_known && !self.role.is_empty() {
            true => Err(Problem::new(
                "--role",
                "expected a new caller beside it, found one of the document; change its roles there",
            )),
            false => Ok(()),
        }
    }

    /// The document with the rule in it.
    fn changed(
        &self,
        file: &DocumentFile,
        certificate: &Certificate,
    ) -> Result<DocumentFile, Problem> {
        let insertion = Insertion {
            caller: &self.name,
            roles: &self.role,
            rule: self.rule(certificate),
        };
        let text = str::from_utf8(&file.bytes).ok();
        match text.and_then(|text| insertion.into_text(text)) {
            Some(text) => Ok(DocumentFile::of(&self.file, text.into_bytes())),
            None => Err(Problem::new(
                &file.name,
                "expected a list of callers to add to, found another text; correct the document",
            )),
        }
    }

    fn rule(&self, certificate: &Certificate) -> Vec<(&'static str, Value)> {
        let conditions = self.conditions.given();
        let is_pin = conditions.iter().all(|(key, _)| *key == "domain");
        let pin = is_pin.then(|| ("sha256", Value::from(certificate.sha256().hex())));
        let window = [("notBefore", &self.not_before), ("until", &self.until)];
        let window = window
            .into_iter()
            .filter_map(|(key, value)| Some((key, Value::from(value.as_deref()?))));
        conditions.into_iter().chain(pin).chain(window).collect()
    }

    /// The rule as the certificate's: it must list it.
    fn added<'c, 'd>(
        &self,
        candidates: &'c [Candidate<'d>],
        reopened: &Opened,
    ) -> Result<&'c Candidate<'d>, Problem> {
        let mut callers = reopened.policy.callers();
        let caller = callers.find(|caller| is_named(caller, &self.name));
        let rule = caller
            .and_then(|caller| caller.rules.last())
            .map(ToString::to_string);
        let mut candidates = candidates.iter();
        let found = candidates.find(|candidate| {
            is_named(candidate.caller(), &self.name) && Some(candidate.rule().to_string()) == rule
        });
        found.ok_or_else(|| {
            let text = format!(
                "expected a rule that the certificate satisfies, found {}; mtls certificate show prints its names",
                rule.unwrap_or_default()
            );
            Problem::new("--certificate", text)
        })
    }
}

fn is_named(caller: &client_cert::Caller, name: &str) -> bool {
    caller
        .name
        .as_ref()
        .is_some_and(|found| found.as_str() == name)
}

/// Whether the rules that list the certificate are one caller's; else each of them with its place.
fn one_caller(
    candidates: &[Candidate<'_>],
    reopened: &Opened,
    changed: &DocumentFile,
) -> Result<(), Vec<Problem>> {
    let names: BTreeSet<_> = candidates
        .iter()
        .map(|candidate| &candidate.caller().name)
        .collect();
    if names.len() < 2 {
        return Ok(());
    }
    let locator = changed.locator().map_err(|problem| vec![problem])?;
    let listing = reopened.rules().filter(|written| {
        let mut candidates = candidates.iter();
        candidates.any(|candidate| {
            candidate.caller().name == written.caller.name
                && candidate.rule().to_string() == written.rule.to_string()
        })
    });
    let problems = listing.map(|written| {
        let text = format!(
            "expected the certificate in one caller, found this rule of {} for it too, so that it would be refused; remove one \
             rule, or add it to that caller",
            written.caller_entry.name.value
        );
        locator.problem(written.entry.place, text)
    });
    let problems: Vec<policy_source::Problem> = problems.collect();
    Err(changed.within(&problems))
}
