//! What the path validator cannot read although RFC 5280 allows it.

use crate::x509::Certificate;

/// Names what the path validator would refuse a certificate for, so that the refusal has its true reason.
///
/// It reads neither unique identifiers (RFC 5280, section 4.1.2.8) nor dates before 1970. A pin admits such a certificate.
pub(crate) fn beyond_the_validator(certificate: &Certificate) -> Option<&'static str> {
    if certificate.has_unique_identifiers() {
        Some("a certificate with unique identifiers, which the path validator does not support")
    } else if certificate.validity().not_before < 0 {
        Some("a certificate with a date before 1970, which the path validator does not support")
    } else {
        None
    }
}
