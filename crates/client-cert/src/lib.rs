#![doc = include_str!("../README.md")]
//!
//! ## The flow
//!
//! ```text
//! header lines ─▶ Forwarded ─▶ Certificate ─▶ Evaluation ─▶ Allow(Permit)
//!                 one value,    facts, typed   checks, paths,    or
//!                 bounded,                     the rules that  Deny(Refusal)
//!                 base64                       list it
//! ```
//!
//! The invariants that this crate keeps:
//!
//! * nothing forwarded counts until a front end is declared ([`FrontEnd`]);
//! * exactly one certificate, exactly encoded ([`Forwarded`]);
//! * a pin is the whole certificate and never a trust anchor ([`Rule::pin`]);
//! * a name counts only under a verified path in its own domain, and an anchor admits nobody by itself ([`TrustDomain`]);
//! * a certificate belongs to one caller or to none ([`Caller`]);
//! * an empty policy admits nobody, and what it denies is denied whatever admits it ([`Policy`]);
//! * only [`Decider::decide`] makes a [`Permit`];
//! * what is kept of admitted callers is bounded, found by all bytes, and its instants are looked at again with each
//!   request.

mod cache;
mod caller;
mod check;
mod condition;
mod decider;
mod decision;
mod denial;
mod denied;
mod dialect;
mod element_fault;
mod envoy_element;
mod evaluation;
mod explanation;
mod fitness;
mod forwarded;
mod front_end;
mod front_end_secret;
mod header_line;
mod invisible;
mod listing;
mod pattern;
mod permit;
mod policy;
mod policy_name;
mod reading;
mod reason;
mod revocation;
mod rule;
mod syntax_error;
mod target_host;
#[cfg(feature = "test-util")]
mod test_util;
mod trust;
mod unavailable;
mod window;
mod x509;

pub use caller::Caller;
pub use condition::{Condition, ExtensionValue};
pub use decider::Decider;
pub use decision::{Decision, Refusal, Requirement};
pub use denial::Denial;
pub use denied::DeniedEntry;
pub use element_fault::ElementFault;
pub use envoy_element::envoy_element;
pub use evaluation::{Candidate, Evaluation, evaluate};
pub use explanation::{Explanation, Stage, Step, explain};
pub use fitness::{DEFAULT_MINIMUM_RSA_BITS, ExtendedKeyUsageRule, Fitness, KeyUsageRule};
pub use forwarded::{Encoding, Forwarded, ForwardedError, MAX_HEADER_VALUE_BYTES};
pub use front_end::FrontEnd;
pub use front_end_secret::{
    FrontEndProof, FrontEndSecrets, InvalidSecrets, MAX_SECRET_CHARACTERS, MAX_SECRETS,
    MIN_SECRET_CHARACTERS,
};
pub use header_line::HeaderLine;
pub use invisible::is_invisible;
pub use pattern::{DnsPattern, UriPattern, UserPrincipalName};
pub use permit::{Permit, Principal};
pub use policy::{DomainRevocation, Policy, PolicyError, PolicyVersion};
pub use policy_name::{CallerName, DomainName, MAX_NAME_BYTES, PolicyNameError, RoleName};
pub use reason::Reason;
pub use revocation::{
    Crl, CrlError, CrlSet, MAX_CRL_BYTES, NoSuccessor, OnUncertain, Revocation, RevocationRule,
    UnusableCrl,
};
pub use rule::{Rule, RuleError};
pub use syntax_error::SyntaxError;
pub use target_host::TargetHost;
#[cfg(feature = "test-util")]
pub use test_util::PermitBuilder;
pub use trust::{
    Anchor, AuthorityError, DomainNote, Intermediate, ListSigner, PathError, PolicyViolation,
    SignerError, TrustDomain, TrustDomainError,
};
pub use unavailable::Unavailable;
pub use window::Window;
pub use x509::{
    BasicConstraints, Certificate, CertificateError, CommonName, DistributionPoint,
    DistributionPointName, EXPIRY_WARNING_DAYS, ExtendedKeyUsage, ExtensionError, Extensions,
    KeyFault, KeyIdentifier, KeyUsage, MailAddress, Name, NameConstraints, NameForm, NameViolation,
    Oid, OtherName, PointName, PolicyExtensions, PublicKey, PublicKeyHash, PublicKeyHashError,
    ReasonFlags, SerialNumber, SerialNumberError, SubjectAlternativeName, Thumbprint,
    ThumbprintError, Validity, rfc3339,
};
