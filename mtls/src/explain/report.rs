//! The explanation as one value, for programs as it is and for people as text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_cert::{
    Certificate, CommonName, Decision, Explanation, Forwarded, FrontEnd, HeaderLine, Policy,
    Requirement, Stage, Step, TargetHost, explain, rfc3339,
};
use functions_handler::config::Settings;
use functions_handler::host::{Function, Marker};
use functions_handler::server::requirement;
use rustls_pki_types::UnixTime;
use serde::Serialize;

use super::advice::Refused;
use super::presented::Presented;

/// What is asked.
pub(super) struct Question<'a> {
    pub(super) settings: &'a Settings,
    pub(super) function: Option<&'a Function>,
    pub(super) presented: &'a Presented,
    pub(super) now: UnixTime,
}

/// The whole answer. Nothing in it is secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    pub(super) outcome: Outcome,
    /// The status of a refusal.
    pub(super) status: Option<u16>,
    /// The reason code of the log, if the caller is refused.
    pub(super) reason: Option<&'static str>,
    /// Further reason codes that apply.
    pub(super) also: Vec<&'static str>,
    /// The rule that admits the caller, if one does.
    pub(super) rule: Option<String>,
    /// The instant of the decision.
    pub(super) at: String,
    pub(super) presented: Facts,
    pub(super) function: Option<FunctionFacts>,
    /// Empty for a public function: nothing is checked for it.
    pub(super) steps: Vec<StepFacts>,
    pub(super) change: Vec<String>,
    /// The decision under each front end that can be declared.
    pub(super) front_ends: Vec<FrontEndFacts>,
    pub(super) notes: Vec<String>,
}

/// What becomes of the caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Outcome {
    /// The function is public: no certificate is looked at.
    Public,
    Admitted,
    Refused,
}

/// What was presented; the facts of the certificate that was meant, if it is readable.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Facts {
    pub(super) source: String,
    pub(super) form: String,
    pub(super) subject: Option<String>,
    pub(super) common_name: Option<String>,
    pub(super) sha1: Option<String>,
    pub(super) sha256: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FunctionFacts {
    pub(super) name: String,
    pub(super) public: bool,
    pub(super) roles: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StepFacts {
    #[serde(skip)]
    pub(super) stage: Stage,
    /// What the check belongs to: request, pin, commonName, caller, ifPinned or role.
    pub(super) part: &'static str,
    pub(super) check: &'static str,
    pub(super) passes: bool,
    /// Whether the caller was refused here.
    pub(super) first_failure: bool,
    pub(super) reason: Option<&'static str>,
    pub(super) expected: String,
    pub(super) seen: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FrontEndFacts {
    pub(super) front_end: String,
    /// What `X-Forwarded-Proto` would say.
    pub(super) over: &'static str,
    /// Whether the settings declare this one.
    pub(super) declared: bool,
    pub(super) outcome: Outcome,
    pub(super) reason: Option<&'static str>,
}

impl Report {
    /// Asks the core and words its answer.
    pub(super) fn new(question: &Question<'_>, mut notes: Vec<String>) -> Self {
        let mut report = Self::of_public(question);
        let asked = match question.function {
            Some(function) => function.http().and_then(|http| requirement(&http.marker)),
            None => Some(Requirement::Admitted),
        };
        if let Some(asked) = asked {
            report.explained(question, &asked);
            report.front_ends = front_ends(question, &asked);
        }
        report.notes.append(&mut notes);
        report
    }

    /// Whether the function's implementation would run for this caller.
    pub(super) fn is_admitted(&self) -> bool {
        self.outcome != Outcome::Refused
    }

    fn of_public(question: &Question<'_>) -> Self {
        let seconds = i64::try_from(question.now.as_secs()).unwrap_or(i64::MAX);
        Self {
            outcome: Outcome::Public,
            status: None,
            reason: None,
            also: Vec::new(),
            rule: None,
            at: rfc3339(seconds),
            presented: Facts::of(question.presented),
            function: question.function.map(FunctionFacts::of),
            steps: Vec::new(),
            change: Vec::new(),
            front_ends: Vec::new(),
            notes: Vec::new(),
        }
    }

    fn explained(&mut self, question: &Question<'_>, asked: &Requirement) {
        let explanation = question.explain(&question.settings.policy, asked, "https");
        self.outcome = Outcome::of(explanation.decision());
        self.reason = reason(explanation.decision());
        let first = explanation.first_failure();
        let is_first = |step: &Step| first.is_some_and(|first| std::ptr::eq(first, step));
        self.steps = explanation
            .steps()
            .iter()
            .map(|step| StepFacts::of(step, is_first(step)))
            .collect();
        match explanation.decision() {
            Decision::Allow(permit) => {
                self.rule = Some(permit.rule().to_string());
                if permit.rule().weak_pin().is_some() {
                    let sha256 = permit.principal().sha256_hex();
                    self.notes.push(format!(
                        "admitted by SHA-1, the portal's notation; {sha256} in its place is stronger"
                    ));
                }
            }
            Decision::Deny(refusal) => {
                self.also = refusal.also().iter().map(|denial| denial.code()).collect();
                self.status = Some(match refusal.denial().is_forbidden() {
                    true => 403,
                    false => question.settings.denied_status.status().as_u16(),
                });
            }
        }
        if let Some(first) = first {
            let refused = Refused {
                first,
                steps: explanation.steps(),
                policy: &question.settings.policy,
                certificate: question.presented.certificate.as_ref(),
                in_its_form: question.in_its_form(asked),
            };
            self.change = refused.advice();
        }
    }
}

impl Question<'_> {
    fn explain(&self, policy: &Policy, asked: &Requirement, proto: &str) -> Explanation {
        self.explain_header(self.presented.header(), policy, asked, proto)
    }

    /// What would be decided about the certificate that was meant, if the header's value is not in the handler's form.
    fn in_its_form(&self, asked: &Requirement) -> Option<String> {
        let certificate = self.presented.certificate.as_ref()?;
        let value = STANDARD.encode(certificate.der());
        let header = HeaderLine::Once(value.as_bytes());
        if header == self.presented.header() {
            return None;
        }
        let explanation = self.explain_header(header, &self.settings.policy, asked, "https");
        Some(match explanation.decision() {
            Decision::Allow(permit) => format!("admitted by {}", permit.rule()),
            Decision::Deny(refusal) => format!("refused: {}", refusal.denial().code()),
        })
    }

    fn explain_header(
        &self,
        certificate: HeaderLine<'_>,
        policy: &Policy,
        asked: &Requirement,
        proto: &str,
    ) -> Explanation {
        let forwarded = Forwarded {
            certificate,
            proto: HeaderLine::Once(proto.as_bytes()),
            // The question is about a certificate, and the request that carries it is one to this machine.
            host: TargetHost::Loopback,
        };
        explain(policy, asked, &forwarded, self.now)
    }
}

/// The same question under each front end; App Service also over plain HTTP, where it vouches for nothing.
fn front_ends(question: &Question<'_>, asked: &Requirement) -> Vec<FrontEndFacts> {
    let policy = &question.settings.policy;
    [
        (FrontEnd::Undeclared, "https"),
        (FrontEnd::AppService, "https"),
        (FrontEnd::AppService, "http"),
        (FrontEnd::Development, "https"),
    ]
    .into_iter()
    .map(|(front_end, over)| {
        let declared = policy.front_end() == front_end;
        let explanation = question.explain(&policy.with_front_end(front_end), asked, over);
        FrontEndFacts {
            front_end: front_end.to_string(),
            over,
            declared,
            outcome: Outcome::of(explanation.decision()),
            reason: reason(explanation.decision()),
        }
    })
    .collect()
}

fn reason(decision: &Decision) -> Option<&'static str> {
    match decision {
        Decision::Allow(_) => None,
        Decision::Deny(refusal) => Some(refusal.denial().code()),
    }
}

impl Outcome {
    fn of(decision: &Decision) -> Self {
        match decision {
            Decision::Allow(_) => Self::Admitted,
            Decision::Deny(_) => Self::Refused,
        }
    }
}

impl Facts {
    fn of(presented: &Presented) -> Self {
        let certificate = presented.certificate.as_ref();
        let common_name = |certificate: &Certificate| match certificate.subject().common_name() {
            CommonName::One(name) => Some(crate::printable::printable(name)),
            CommonName::Absent | CommonName::Several(_) | CommonName::Unreadable => None,
        };
        Self {
            source: presented.source.clone(),
            form: presented.form.clone(),
            subject: certificate.map(|certificate| certificate.subject().to_string()),
            common_name: certificate.and_then(common_name),
            sha1: certificate.map(|certificate| certificate.sha1().hex()),
            sha256: certificate.map(|certificate| certificate.sha256().hex()),
        }
    }
}

impl FunctionFacts {
    fn of(function: &Function) -> Self {
        let marker = function.http().map(|http| &http.marker);
        Self {
            name: function.name.clone(),
            public: marker.is_some_and(Marker::is_public),
            roles: match marker {
                Some(Marker::Roles(roles)) => roles.iter().map(ToString::to_string).collect(),
                None | Some(Marker::Public | Marker::Required) => Vec::new(),
            },
        }
    }
}

impl StepFacts {
    fn of(step: &Step, first_failure: bool) -> Self {
        Self {
            stage: step.stage,
            part: match step.stage {
                Stage::Pin => "pin",
                Stage::Name => "commonName",
                Stage::Caller => "caller",
                Stage::IfPinned => "ifPinned",
                Stage::Role => "role",
                _ => "request",
            },
            check: step.name,
            passes: step.denial.is_none(),
            first_failure,
            reason: step.denial.as_ref().map(|denial| denial.code()),
            expected: step.expected.clone(),
            seen: step.found.clone(),
        }
    }
}
