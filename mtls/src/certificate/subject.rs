//! The subject of a new certificate.

use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::x509::X509Name;

use super::names::CommonName;

/// A common name, and what it is in.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// The more general parts, the most general first.
    pub(crate) containers: &'static [(Nid, &'static str)],
    pub(crate) common_name: CommonName,
}

impl From<CommonName> for Subject {
    fn from(common_name: CommonName) -> Self {
        Self {
            containers: &[],
            common_name,
        }
    }
}

impl Subject {
    /// The same, encoded.
    ///
    /// # Errors
    ///
    /// What OpenSSL refuses to encode.
    pub(super) fn distinguished(&self) -> Result<X509Name, ErrorStack> {
        let mut name = X509Name::builder()?;
        for (kind, text) in self.containers {
            name.append_entry_by_nid(*kind, text)?;
        }
        name.append_entry_by_nid(Nid::COMMONNAME, self.common_name.as_str())?;
        Ok(name.build())
    }
}
