//! Who may sign the revocation lists of a domain (RFC 5280, section 6.3.3, steps f and g).

use std::fmt;
use std::sync::Arc;

use super::authority::AuthorityError;
use super::domain::TrustDomain;
use super::issuing_key::IssuingKey;
use super::signature::{SIGNATURE_BUDGET, SignatureError, VerifyingKey};
use crate::x509::{Certificate, KeyIdentifier, Name, Signed, Validity};

/// A certificate that may sign revocation lists and nothing else: keyUsage with cRLSign, issued by an authority of the domain.
#[derive(Clone, Debug)]
pub struct ListSigner(Arc<Signer>);

#[derive(Debug)]
struct Signer {
    certificate: Arc<Certificate>,
    key: VerifyingKey,
}

/// When somebody is valid who vouches for a list.
#[derive(Clone, Debug)]
pub(crate) struct Voucher {
    pub(crate) validity: Validity,
    /// The certificate of a signer of lists, which may be revoked itself; `None` for an authority.
    pub(crate) signer: Option<Arc<Certificate>>,
}

impl ListSigner {
    /// Reads a certificate as that of a signer of lists. Whether an authority of the domain issued it is verified where a list
    /// is.
    ///
    /// # Errors
    ///
    /// See [`AuthorityError`]: no certificate, keyUsage without cRLSign, an unrecognized critical extension, or a key that
    /// cannot verify.
    pub fn new(der: &[u8]) -> Result<Self, AuthorityError> {
        let certificate = Certificate::parse(der).map_err(AuthorityError::Malformed)?;
        let extensions = certificate.extensions();
        match extensions.key_usage {
            Some(usage) if usage.crl_sign() => {}
            usage => {
                return Err(AuthorityError::KeyUsage {
                    found: usage
                        .map_or_else(|| "no such extension".to_owned(), |usage| usage.to_string()),
                });
            }
        }
        if !extensions.unrecognized_critical.is_empty() {
            let found = extensions.unrecognized_critical.join(", ");
            return Err(AuthorityError::CriticalExtension { found });
        }
        let key = VerifyingKey::of(&certificate).map_err(|found| AuthorityError::Key { found })?;
        let certificate = Arc::new(certificate);
        Ok(Self(Arc::new(Signer { certificate, key })))
    }

    pub(super) fn certificate(&self) -> &Certificate {
        &self.0.certificate
    }
}

impl TrustDomain {
    /// Who may sign lists in the name of `issuer` and made this signature: one at least, any of whom will do.
    pub(crate) fn vouches_for(
        &self,
        issuer: &Name,
        key: Option<&KeyIdentifier>,
        signed: Signed<'_>,
    ) -> Result<Vec<Voucher>, SignerError> {
        let mut fault = SignerError::UnknownIssuer;
        let mut vouchers = Vec::new();
        let mut left = SIGNATURE_BUDGET;
        let mut tried = |by: &VerifyingKey, fault: &mut SignerError| {
            let Some(rest) = left.checked_sub(by.cost()) else {
                *fault = SignerError::TooManyKeys;
                return false;
            };
            left = rest;
            match by.verify(signed) {
                Ok(()) => true,
                Err(SignatureError::OtherKey) => {
                    *fault = SignerError::Signature;
                    false
                }
                Err(SignatureError::Algorithm) => {
                    *fault = SignerError::Algorithm;
                    false
                }
            }
        };
        for issuing in self.issuers().named(issuer, key) {
            let Some(authority) = issuing.authority() else {
                continue;
            };
            if !issuing.may_sign_lists() {
                fault = SignerError::KeyUsage;
            } else if tried(&authority.key, &mut fault) {
                vouchers.extend(issuing.chains.iter().map(|chain| Voucher {
                    validity: chain.validity(),
                    signer: None,
                }));
            }
        }
        for signer in self.list_signers() {
            let Signer { certificate, key } = &*signer.0;
            if certificate.subject() == issuer && tried(key, &mut fault) {
                let issuing = self.issuers().of(certificate);
                let issuing = issuing
                    .into_iter()
                    .filter(|issuing| made(issuing, certificate));
                let chains = issuing.flat_map(|issuing| &issuing.chains);
                vouchers.extend(chains.map(|chain| Voucher {
                    validity: chain.validity().intersection(certificate.validity()),
                    signer: Some(Arc::clone(certificate)),
                }));
            }
        }
        match vouchers.is_empty() {
            false => Ok(vouchers),
            true => Err(fault),
        }
    }
}

/// Whether a key signed a certificate.
fn made(issuing: &IssuingKey, certificate: &Certificate) -> bool {
    let authority = issuing.authority();
    authority.is_some_and(|authority| authority.key.verify(certificate.signed()).is_ok())
}

/// Why nobody in the domain vouches for a list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SignerError {
    /// No authority of the domain bears the name of the list's issuer, or none that does leads to an anchor.
    UnknownIssuer,
    /// The authorities of that name may not sign lists: keyUsage without cRLSign.
    KeyUsage,
    /// No key of that name made the signature.
    Signature,
    /// A signature algorithm that is not supported.
    Algorithm,
    /// Too many keys bear the name.
    TooManyKeys,
}

impl fmt::Display for SignerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a list that an authority of the trust domain signed, found ")?;
        f.write_str(match self {
            Self::UnknownIssuer => "an issuer that is no authority of the domain",
            Self::KeyUsage => "an issuer whose keyUsage has no cRLSign",
            Self::Signature => "a signature that no key of its issuer made",
            Self::Algorithm => "a signature algorithm that is not supported",
            Self::TooManyKeys => "too many keys with the name of its issuer",
        })
    }
}

impl std::error::Error for SignerError {}
