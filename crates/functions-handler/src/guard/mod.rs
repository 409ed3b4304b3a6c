//! The guard: from the headers of a call to the decision about its caller, and to the answer for those who are refused.
//!
//! ```text
//! headers ─▶ Presented ─▶ another site? ─▶ decide(policy, now) ─▶ Permit, for the implementation
//!                              │                   └────────────▶ Refused, the answer
//!                              └────────────────────────────────▶ Refused, the answer
//! ```
//!
//! One function ([`Guard::decide_now`]) is behind three doors: the server of this crate, the warp filter
//! ([`Guard::filter`]), which the server itself is built on, and the tower layer ([`GuardLayer`]).
//!
//! # Deployment caveat
//!
//! The guard believes the certificate's header if [`FrontEnd`](client_cert::FrontEnd) says that something in front sets it.
//! Only where the front end proves itself ([`FrontEndSecrets`](client_cert::FrontEndSecrets)) does the guard know it apart from others.
//! Whoever reaches the port past that front end writes the header themselves: listen on loopback, or where the front end
//! alone reaches.

mod admission;
mod cross_site;
mod filter;
mod in_force;
mod layer;
mod policy_guard;
mod preflight;
mod presented;
mod proof;
mod refusals;

pub(crate) use admission::{Admission, Admitted};
pub use filter::Refused;
pub(crate) use filter::{Asked, admissions};
pub use layer::{GuardLayer, GuardService};
pub use policy_guard::Guard;
pub(crate) use preflight::requested_method;
pub(crate) use presented::{Presented, TargetAuthority};
pub(crate) use refusals::problem;
