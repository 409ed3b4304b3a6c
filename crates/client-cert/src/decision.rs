//! The decision: may this caller in?

use std::fmt;
use std::sync::{Arc, OnceLock};

use rustls_pki_types::UnixTime;

use super::denial::Denial;
use super::fitness::{Check, PATH_CHECKS, PIN_CHECKS};
use super::forwarded::{Forwarded, decode};
use super::permit::Principal;
use super::policy::Policy;
use crate::x509::Certificate;
use crate::x509::Thumbprint;
use crate::x509::Validity;

/// What a function asks of a caller who is admitted at all.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Requirement {
    /// Nothing more.
    Admitted,
    /// One of these roles. No rule grants a role yet, so nobody has one.
    AnyRole(Vec<String>),
}

/// The outcome for one request. It is computed once, and it is final.
#[derive(Debug)]
pub enum Decision {
    /// The caller may in.
    Allow(Permit),
    /// The caller may not.
    Deny(Refusal),
}

/// Proof that the decision admitted a caller. Only [`decide`] makes one, and a secured body asks for one.
#[derive(Debug)]
pub struct Permit {
    admitted: Arc<Admitted>,
}

impl Permit {
    /// Who was admitted.
    pub fn principal(&self) -> &Principal {
        &self.admitted.principal
    }

    /// The rule that admitted.
    pub fn rule(&self) -> &Rule {
        &self.admitted.rule
    }

    /// Text that an adapter makes of the principal and the rule, made once for a caller who is remembered.
    ///
    /// There is one such text: the first `make` counts.
    pub fn derived(&self, make: impl FnOnce(&Self) -> String) -> &str {
        self.admitted
            .derived
            .get_or_init(|| make(self).into_boxed_str())
    }
}

/// Why a caller was not admitted, and who he claims to be.
#[derive(Clone, Debug)]
pub struct Refusal {
    denial: Denial,
    also: Vec<Denial>,
    principal: Option<Box<Principal>>,
}

impl Refusal {
    /// The most useful reason.
    pub fn denial(&self) -> &Denial {
        &self.denial
    }

    /// Further reasons that apply, by usefulness.
    pub fn also(&self) -> &[Denial] {
        &self.also
    }

    /// The holder of the certificate, where there was a readable one. Nothing about him is verified.
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_deref()
    }

    fn early(denial: Denial) -> Self {
        Self {
            denial,
            also: Vec::new(),
            principal: None,
        }
    }

    /// Ranks the reasons, of which there is one at least.
    fn ranked(mut reasons: Vec<Denial>, certificate: &Certificate) -> Self {
        reasons.sort_by_key(Denial::rank);
        reasons.dedup();
        let mut reasons = reasons.into_iter();
        Self {
            denial: reasons.next().unwrap_or(Denial::NotListed),
            also: reasons.collect(),
            principal: Some(Box::new(Principal::new(certificate))),
        }
    }
}

/// The rule that admitted a caller.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Rule {
    /// The certificate itself is listed.
    Pin(Thumbprint),
    /// Its common name is listed, and its path ends at an anchor.
    CommonName {
        /// The name.
        name: String,
        /// The subject of the anchor.
        anchor: String,
    },
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pin(thumbprint) => write!(f, "pin {thumbprint}"),
            Self::CommonName { name, anchor } => write!(f, "common name {name:?} under {anchor}"),
        }
    }
}

/// Facts of an admitted caller, which may be remembered.
#[derive(Debug)]
pub(crate) struct Admitted {
    principal: Principal,
    rule: Rule,
    validity: Validity,
    derived: OnceLock<Box<str>>,
}

impl Admitted {
    fn new(certificate: &Certificate, rule: Rule, validity: Validity) -> Self {
        Self {
            principal: Principal::new(certificate),
            rule,
            validity,
            derived: OnceLock::new(),
        }
    }

    /// The time in which every certificate that the decision rested on is valid.
    pub(crate) fn validity(&self) -> Validity {
        self.validity
    }
}

/// Decides whether the caller behind a request may in.
///
/// Looked at, in this order: whether the front end vouches for the header; whether the header holds exactly one
/// certificate; whether a pin or a name under a verified path lists it and it is fit for use at `now`; whether the
/// caller has a role that is asked for. Not looked at: possession of the private key, which the front end's
/// handshake proved, and revocation.
///
/// Fails closed: whatever is missing, unreadable or unknown is a refusal.
pub fn decide(
    policy: &Policy,
    requirement: &Requirement,
    forwarded: &Forwarded<'_>,
    now: UnixTime,
) -> Decision {
    match admit(policy, forwarded, now) {
        Ok(admitted) => authorize(admitted, requirement),
        Err(refusal) => Decision::Deny(refusal),
    }
}

/// Authentication: the caller's certificate is one that the policy admits.
fn admit(
    policy: &Policy,
    forwarded: &Forwarded<'_>,
    now: UnixTime,
) -> Result<Arc<Admitted>, Refusal> {
    policy
        .rules()
        .front_end
        .vouches(forwarded.proto)
        .map_err(Refusal::early)?;
    let early = |error| Refusal::early(Denial::Forwarded(error));
    let value = forwarded.certificate_value().map_err(early)?;
    if let Some(admitted) = policy.remembered.find(value, now) {
        return Ok(admitted);
    }
    let der = decode(value).map_err(early)?;
    let certificate =
        Certificate::parse(&der).map_err(|error| Refusal::early(Denial::Certificate(error)))?;
    let admitted = Arc::new(admit_certificate(policy, &certificate, now)?);
    policy.remembered.keep(value, &admitted);
    Ok(admitted)
}

/// Tries both kinds of rule. They are alternatives: either admits.
fn admit_certificate(
    policy: &Policy,
    certificate: &Certificate,
    now: UnixTime,
) -> Result<Admitted, Refusal> {
    let mut reasons = match by_pin(policy, certificate, now) {
        Ok(admitted) => return Ok(admitted),
        Err(reasons) => reasons,
    };
    match by_common_name(policy, certificate, now) {
        Ok(admitted) => return Ok(admitted),
        Err(more) => reasons.extend(more),
    }
    // A rule that does not name the certificate is a reason only where no rule does.
    let unnamed = |denial: &Denial| matches!(denial, Denial::NotListed | Denial::PolicyEmpty);
    if !reasons.iter().all(unnamed) {
        reasons.retain(|denial| !unnamed(denial));
    }
    Err(Refusal::ranked(reasons, certificate))
}

/// A pin admits one certificate, exactly, if it is fit for use. No reasons: no pin matches.
fn by_pin(
    policy: &Policy,
    certificate: &Certificate,
    now: UnixTime,
) -> Result<Admitted, Vec<Denial>> {
    let Some(pin) = policy.pin(certificate) else {
        return Err(Vec::new());
    };
    let reasons: Vec<Denial> = failures(&PIN_CHECKS, policy, certificate, now).collect();
    if !reasons.is_empty() {
        return Err(reasons);
    }
    Ok(Admitted::new(
        certificate,
        Rule::Pin(pin),
        certificate.validity(),
    ))
}

/// A name admits under a verified path only.
fn by_common_name(
    policy: &Policy,
    certificate: &Certificate,
    now: UnixTime,
) -> Result<Admitted, Vec<Denial>> {
    let name = policy
        .listed_name(certificate)
        .map_err(|denial| vec![denial])?;
    let reasons: Vec<Denial> = failures(&PATH_CHECKS, policy, certificate, now).collect();
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let rules = policy.rules();
    let path = rules
        .trust
        .verify(certificate, name, rules.extended_key_usage, now)
        .map_err(|error| vec![Denial::Path(error)])?;
    let validity = certificate.validity().intersection(path.validity);
    let rule = Rule::CommonName {
        name: name.to_owned(),
        anchor: path.anchor,
    };
    Ok(Admitted::new(certificate, rule, validity))
}

fn failures<'a>(
    checks: &'static [Check],
    policy: &'a Policy,
    certificate: &'a Certificate,
    now: UnixTime,
) -> impl Iterator<Item = Denial> + 'a {
    checks
        .iter()
        .filter_map(move |check| check.run(certificate, policy.rules(), now).err())
}

/// Authorization: an admitted caller may call this function.
fn authorize(admitted: Arc<Admitted>, requirement: &Requirement) -> Decision {
    match requirement {
        Requirement::Admitted => Decision::Allow(Permit { admitted }),
        Requirement::AnyRole(roles) => Decision::Deny(Refusal {
            denial: Denial::RoleMissing {
                expected: roles.clone(),
            },
            also: Vec::new(),
            principal: Some(Box::new(admitted.principal.clone())),
        }),
    }
}
