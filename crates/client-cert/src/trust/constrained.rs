//! Name constraints of a chain, weighed on every alternative name of the end entity and of the intermediates.

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter};

use super::chain::Chain;
use super::path_error::PathError;
use crate::x509::Certificate;

/// Whether every authority of a chain may issue the names of the certificates below it.
///
/// `rustls-webpki` weighs DNS names, IP addresses and directory names, and refuses every constraint of another kind.
pub(super) fn names_allowed(
    chain: &Chain,
    end_entity: &Certificate,
    now: UnixTime,
) -> Result<(), PathError> {
    let Some((constrained, _)) = chain.constraints().next() else {
        return Ok(());
    };
    let authority = constrained.certificate.subject().clone();
    match verified(chain, end_entity, now) {
        Ok(()) => Ok(()),
        Err(webpki::Error::NameConstraintViolation) => {
            Err(PathError::NameConstraints { authority })
        }
        Err(_) => Err(PathError::Invalid {
            detail: "names that cannot be compared with name constraints",
        }),
    }
}

fn verified(chain: &Chain, end_entity: &Certificate, now: UnixTime) -> Result<(), webpki::Error> {
    let ders: Vec<CertificateDer<'_>> = chain
        .certificates()
        .map(|certificate| CertificateDer::from(certificate.der()))
        .collect();
    let Some((anchor, between)) = ders.split_last() else {
        return Err(webpki::Error::UnknownIssuer);
    };
    let anchor = webpki::anchor_from_trusted_cert(anchor)?;
    let der = CertificateDer::from(end_entity.der());
    let end_entity = EndEntityCert::try_from(&der)?;
    end_entity
        .verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &[anchor],
            between,
            now,
            AnyPurpose,
            None,
            None,
        )
        .map(drop)
}

/// Purposes are weighed elsewhere.
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        Ok(())
    }
}
