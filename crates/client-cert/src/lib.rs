//! The pure core: header values, a policy and an instant in, a decision out.
//!
//! ```text
//! header values ─▶ forwarded ─▶ certificate ─▶ decision ─▶ Allow(Permit)
//!                  one value,    facts, typed   a pin, or a      or
//!                  bounded,                     name under a  Deny(Refusal)
//!                  base64                       verified path
//! ```
//!
//! No I/O, no clock, no environment, no HTTP. The invariants that this module keeps:
//!
//! * nothing forwarded counts until a front end is declared ([`FrontEnd`]);
//! * exactly one certificate, exactly encoded ([`Forwarded`]);
//! * a pin is the whole certificate and never a trust anchor ([`Rules::pins`]);
//! * a name counts only under a verified path, and an anchor admits nobody by itself
//!   ([`Rules::common_names`]);
//! * an empty policy admits nobody ([`Policy`]);
//! * only [`decide`] makes a [`Permit`];
//! * what is remembered of admitted callers is bounded, found by all bytes, and its instants are looked at
//!   again with each request.

mod cache;
mod decision;
mod denial;
mod explanation;
mod fitness;
mod forwarded;
mod permit;
mod policy;
mod trust;
mod x509;

pub use decision::{Decision, Permit, Refusal, Requirement, Rule, decide};
pub use denial::Denial;
pub use explanation::{Explanation, Stage, Step, explain};
pub use forwarded::{Encoding, Forwarded, ForwardedError, HeaderLine, MAX_HEADER_VALUE_BYTES};
pub use permit::Principal;
pub use policy::{
    DEFAULT_MINIMUM_RSA_BITS, ExtendedKeyUsageRule, FrontEnd, Policy, PolicyError, Rules,
    UnknownWord,
};
pub use trust::{Anchor, AuthorityError, Intermediate, PathError, Trust};
pub use x509::{
    BasicConstraints, Certificate, CertificateError, CommonName, ExtendedKeyUsage, ExtensionError,
    Extensions, KeyUsage, Name, NameConstraints, PublicKey, SubjectAlternativeName, Thumbprint,
    ThumbprintError, Validity, rfc3339,
};
