//! Names of object identifiers.

use x509_parser::asn1_rs::Oid;
use x509_parser::objects::{oid_registry, oid2sn};

/// The registered short name of an identifier, or dotted notation.
pub(super) fn oid_name(oid: &Oid<'_>) -> String {
    oid2sn(oid, oid_registry()).map_or_else(|_| oid.to_id_string(), str::to_owned)
}
