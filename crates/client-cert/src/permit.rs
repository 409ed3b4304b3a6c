//! Proof of admission: who was admitted, as which caller, by which rule.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::caller::Caller;
use crate::listing::Listing;
use crate::policy::PolicyVersion;
use crate::policy_name::{CallerName, RoleName};
use crate::revocation::Revocation;
use crate::rule::Rule;
use crate::x509::{Certificate, CommonName, Thumbprint, Validity, rfc3339};

/// Proof that a caller was admitted.
///
/// Only [`Decider::decide`](crate::Decider::decide) makes one, and a secured function takes one. Clones are cheap and prove
/// the same admission.
#[derive(Clone, Debug)]
pub struct Permit {
    admitted: Arc<Admitted>,
}

impl Permit {
    pub(crate) fn new(admitted: Arc<Admitted>) -> Self {
        Self { admitted }
    }

    /// The holder of the certificate.
    pub fn principal(&self) -> &Principal {
        &self.admitted.principal
    }

    /// The name of the caller in the policy; `None` for the caller of the two flat lists.
    pub fn caller(&self) -> Option<&CallerName> {
        self.admitted.caller().name.as_ref()
    }

    /// The roles of the caller; none for the caller of the two flat lists.
    pub fn roles(&self) -> &[RoleName] {
        &self.admitted.caller().roles
    }

    /// The rule that admitted the caller: the closest, if several do.
    pub fn rule(&self) -> &Rule {
        &self.admitted.listing.rule
    }

    /// The version of the policy under which the caller was admitted.
    pub fn policy(&self) -> Option<PolicyVersion> {
        self.admitted.policy
    }

    /// What was known of revocation.
    pub fn revocation(&self) -> Revocation {
        self.admitted.revocation
    }

    /// A value that an adapter derives from the permit. Made once for a caller who is kept in the cache.
    ///
    /// One value of each type is kept, of the first four types that ask. Values of other types are made each time.
    pub fn derived<T: Any + Send + Sync>(&self, make: impl Fn(&Self) -> T) -> Arc<T> {
        for slot in &self.admitted.derived {
            let kept = slot.get_or_init(|| Arc::new(make(self)));
            if let Ok(value) = Arc::clone(kept).downcast() {
                return value;
            }
        }
        Arc::new(make(self))
    }
}

/// How many values of adapters are kept with an admission: the engine has one, the gate another.
const MAX_DERIVED: usize = 4;

/// Facts of an admitted caller, which may be kept.
pub(crate) struct Admitted {
    principal: Principal,
    listing: Arc<Listing>,
    validity: Validity,
    revocation: Revocation,
    policy: Option<PolicyVersion>,
    derived: [OnceLock<Arc<dyn Any + Send + Sync>>; MAX_DERIVED],
}

impl Admitted {
    pub(crate) fn new(
        principal: Principal,
        listing: Arc<Listing>,
        validity: Validity,
        revocation: Revocation,
        policy: Option<PolicyVersion>,
    ) -> Self {
        Self {
            principal,
            listing,
            validity,
            revocation,
            policy,
            derived: Default::default(),
        }
    }

    pub(crate) fn principal(&self) -> &Principal {
        &self.principal
    }

    pub(crate) fn caller(&self) -> &Caller {
        &self.listing.caller
    }

    /// The time in which every certificate that the decision rested on is valid.
    pub(crate) fn validity(&self) -> Validity {
        self.validity
    }
}

impl fmt::Debug for Admitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admitted")
            .field("principal", &self.principal)
            .field("caller", &self.caller().name)
            .field("rule", &self.listing.rule.to_string())
            .finish_non_exhaustive()
    }
}

/// The holder of a certificate, as text that is safe to log and to show: names are escaped, nothing is secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Principal {
    sha1: Thumbprint,
    sha256: Thumbprint,
    sha256_hex: String,
    subject: String,
    common_name: Option<String>,
    serial: String,
    validity: Validity,
    not_after: String,
}

impl Principal {
    pub(crate) fn new(certificate: &Certificate) -> Self {
        let common_name = match certificate.subject().common_name() {
            CommonName::One(name) => Some(name.to_owned()),
            CommonName::Absent | CommonName::Several(_) | CommonName::Unreadable => None,
        };
        Self {
            sha1: certificate.sha1(),
            sha256: certificate.sha256(),
            sha256_hex: certificate.sha256().hex(),
            subject: shortened(certificate.subject().to_string()),
            common_name,
            serial: shortened(certificate.serial().to_owned()),
            validity: certificate.validity(),
            not_after: rfc3339(certificate.validity().not_after),
        }
    }

    /// The holder of a certificate that does not exist.
    #[cfg(feature = "test-util")]
    pub(crate) fn made_up(common_name: String) -> Self {
        let validity = Validity {
            not_before: 0,
            not_after: i64::from(u32::MAX),
        };
        let sha256 = Thumbprint::sha256_of(common_name.as_bytes());
        Self {
            sha1: Thumbprint::sha1_of(common_name.as_bytes()),
            sha256,
            sha256_hex: sha256.hex(),
            subject: format!("CN={common_name}"),
            common_name: Some(common_name),
            serial: "01".to_owned(),
            validity,
            not_after: rfc3339(validity.not_after),
        }
    }

    /// The SHA-1 thumbprint, the portal's notation.
    pub fn sha1(&self) -> Thumbprint {
        self.sha1
    }

    /// The SHA-256 thumbprint.
    pub fn sha256(&self) -> Thumbprint {
        self.sha256
    }

    /// The SHA-256 thumbprint in lower-case hexadecimal.
    pub fn sha256_hex(&self) -> &str {
        &self.sha256_hex
    }

    /// The subject in RFC 4514, for people.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The common name, if there is exactly one and it is readable. Not escaped.
    pub fn common_name(&self) -> Option<&str> {
        self.common_name.as_deref()
    }

    /// The serial number in hexadecimal.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// When the certificate is valid.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The end of its validity, in RFC 3339.
    pub fn not_after(&self) -> &str {
        &self.not_after
    }
}

/// The longest text of a certificate in a log, in bytes. The upper bounds of RFC 5280, appendix A.1, allow a name of a few
/// hundred; a caller who is refused must not be able to fill the log.
const MAX_TEXT_BYTES: usize = 512;

/// Cuts what is too long, and marks the cut.
fn shortened(mut text: String) -> String {
    if text.len() > MAX_TEXT_BYTES {
        text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_it_is_too_long_and_between_characters() {
        let umlauts = "\u{fc}".repeat(257);
        for (text, expected) in [
            ("a".repeat(512), "a".repeat(512)),
            ("a".repeat(513), format!("{}…", "a".repeat(512))),
            (umlauts.clone(), format!("{}…", &umlauts[..512])),
            (format!("a{umlauts}"), format!("a{}…", &umlauts[..510])),
        ] {
            assert_eq!(shortened(text), expected);
        }
    }
}
