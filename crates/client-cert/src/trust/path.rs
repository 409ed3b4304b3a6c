//! A verified path, reduced to what a decision needs of it.

use super::chain::Chain;
use super::path_error::PathError;
use crate::x509::{Certificate, Name, Validity};

/// A path that was verified for one end entity at one instant.
#[derive(Clone, Debug)]
pub(crate) struct Path<'d> {
    chain: &'d Chain,
    /// The time in which every authority on it is valid.
    pub(crate) validity: Validity,
}

impl<'d> Path<'d> {
    pub(super) fn new(chain: &'d Chain) -> Self {
        let validity = chain.validity();
        Self { chain, validity }
    }

    /// The certificates of the authorities on the path, that of the anchor included.
    pub(crate) fn authorities(&self) -> impl Iterator<Item = &'d Certificate> {
        self.chain.certificates()
    }

    /// Whether the authorities on the path may issue this common name to this subject.
    ///
    /// Name constraints restrict alternative names and not common names (RFC 5280, section 4.2.1.10), so that an authority
    /// that is constrained to one domain could issue every common name. Here a common name must be one that every authority
    /// may issue as a DNS name, and a subject with a mail address is refused under an authority that constrains them.
    pub(crate) fn covers(&self, common_name: &str, subject: &Name) -> Result<(), PathError> {
        let covers = self.chain.constraints().all(|(_, constraints)| {
            constraints.allow(common_name)
                && !(constraints.of_mail && subject.mail_addresses().next().is_some())
        });
        match covers {
            true => Ok(()),
            false => Err(PathError::NameNotCovered),
        }
    }
}
