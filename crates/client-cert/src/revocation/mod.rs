//! Revocation: lists that authorities publish, and what they say of the certificates on a path (RFC 5280, sections 5 and 6.3).
//!
//! Lists come from whoever configures them, and never from an address in a certificate. OCSP is not asked: it would put a
//! request to somebody else's server into each decision, and let that server's outage or slowness decide.

mod certificate_list;
mod crl;
mod crl_error;
mod crl_set;
mod entries;
mod entry;
mod entry_issuers;
mod extensions;
mod look_up;
mod newest;
mod number;
mod scope;
mod state;
mod succession;
mod time;

pub use crl::Crl;
pub use crl_error::{CrlError, MAX_CRL_BYTES};
pub use crl_set::{CrlSet, UnusableCrl};
pub(crate) use state::Looked;
pub use state::{OnUncertain, Revocation, RevocationRule};
pub use succession::NoSuccessor;
