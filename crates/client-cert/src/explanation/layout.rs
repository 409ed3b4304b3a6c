//! The checks as steps, in the order in which the decision makes them.

use std::sync::Arc;

use rustls_pki_types::UnixTime;

use super::{Stage, Step};
use crate::check::Finding;
use crate::decision::Requirement;
use crate::denial::{Denial, joined};
use crate::evaluation::{Candidate, DomainPath, Evaluation};
use crate::forwarded::{Forwarded, ForwardedError};
use crate::front_end::FrontEnd;
use crate::header_line::HeaderLine;
use crate::policy::Policy;
use crate::policy_name::RoleName;
use crate::reading::Reading;
use crate::trust::TrustDomain;
use crate::window::Window;
use crate::x509::{Certificate, CertificateError, CommonName, rfc3339, seconds};

/// The steps so far.
pub(super) struct Layout<'a> {
    policy: &'a Policy,
    now: UnixTime,
    pub(super) steps: Vec<Step>,
}

impl<'a> Layout<'a> {
    pub(super) fn new(policy: &'a Policy, now: UnixTime) -> Self {
        Self {
            policy,
            now,
            steps: Vec::new(),
        }
    }

    /// From the front end to the certificate, as far as it goes.
    pub(super) fn request(
        &mut self,
        forwarded: &Forwarded<'_>,
        reading: &Reading<'_>,
        certificate: &Result<Certificate, Denial>,
    ) {
        if let Err(denial) = reading.policy() {
            self.step(
                Stage::Request,
                "policy",
                "a policy that could be loaded",
                "none".to_owned(),
                Some(denial.clone()),
            );
        }
        self.front_end(reading);
        let dialect = reading.dialect();
        self.step(
            Stage::Request,
            "one-certificate",
            format!(
                "one {} of at most {} bytes",
                dialect.header(),
                dialect.max_value_bytes()
            ),
            described(dialect.line(forwarded)),
            reading.value().clone().err().map(Denial::Forwarded),
        );
        if reading.value().is_err() {
            return;
        }
        let der = reading.der();
        self.step(
            Stage::Request,
            "encoding",
            dialect.encoding(),
            decoded(&der),
            der.clone().err().map(Denial::Forwarded),
        );
        if der.is_err() {
            return;
        }
        self.step(
            Stage::Request,
            "certificate",
            "one X.509 certificate that every reader understands alike, and nothing after it",
            parsed(certificate),
            certificate.clone().err(),
        );
    }

    fn front_end(&mut self, reading: &Reading<'_>) {
        let front_end = self.policy.front_end();
        let denial = reading.front_end().clone().err();
        let found = match (front_end, &denial) {
            (FrontEnd::Undeclared, _) => "none".to_owned(),
            (_, Some(Denial::NotOverTls { found })) => {
                format!("{front_end}, and X-Forwarded-Proto: {found}")
            }
            (_, Some(Denial::FrontEndUnproven { found })) => {
                format!("{front_end}, and X-Client-Cert-Front-End: {found}")
            }
            (_, Some(Denial::HostNotLocal { found })) => format!("{front_end}, and {found}"),
            (_, _) => front_end.to_string(),
        };
        let expected = match front_end {
            FrontEnd::AppService => "app-service, and X-Forwarded-Proto: https exactly once",
            FrontEnd::ContainerApps => "container-apps",
            FrontEnd::Rfc9440 => {
                "rfc9440, and X-Client-Cert-Front-End with its secret exactly once"
            }
            FrontEnd::Development => "development, and a loopback name as host",
            FrontEnd::Undeclared => "a declared front end",
        };
        self.step(Stage::Request, "front-end", expected, found, denial);
    }

    /// Which rules list the certificate, and what they require. Rules that admit stand for those that do not.
    pub(super) fn rules(&mut self, evaluation: &Evaluation<'_>) {
        self.denied(evaluation);
        self.listed(evaluation);
        let any_admits = evaluation.candidates().iter().any(Candidate::admits);
        let shown: Vec<&Candidate<'_>> = evaluation
            .candidates()
            .iter()
            .filter(|candidate| candidate.admits() == any_admits)
            .collect();
        for candidate in &shown {
            self.in_force(candidate);
        }
        if shown.is_empty() {
            self.findings(Stage::IfPinned, evaluation);
        }
        let is_pin = |candidate: &&&Candidate<'_>| candidate.rule().domain().is_none();
        if shown.iter().any(|candidate| is_pin(&candidate)) {
            self.findings(Stage::Pin, evaluation);
        }
        let mut names = shown
            .iter()
            .filter(|candidate| !is_pin(candidate))
            .peekable();
        if names.peek().is_some() {
            self.findings(Stage::Name, evaluation);
        }
        for candidate in names {
            self.path(candidate, evaluation);
        }
        if let Err(refusal) = evaluation.conclude()
            && let Denial::SeveralCallers { .. } = refusal.denial()
        {
            let denial = refusal.denial().clone();
            let found = denial.to_string();
            self.step(
                Stage::Caller,
                "one-caller",
                "rules of one caller",
                found,
                Some(denial),
            );
        }
    }

    /// Only there if the policy denies the certificate.
    fn denied(&mut self, evaluation: &Evaluation<'_>) {
        if let Some(by) = evaluation.denied() {
            self.step(
                Stage::Request,
                "not-denied",
                "a certificate that the policy does not deny",
                by.to_string(),
                Some(Denial::Denied { by: by.clone() }),
            );
        }
    }

    /// Whether a rule counts now; only there for rules that do not count always.
    fn in_force(&mut self, candidate: &Candidate<'_>) {
        let window = candidate.window();
        if window == Window::ALWAYS {
            return;
        }
        let stage = match candidate.rule().domain() {
            Some(_) => Stage::Name,
            None => Stage::Pin,
        };
        self.step(
            stage,
            "in-force",
            format!("a rule that counts at {}", rfc3339(seconds(self.now))),
            format!("{} counts {window}", candidate.rule()),
            window.denial(self.now),
        );
    }

    fn listed(&mut self, evaluation: &Evaluation<'_>) {
        let found = match evaluation.candidates().first() {
            Some(candidate) => match &candidate.caller().name {
                Some(caller) => format!("{}, which is listed for {caller}", candidate.rule()),
                None => format!("{}, which is listed", candidate.rule()),
            },
            None => claims(evaluation.certificate()),
        };
        let denial = match evaluation.candidates() {
            [] => evaluation.unlisted(),
            _ => None,
        };
        self.step(Stage::Request, LISTED, lists(self.policy), found, denial);
    }

    fn findings(&mut self, stage: Stage, evaluation: &Evaluation<'_>) {
        let findings: Vec<&Finding> = match stage {
            Stage::Name => evaluation.findings().for_name().collect(),
            _ => evaluation.findings().for_pin().collect(),
        };
        for Finding { check, denial } in findings {
            self.step(
                stage,
                check.name(),
                check.expected(self.policy.fitness(), self.now),
                check.found(evaluation.certificate()),
                denial.clone(),
            );
        }
    }

    /// The path of one rule for a name; without one, no path could make the certificate fit.
    fn path(&mut self, candidate: &Candidate<'_>, evaluation: &Evaluation<'_>) {
        let Some(domain) = candidate.rule().domain() else {
            return;
        };
        let in_domain = |path: &&DomainPath<'_>| Arc::ptr_eq(path.domain, domain);
        if !evaluation.paths().iter().any(|path| in_domain(&path)) {
            return;
        }
        let denial = candidate.denials().first().cloned();
        let found = match &denial {
            Some(
                denial @ (Denial::Revoked
                | Denial::RevocationUnknown
                | Denial::RevocationStale
                | Denial::Denied { .. }),
            ) => denial.to_string(),
            Some(Denial::Path(error)) => {
                let issuer = evaluation.certificate().issuer();
                format!("issuer {issuer}: {}", error.found())
            }
            _ => format!("a path to {}", domain.subject()),
        };
        self.step(Stage::Name, "path", expected_path(domain), found, denial);
    }

    pub(super) fn role(&mut self, requirement: &Requirement, evaluation: Option<&Evaluation<'_>>) {
        let Requirement::AnyRole(required) = requirement else {
            return;
        };
        let admitted = evaluation.and_then(|evaluation| evaluation.conclude().ok());
        let roles: &[RoleName] = match &admitted {
            Some(admitted) => &admitted.caller().roles,
            None => &[],
        };
        let has_one = required.iter().any(|role| roles.contains(role));
        let found = match roles {
            [] => "no role".to_owned(),
            roles => joined(roles),
        };
        let denial = Denial::RoleMissing {
            expected: required.clone(),
            found: roles.to_vec(),
        };
        self.step(
            Stage::Role,
            "role",
            format!("one of the roles {}", joined(required)),
            found,
            Some(denial).filter(|_| !has_one),
        );
    }

    fn step(
        &mut self,
        stage: Stage,
        name: &'static str,
        expected: impl Into<String>,
        found: String,
        denial: Option<Denial>,
    ) {
        self.steps.push(Step {
            name,
            stage,
            expected: expected.into(),
            found,
            denial,
        });
    }
}

/// The check that some rule lists the certificate.
const LISTED: &str = "listed";

fn expected_path(domain: &TrustDomain) -> String {
    format!("a verified path to {}", domain.subject())
}

fn described(line: HeaderLine<'_>) -> String {
    match line {
        HeaderLine::Absent => "none".to_owned(),
        HeaderLine::Repeated(lines) => format!("{lines} lines"),
        HeaderLine::Once(value) if value.trim_ascii().is_empty() => "an empty one".to_owned(),
        HeaderLine::Once(value) => format!("one of {} bytes", value.len()),
    }
}

fn decoded(der: &Result<Vec<u8>, ForwardedError>) -> String {
    match der {
        Ok(der) => format!("{} bytes of DER", der.len()),
        Err(ForwardedError::Encoding { found }) => found.to_string(),
        Err(ForwardedError::Element { found }) => found.to_string(),
        Err(ForwardedError::Joined) => "several values joined by a comma".to_owned(),
        Err(other) => other.to_string(),
    }
}

fn parsed(certificate: &Result<Certificate, Denial>) -> String {
    match certificate {
        Ok(certificate) => format!("the certificate of {}", certificate.subject()),
        Err(Denial::Certificate(CertificateError::TrailingBytes { count })) => {
            format!("{count} bytes after it")
        }
        Err(Denial::Certificate(CertificateError::Malformed { detail })) => detail.clone(),
        Err(other) => other.to_string(),
    }
}

fn lists(policy: &Policy) -> String {
    let named = policy.callers().filter(|caller| caller.name.is_some());
    let (callers, rules) = (named.count(), policy.rules().count());
    if callers > 0 {
        return format!("one of the rules of a caller ({rules} rules of {callers} callers)");
    }
    let pins = policy.rules().filter(|rule| rule.domain().is_none());
    let pins = pins.count();
    let names = rules.saturating_sub(pins);
    format!("one of {pins} listed thumbprints, or one of {names} listed common names")
}

/// What a certificate could have been listed by.
fn claims(certificate: &Certificate) -> String {
    let name = match certificate.subject().common_name() {
        CommonName::One(name) => format!("the common name {name:?}"),
        CommonName::Absent => "no common name".to_owned(),
        CommonName::Several(count) => format!("{count} common names, so none that counts"),
        CommonName::Unreadable => "a common name that is not readable text".to_owned(),
    };
    let names = &certificate.extensions().subject_alternative_names;
    let names: String = names.iter().map(|name| format!(", {name}")).collect();
    format!(
        "{} (or {}), and {name}{names}",
        certificate.sha256(),
        certificate.sha1()
    )
}
