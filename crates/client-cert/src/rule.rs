//! Rules: what lists a certificate.

use std::fmt;
use std::sync::Arc;

use crate::condition::Condition;
use crate::trust::TrustDomain;
use crate::window::Window;
use crate::x509::{Certificate, Thumbprint};

/// Conditions under which a certificate belongs to a caller: all of them together.
///
/// Beside what the rule says, the certificate must be fit for use (see [`Fitness`](crate::Fitness)) at the instant of the
/// decision.
///
/// A rule without a domain is a *pin*: it names one certificate, or one key. Checked: fitness. Not checked: a path, the
/// issuer, and whether the certificate calls itself a CA. A pinned certificate is never a trust anchor: what it signs is not
/// admitted.
///
/// A rule with a domain counts only for a certificate that is no CA's and has a verified path to an anchor of that domain. A
/// path in another domain does not count.
///
/// `Display` writes the rule as the audit log does.
#[derive(Clone, Debug)]
pub struct Rule {
    conditions: Vec<Condition>,
    domain: Option<Arc<TrustDomain>>,
    window: Window,
}

impl Rule {
    /// A rule of these conditions.
    ///
    /// # Errors
    ///
    /// See [`RuleError`].
    pub fn new(
        conditions: Vec<Condition>,
        domain: Option<Arc<TrustDomain>>,
        window: Window,
    ) -> Result<Self, RuleError> {
        if conditions.is_empty() {
            return Err(RuleError::NoCondition);
        }
        let unbacked = conditions.iter().find(|condition| condition.needs_path());
        if let (None, Some(condition)) = (&domain, unbacked) {
            return Err(RuleError::NoDomain {
                condition: condition.clone(),
            });
        }
        if window.is_empty() {
            return Err(RuleError::EmptyWindow);
        }
        Ok(Self {
            conditions,
            domain,
            window,
        })
    }

    /// A rule for one certificate, wherever it comes from.
    pub fn pin(thumbprint: Thumbprint) -> Self {
        Self {
            conditions: vec![Condition::Thumbprint(thumbprint)],
            domain: None,
            window: Window::ALWAYS,
        }
    }

    /// A rule for a common name under a domain.
    pub fn common_name(value: impl Into<String>, domain: &Arc<TrustDomain>) -> Self {
        Self {
            conditions: vec![Condition::CommonName(value.into())],
            domain: Some(Arc::clone(domain)),
            window: Window::ALWAYS,
        }
    }

    /// What it requires; one condition at least.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// The authorities that must vouch for the certificate; `None` for a pin.
    pub fn domain(&self) -> Option<&Arc<TrustDomain>> {
        self.domain.as_ref()
    }

    /// When it counts.
    pub fn window(&self) -> Window {
        self.window
    }

    /// The SHA-1 thumbprint that it rests on, if nothing stronger ties it to one certificate.
    pub fn weak_pin(&self) -> Option<Thumbprint> {
        let closest = self
            .conditions
            .iter()
            .min_by_key(|condition| condition.closeness());
        match closest {
            Some(Condition::Thumbprint(thumbprint @ Thumbprint::Sha1(_))) => Some(*thumbprint),
            _ => None,
        }
    }

    /// Whether the certificate satisfies every condition. That an authority may vouch for it is not looked at.
    pub(crate) fn lists(&self, certificate: &Certificate) -> bool {
        self.conditions
            .iter()
            .all(|condition| condition.holds(certificate))
    }

    /// How closely the rule describes a certificate; lower is closer. The closest rule of a caller is the one that admits:
    /// a pin before a name; the certificate by SHA-256, then its key, then SHA-1.
    pub(crate) fn closeness(&self) -> u8 {
        let closest = self.conditions.iter().map(Condition::closeness).min();
        closest.unwrap_or(u8::MAX)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, condition) in self.conditions.iter().enumerate() {
            if index > 0 {
                f.write_str(" and ")?;
            }
            condition.fmt(f)?;
        }
        match &self.domain {
            Some(domain) => write!(f, " under {}", domain.label()),
            None => Ok(()),
        }
    }
}

/// Why conditions do not make a rule.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RuleError {
    /// Nothing is required: every certificate would be listed.
    NoCondition,
    /// A condition that anybody could satisfy with a certificate of their own, and no domain.
    NoDomain {
        /// The first such condition.
        condition: Condition,
    },
    /// A window that never opens.
    EmptyWindow,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCondition => f.write_str("expected one condition at least, found none"),
            Self::NoDomain { condition } => write!(
                f,
                "expected a trust domain beside {condition}, found none: anybody can write that into a certificate of their own"
            ),
            Self::EmptyWindow => {
                f.write_str("expected a beginning before the end, found a window that never opens")
            }
        }
    }
}

impl std::error::Error for RuleError {}
