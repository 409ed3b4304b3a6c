//! The explanation: an evaluation laid out check by check, with what was expected and what was found.

use std::sync::Arc;

use rustls_pki_types::UnixTime;

use crate::check::Finding;
use crate::decider::authorize;
use crate::decision::{Decision, Refusal, Requirement};
use crate::denial::Denial;
use crate::evaluation::{Candidate, DomainPath, Evaluation, evaluate};
use crate::forwarded::{Forwarded, ForwardedError, MAX_HEADER_VALUE_BYTES, decode};
use crate::front_end::FrontEnd;
use crate::header_line::HeaderLine;
use crate::permit::Permit;
use crate::policy::Policy;
use crate::rule::Rule;
use crate::trust::TrustDomain;
use crate::x509::{Certificate, CertificateError, CommonName};

/// A decision and the checks that it consists of.
///
/// For people and tools, never for requests: it makes text for every check. It holds no header value.
#[derive(Debug)]
pub struct Explanation {
    decision: Decision,
    steps: Vec<Step>,
}

impl Explanation {
    /// What [`Decider::decide`](crate::Decider::decide) decides about the same request.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// The checks in order, including those after the first that fails, as far as there is something to look at.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The check for which the caller was refused; none for a caller who was admitted.
    pub fn first_failure(&self) -> Option<&Step> {
        let fails = |step: &&Step| step.denial.is_some() && step.stage != Stage::IfPinned;
        match self.decision {
            Decision::Allow(_) => None,
            Decision::Deny(_) => self.steps.iter().find(fails),
        }
    }
}

/// One check.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its stable name, such as `validity`.
    pub name: &'static str,
    /// What it belongs to.
    pub stage: Stage,
    /// What would pass.
    pub expected: String,
    /// What was found, whether it passes or not. Text that comes from a certificate is escaped.
    pub found: String,
    /// Why it fails; `None` if it passes.
    pub denial: Option<Denial>,
}

/// What a check belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Stage {
    /// The way from the request to a certificate that some rule lists.
    Request,
    /// What a rule requires that lists the certificate itself.
    Pin,
    /// What a rule requires that lists a name of the certificate.
    Name,
    /// What a pin would require, if no rule lists the certificate. Nothing is decided by it.
    IfPinned,
    /// Whether one caller's rules admit the certificate; only there if several callers' do.
    Caller,
    /// What the function requires beyond admission.
    Role,
}

/// Decides as [`Decider::decide`](crate::Decider::decide) does, and lays out the checks.
///
/// The evaluation is made once: the decision and the steps are both read from it.
pub fn explain(
    policy: &Policy,
    requirement: &Requirement,
    forwarded: &Forwarded<'_>,
    now: UnixTime,
) -> Explanation {
    let mut layout = Layout {
        policy,
        now,
        steps: Vec::new(),
    };
    let outcome = layout.outcome(requirement, forwarded);
    let decision = match layout.first_denial_of_request() {
        Some(denial) => Decision::Deny(Refusal::from(denial)),
        None => outcome.map_or_else(Decision::Deny, Decision::Allow),
    };
    Explanation {
        decision,
        steps: layout.steps,
    }
}

/// The steps so far.
struct Layout<'a> {
    policy: &'a Policy,
    now: UnixTime,
    steps: Vec<Step>,
}

impl Layout<'_> {
    /// Lays out every check, and what the certificate alone would come to.
    fn outcome(
        &mut self,
        requirement: &Requirement,
        forwarded: &Forwarded<'_>,
    ) -> Result<Permit, Refusal> {
        self.front_end(forwarded);
        let Some(certificate) = self.certificate(forwarded) else {
            self.role(requirement, &[]);
            return Err(Refusal::from(Denial::NotListed));
        };
        let evaluation = evaluate(self.policy, &certificate, self.now);
        self.rules(&evaluation);
        let admitted = evaluation.conclude();
        let roles = admitted
            .as_ref()
            .ok()
            .map(|admitted| &admitted.caller().roles);
        self.role(requirement, roles.map_or(&[], Vec::as_slice));
        authorize(Arc::new(admitted?), requirement)
    }

    /// The first failing check before the certificate was read.
    fn first_denial_of_request(&self) -> Option<Denial> {
        let mut request = self.steps.iter().filter(|step| step.name != LISTED);
        request
            .find(|step| step.stage == Stage::Request && step.denial.is_some())
            .and_then(|step| step.denial.clone())
    }

    fn front_end(&mut self, forwarded: &Forwarded<'_>) {
        let front_end = self.policy.front_end();
        let denial = front_end.vouches(forwarded).err();
        let found = match (front_end, &denial) {
            (FrontEnd::Undeclared, _) => "none".to_owned(),
            (_, Some(Denial::NotOverTls { found })) => {
                format!("{front_end}, and X-Forwarded-Proto: {found}")
            }
            (_, Some(Denial::HostNotLocal { found })) => format!("{front_end}, and {found}"),
            (FrontEnd::AppService | FrontEnd::Development, _) => front_end.to_string(),
        };
        let expected = match front_end {
            FrontEnd::AppService => "app-service, and X-Forwarded-Proto: https exactly once",
            FrontEnd::Development => "development, and a loopback name as host",
            FrontEnd::Undeclared => "a declared front end",
        };
        self.step(Stage::Request, "front-end", expected, found, denial);
    }

    /// From the header to the certificate, as far as it goes.
    fn certificate(&mut self, forwarded: &Forwarded<'_>) -> Option<Certificate> {
        let value = forwarded.certificate_value();
        self.step(
            Stage::Request,
            "one-certificate",
            format!("one X-ARR-ClientCert of at most {MAX_HEADER_VALUE_BYTES} bytes"),
            described(forwarded.certificate),
            value.clone().err().map(Denial::Forwarded),
        );
        let der = decode(value.ok()?);
        self.step(
            Stage::Request,
            "encoding",
            "standard base64 with its padding, and nothing else",
            decoded(&der),
            der.clone().err().map(Denial::Forwarded),
        );
        let certificate = Certificate::parse(&der.ok()?);
        self.step(
            Stage::Request,
            "certificate",
            "one X.509 certificate that every reader understands alike, and nothing after it",
            parsed(&certificate),
            certificate.clone().err().map(Denial::Certificate),
        );
        certificate.ok()
    }

    /// Which rules list the certificate, and what they require. Rules that admit stand for those that do not.
    fn rules(&mut self, evaluation: &Evaluation<'_>) {
        self.listed(evaluation);
        let any_admits = evaluation.candidates().iter().any(Candidate::admits);
        let shown: Vec<&Candidate<'_>> = evaluation
            .candidates()
            .iter()
            .filter(|candidate| candidate.admits() == any_admits)
            .collect();
        if shown.is_empty() {
            self.findings(Stage::IfPinned, evaluation);
        }
        let is_pin = |candidate: &&&Candidate<'_>| matches!(candidate.rule(), Rule::Pin(_));
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

    fn listed(&mut self, evaluation: &Evaluation<'_>) {
        let found = match evaluation.candidates().first() {
            Some(candidate) => format!("{}, which is listed", candidate.rule()),
            None => claims(evaluation.certificate()),
        };
        let denial = match evaluation.candidates() {
            [] => evaluation.conclude().err(),
            _ => None,
        };
        let denial = denial.map(|refusal| refusal.denial().clone());
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
        let Rule::Name { domain, .. } = candidate.rule() else {
            return;
        };
        let in_domain = |path: &&DomainPath<'_>| Arc::ptr_eq(path.domain, domain);
        if !evaluation.paths().iter().any(|path| in_domain(&path)) {
            return;
        }
        let denial = candidate.denials().first().cloned();
        let found = match &denial {
            Some(Denial::Path(error)) => {
                let issuer = evaluation.certificate().issuer();
                format!("issuer {issuer}: {}", error.found())
            }
            _ => format!("a path to {}", domain.subject()),
        };
        self.step(Stage::Name, "path", expected_path(domain), found, denial);
    }

    fn role(&mut self, requirement: &Requirement, roles: &[String]) {
        let Requirement::AnyRole(required) = requirement else {
            return;
        };
        let has_one = required.iter().any(|role| roles.contains(role));
        let found = match roles {
            [] => "no role".to_owned(),
            roles => roles.join(", "),
        };
        let denial = Denial::RoleMissing {
            expected: required.clone(),
            found: roles.to_vec(),
        };
        self.step(
            Stage::Role,
            "role",
            format!("one of the roles {}", required.join(", ")),
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
        Err(ForwardedError::Joined) => "several values joined by a comma".to_owned(),
        Err(other) => other.to_string(),
    }
}

fn parsed(certificate: &Result<Certificate, CertificateError>) -> String {
    match certificate {
        Ok(certificate) => format!("the certificate of {}", certificate.subject()),
        Err(CertificateError::TrailingBytes { count }) => format!("{count} bytes after it"),
        Err(CertificateError::Malformed { detail }) => detail.clone(),
        Err(CertificateError::Extension(error)) => error.to_string(),
    }
}

fn lists(policy: &Policy) -> String {
    let pins = policy.rules().filter(|rule| matches!(rule, Rule::Pin(_)));
    let pins = pins.count();
    let names = policy.rules().count().saturating_sub(pins);
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
    format!(
        "{} (or {}), and {name}",
        certificate.sha256(),
        certificate.sha1()
    )
}
