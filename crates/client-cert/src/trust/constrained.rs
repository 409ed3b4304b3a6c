//! Name constraints of a chain, weighed on every name of the end entity and of the authorities below each.

use super::chain::Chain;
use super::path_error::PathError;
use crate::x509::{Certificate, ConstrainedNames};

/// Whether every authority of a chain may issue the names of the certificates below it. Self-issued authorities are
/// exempt, and the end entity never is (RFC 5280, section 6.1.3, steps b and c).
pub(super) fn names_allowed(chain: &Chain, end_entity: &Certificate) -> Result<(), PathError> {
    let mut below = vec![ConstrainedNames::of(end_entity)];
    for authority in chain.authorities() {
        let certificate = &authority.certificate;
        if let Some(constraints) = &certificate.extensions().name_constraints {
            for names in &below {
                constraints
                    .allow(names)
                    .map_err(|violation| PathError::NameConstraints {
                        authority: certificate.subject().clone(),
                        violation,
                    })?;
            }
        }
        if !authority.is_self_issued() {
            below.push(ConstrainedNames::of(certificate));
        }
    }
    Ok(())
}
