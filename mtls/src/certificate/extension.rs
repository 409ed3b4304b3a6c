//! Extensions that OpenSSL's safe interface has no builder for.

use openssl::asn1::{Asn1Object, Asn1OctetString};
use openssl::error::ErrorStack;
use openssl::x509::X509Extension;

use super::element::{SEQUENCE, UTF8_STRING, element};

/// An extension of a certificate or list that is not critical.
#[derive(Clone, Debug)]
pub(crate) struct Extension {
    oid: &'static str,
    value: Vec<u8>,
}

impl Extension {
    /// An extension with this DER as its value.
    pub(super) fn new(oid: &'static str, value: Vec<u8>) -> Self {
        Self { oid, value }
    }

    /// An extension whose value is a text.
    pub(crate) fn of_text(oid: &'static str, text: &str) -> Self {
        Self::new(oid, element(UTF8_STRING, text.as_bytes()))
    }

    /// The certificate policies of RFC 5280, section 4.2.1.4, with one policy.
    ///
    /// # Errors
    ///
    /// A text that is no object identifier.
    pub(crate) fn of_policy(policy: &str) -> Result<Self, ErrorStack> {
        const OBJECT_IDENTIFIER: u8 = 6;
        let identifier = Asn1Object::from_str(policy)?;
        let identifier = element(OBJECT_IDENTIFIER, identifier.as_slice());
        let policies = element(SEQUENCE, &element(SEQUENCE, &identifier));
        Ok(Self::new("2.5.29.32", policies))
    }

    /// The same, encoded.
    ///
    /// # Errors
    ///
    /// What OpenSSL refuses to encode.
    pub(super) fn encode(&self) -> Result<X509Extension, ErrorStack> {
        let value = Asn1OctetString::new_from_bytes(&self.value)?;
        let oid = Asn1Object::from_str(self.oid)?;
        X509Extension::new_from_der(&oid, false, &value)
    }
}
