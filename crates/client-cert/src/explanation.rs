//! The decision, laid out: each check in its order, with what was expected and what was seen.

use rustls_pki_types::UnixTime;

use super::decision::{Decision, Requirement, decide};
use super::denial::Denial;
use super::fitness::{Check, PATH_CHECKS, PIN_CHECKS};
use super::forwarded::{Forwarded, ForwardedError, HeaderLine, MAX_HEADER_VALUE_BYTES, decode};
use super::policy::{FrontEnd, Policy};
use crate::x509::CommonName;
use crate::x509::{Certificate, CertificateError};

/// A decision and the checks that it consists of.
///
/// For people and tools, never for requests: it makes text for every check. It holds no header value.
#[derive(Debug)]
pub struct Explanation {
    decision: Decision,
    steps: Vec<Step>,
}

impl Explanation {
    /// What [`decide`] said.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// The checks in their order, also those behind the first that fails, as far as there is something to look at.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The check for which the caller was refused; none for a caller who was admitted.
    pub fn first_failure(&self) -> Option<&Step> {
        match self.decision {
            Decision::Allow(_) => None,
            Decision::Deny(_) => self
                .steps
                .iter()
                .find(|step| step.denial.is_some() && step.stage != Stage::IfPinned),
        }
    }
}

/// One check.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// Its stable name, such as `validity`.
    pub name: &'static str,
    /// To what it belongs.
    pub stage: Stage,
    /// What would pass.
    pub expected: String,
    /// What is there, whether it passes or not. Text that comes from a certificate is escaped.
    pub seen: String,
    /// Why it fails; `None` where it passes.
    pub denial: Option<Denial>,
}

/// To what a check belongs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Stage {
    /// The way from the request to a certificate that some rule lists.
    Request,
    /// What the rule asks for that lists the certificate itself.
    Pin,
    /// What the rule asks for that lists the certificate's common name.
    CommonName,
    /// What a pin would ask for, where no rule lists the certificate. Nothing is decided by it.
    IfPinned,
    /// What the function asks for beyond admission.
    Role,
}

/// Decides as [`decide`] does, by calling it, and lays out the checks.
///
/// The checks are those of the decision, run once more one by one with the same functions. They decide nothing: where
/// they ever told something else, the decision would hold.
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
    layout.front_end(forwarded.proto);
    if let Some(certificate) = layout.certificate(forwarded) {
        layout.rules(&certificate);
    }
    layout.role(requirement);
    Explanation {
        decision: decide(policy, requirement, forwarded, now),
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
    fn front_end(&mut self, proto: HeaderLine<'_>) {
        let front_end = self.policy.rules().front_end;
        let denial = front_end.vouches(proto).err();
        let seen = match (front_end, &denial) {
            (FrontEnd::Undeclared, _) => "nothing".to_owned(),
            (_, Some(Denial::NotOverTls { seen })) => {
                format!("{front_end}, and X-Forwarded-Proto: {seen}")
            }
            (FrontEnd::AppService | FrontEnd::Development, _) => front_end.to_string(),
        };
        let expected = match front_end {
            FrontEnd::AppService => "app-service, and X-Forwarded-Proto: https exactly once",
            FrontEnd::Undeclared | FrontEnd::Development => {
                "CLIENT_CERT_FRONT_END to say who sets the certificate's header"
            }
        };
        self.step(Stage::Request, "front-end", expected, seen, denial);
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
            match &der {
                Ok(der) => format!("{} bytes of DER", der.len()),
                Err(ForwardedError::Encoding { seen }) => seen.to_string(),
                Err(ForwardedError::Joined) => "several values joined by a comma".to_owned(),
                Err(other) => other.to_string(),
            },
            der.clone().err().map(Denial::Forwarded),
        );
        let certificate = Certificate::parse(&der.ok()?);
        self.step(
            Stage::Request,
            "certificate",
            "one X.509 certificate that can be read without doubt, and nothing behind it",
            match &certificate {
                Ok(certificate) => format!("the certificate of {}", certificate.subject()),
                Err(CertificateError::TrailingBytes { count }) => {
                    format!("{count} bytes behind it")
                }
                Err(CertificateError::Malformed { detail }) => detail.clone(),
                Err(CertificateError::Extension(error)) => error.to_string(),
            },
            certificate.clone().err().map(Denial::Certificate),
        );
        certificate.ok()
    }

    /// Which rule lists the certificate, and what that rule asks for. Either rule admits.
    fn rules(&mut self, certificate: &Certificate) {
        let policy = self.policy;
        let pin = policy.pin(certificate);
        let name = policy.listed_name(certificate);
        let seen = match (pin, &name) {
            (Some(pin), _) => format!("{pin}, which is listed"),
            (None, Ok(name)) => format!("the common name {name:?}, which is listed"),
            (None, Err(_)) => claims(certificate),
        };
        let denial = name.clone().err().filter(|_| pin.is_none());
        self.step(Stage::Request, "listed", lists(policy), seen, denial);
        match (pin, name) {
            (Some(_), name) => {
                let passed = self.checks(Stage::Pin, &PIN_CHECKS, certificate);
                if let (false, Ok(name)) = (passed, name) {
                    self.under_a_path(certificate, name);
                }
            }
            (None, Ok(name)) => self.under_a_path(certificate, name),
            (None, Err(_)) => {
                self.checks(Stage::IfPinned, &PIN_CHECKS, certificate);
            }
        }
    }

    fn under_a_path(&mut self, certificate: &Certificate, name: &str) {
        self.checks(Stage::CommonName, &PATH_CHECKS, certificate);
        let rules = self.policy.rules();
        let path = rules
            .trust
            .verify(certificate, name, rules.extended_key_usage, self.now);
        let anchors: Vec<String> = rules
            .trust
            .anchors()
            .iter()
            .map(|anchor| anchor.subject().to_string())
            .collect();
        let seen = match &path {
            Ok(path) => format!("a path to {}", path.anchor),
            Err(error) => format!("issuer {}: {}", certificate.issuer(), error.seen()),
        };
        self.step(
            Stage::CommonName,
            "path",
            format!("a verified path to {}", anchors.join(" or ")),
            seen,
            path.err().map(Denial::Path),
        );
    }

    /// Whether the certificate passes all of them.
    fn checks(&mut self, stage: Stage, checks: &[Check], certificate: &Certificate) -> bool {
        let rules = self.policy.rules();
        let before = self.steps.len();
        for check in checks {
            self.step(
                stage,
                check.name(),
                check.expected(rules, self.now),
                check.seen(certificate),
                check.run(certificate, rules, self.now).err(),
            );
        }
        self.steps
            .iter()
            .skip(before)
            .all(|step| step.denial.is_none())
    }

    fn role(&mut self, requirement: &Requirement) {
        if let Requirement::AnyRole(roles) = requirement {
            self.step(
                Stage::Role,
                "role",
                format!("one of the roles {}", roles.join(", ")),
                "none: no rule grants a role yet".to_owned(),
                Some(Denial::RoleMissing {
                    expected: roles.clone(),
                }),
            );
        }
    }

    fn step(
        &mut self,
        stage: Stage,
        name: &'static str,
        expected: impl Into<String>,
        seen: String,
        denial: Option<Denial>,
    ) {
        self.steps.push(Step {
            name,
            stage,
            expected: expected.into(),
            seen,
            denial,
        });
    }
}

fn described(line: HeaderLine<'_>) -> String {
    match line {
        HeaderLine::Absent => "none".to_owned(),
        HeaderLine::Repeated(lines) => format!("{lines} lines"),
        HeaderLine::Once(value) if value.trim_ascii().is_empty() => "an empty one".to_owned(),
        HeaderLine::Once(value) => format!("one of {} bytes", value.len()),
    }
}

fn lists(policy: &Policy) -> String {
    let rules = policy.rules();
    format!(
        "one of {} listed thumbprints, or one of {} listed common names",
        rules.pins.len(),
        rules.common_names.len()
    )
}

/// What a certificate could have been listed by.
fn claims(certificate: &Certificate) -> String {
    let name = match certificate.subject().common_name() {
        CommonName::One(name) => format!("the common name {name:?}"),
        CommonName::Absent => "no common name".to_owned(),
        CommonName::Several(count) => format!("{count} common names, so none that counts"),
        CommonName::Unreadable => "a common name that is no text".to_owned(),
    };
    format!(
        "{} (or {}), and {name}",
        certificate.sha256(),
        certificate.sha1()
    )
}
