//! Instants in revocation lists.

use x509_parser::asn1_rs::FromDer as _;
use x509_parser::time::ASN1Time;

use crate::x509::der::Element;

/// The instant that a UTCTime or GeneralizedTime names, in seconds since 1970.
pub(super) fn instant(time: &Element<'_>) -> Option<i64> {
    let (rest, time) = ASN1Time::from_der(time.raw).ok()?;
    rest.is_empty().then(|| time.timestamp())
}
