//! Who is admitted: pins, names under trust anchors, and what a certificate must be like.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use super::cache::Remembered;
use super::denial::Denial;
use super::forwarded::HeaderLine;
use crate::trust::Trust;
use crate::x509::Certificate;
use crate::x509::CommonName;
use crate::x509::Thumbprint;

/// The name of the setting behind [`Rules::minimum_rsa_bits`], for messages.
pub(crate) const MINIMUM_RSA_BITS_NAME: &str = "CLIENT_CERT_MINIMUM_RSA_BITS";

/// NIST SP 800-131A: RSA below 2048 bits is no longer acceptable.
pub const DEFAULT_MINIMUM_RSA_BITS: usize = 2048;

/// Who sets the header that carries the certificate.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum FrontEnd {
    /// Nobody said: no forwarded certificate counts.
    #[default]
    Undeclared,
    /// App Service with client certificates on. Counts only for requests with exactly one
    /// `X-Forwarded-Proto`, `https`: over plain HTTP there is no certificate, and the header is the caller's own.
    AppService,
    /// A developer's machine: whatever is in the header counts.
    Development,
}

impl FrontEnd {
    /// Whether the header of this request comes from the front end. Fails closed.
    pub(crate) fn vouches(self, proto: HeaderLine<'_>) -> Result<(), Denial> {
        let seen = match (self, proto) {
            (Self::Undeclared, _) => return Err(Denial::FrontEndUndeclared),
            (Self::Development, _) => return Ok(()),
            (Self::AppService, HeaderLine::Once(value)) if value.eq_ignore_ascii_case(b"https") => {
                return Ok(());
            }
            (Self::AppService, HeaderLine::Absent) => "none",
            (Self::AppService, HeaderLine::Repeated(_)) => "several",
            (Self::AppService, HeaderLine::Once(_)) => "another value",
        };
        Err(Denial::NotOverTls { seen })
    }
}

/// What the setting `CLIENT_CERT_FRONT_END` may say.
impl FromStr for FrontEnd {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "app-service" => Ok(Self::AppService),
            "development" => Ok(Self::Development),
            _ => Err(UnknownWord("app-service or development")),
        }
    }
}

impl fmt::Display for FrontEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Undeclared => "undeclared",
            Self::AppService => "app-service",
            Self::Development => "development",
        })
    }
}

/// What extended key usage a caller's certificate must have.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ExtendedKeyUsageRule {
    /// `clientAuth` must be among the purposes where the extension stands.
    #[default]
    IfPresent,
    /// The extension must stand, with `clientAuth`.
    Required,
    /// Not looked at, neither on the end entity nor along a path.
    Ignored,
}

/// What the setting `CLIENT_CERT_EXTENDED_KEY_USAGE` may say.
impl FromStr for ExtendedKeyUsageRule {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "if-present" => Ok(Self::IfPresent),
            "required" => Ok(Self::Required),
            "ignored" => Ok(Self::Ignored),
            _ => Err(UnknownWord("if-present, required or ignored")),
        }
    }
}

impl fmt::Display for ExtendedKeyUsageRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IfPresent => "if-present",
            Self::Required => "required",
            Self::Ignored => "ignored",
        })
    }
}

/// A word that is none of those allowed, which it holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnknownWord(&'static str);

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.0)
    }
}

impl std::error::Error for UnknownWord {}

/// The parts of a policy, before they are known to fit together.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Who sets the header.
    pub front_end: FrontEnd,
    /// Certificates that are admitted by themselves.
    pub pins: HashSet<Thumbprint>,
    /// Common names that are admitted under a verified path. Matched exactly: case and all.
    pub common_names: HashSet<String>,
    /// Anchors and intermediates for the names.
    pub trust: Trust,
    /// What purposes a certificate must be issued for.
    pub extended_key_usage: ExtendedKeyUsageRule,
    /// The shortest RSA key, in bits.
    pub minimum_rsa_bits: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            front_end: FrontEnd::default(),
            pins: HashSet::new(),
            common_names: HashSet::new(),
            trust: Trust::default(),
            extended_key_usage: ExtendedKeyUsageRule::default(),
            minimum_rsa_bits: DEFAULT_MINIMUM_RSA_BITS,
        }
    }
}

/// Who is admitted. An empty policy admits nobody.
///
/// It keeps facts of callers that it admitted, so that a caller who comes again costs little. What is
/// kept lives and dies with the policy.
#[derive(Debug)]
pub struct Policy {
    rules: Rules,
    pub(crate) remembered: Remembered,
}

impl Policy {
    /// A policy from parts that fit together.
    ///
    /// # Errors
    ///
    /// Names without an anchor: anybody can write any name. Names with anchors of different subjects: one
    /// partner's authority could issue the other partner's name.
    pub fn new(rules: Rules) -> Result<Self, PolicyError> {
        if !rules.common_names.is_empty() {
            if rules.trust.anchors().is_empty() {
                return Err(PolicyError::NamesWithoutAnchor);
            }
            if rules.trust.has_several_subjects() {
                return Err(PolicyError::NamesUnderSeveralAnchors);
            }
        }
        Ok(Self {
            rules,
            remembered: Remembered::new(),
        })
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether it admits nobody.
    pub fn is_empty(&self) -> bool {
        self.rules.pins.is_empty() && self.rules.common_names.is_empty()
    }

    /// The pin that a certificate matches: SHA-256 before SHA-1.
    pub(crate) fn pin(&self, certificate: &Certificate) -> Option<Thumbprint> {
        [certificate.sha256(), certificate.sha1()]
            .into_iter()
            .find(|thumbprint| self.rules.pins.contains(thumbprint))
    }

    /// The listed name that a certificate claims, for a verified path to back.
    ///
    /// # Errors
    ///
    /// Why no name counts; [`Denial::PolicyEmpty`] where the policy has no rule of either kind.
    pub(crate) fn listed_name<'a>(&self, certificate: &'a Certificate) -> Result<&'a str, Denial> {
        let subject = certificate.subject();
        let listed = |name: &str| self.rules.common_names.contains(name);
        let unlisted = match self.is_empty() {
            true => Denial::PolicyEmpty,
            false => Denial::NotListed,
        };
        match subject.common_name() {
            CommonName::One(name) if listed(name) => Ok(name),
            CommonName::Several(seen) if subject.common_names().any(listed) => {
                Err(Denial::CommonNameAmbiguous { seen })
            }
            CommonName::One(_)
            | CommonName::Several(_)
            | CommonName::Absent
            | CommonName::Unreadable => Err(unlisted),
        }
    }
}

/// Why rules do not make a policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PolicyError {
    /// Common names are listed, and there is no trust anchor.
    NamesWithoutAnchor,
    /// Common names are listed, and the trust anchors have different subjects.
    NamesUnderSeveralAnchors,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NamesWithoutAnchor => {
                "expected trust anchors beside the common names, found none: anybody can write any name into a \
                 certificate of his own; set CLIENT_CERT_TRUST_ANCHORS to the authority that issues these names, \
                 or list thumbprints instead"
            }
            Self::NamesUnderSeveralAnchors => {
                "expected trust anchors of one subject beside the common names, found different ones: each of \
                 these authorities could issue every listed name; keep one authority, or list thumbprints instead"
            }
        })
    }
}

impl std::error::Error for PolicyError {}
