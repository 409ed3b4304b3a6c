//! `mtls certificate`: makes, shows and encodes certificates.

pub(crate) mod issue;
pub(crate) mod key;
pub(crate) mod names;
pub(crate) mod validity;
