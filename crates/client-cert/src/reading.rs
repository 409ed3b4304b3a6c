//! The way from a request to its certificate.

use crate::denial::Denial;
use crate::dialect::Dialect;
use crate::forwarded::{Forwarded, ForwardedError};
use crate::policy::Policy;
use crate::x509::Certificate;

/// What a request says of its certificate, before any policy is applied. Made by the decision and by the explanation alike.
#[derive(Debug)]
pub(crate) struct Reading<'f> {
    policy: Result<(), Denial>,
    dialect: Dialect,
    front_end: Result<(), Denial>,
    value: Result<&'f [u8], ForwardedError>,
}

impl<'f> Reading<'f> {
    pub(crate) fn new(policy: &Policy, forwarded: &Forwarded<'f>) -> Self {
        let dialect = policy.front_end().dialect();
        Self {
            dialect,
            policy: match policy.why_unavailable() {
                None => Ok(()),
                Some(why) => Err(Denial::PolicyUnavailable(why)),
            },
            front_end: policy.front_end().vouches(forwarded),
            value: dialect.value(forwarded),
        }
    }

    /// How the front end writes the certificate.
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Whether there is a policy to decide by.
    pub(crate) fn policy(&self) -> &Result<(), Denial> {
        &self.policy
    }

    /// Whether the front end vouches for the header.
    pub(crate) fn front_end(&self) -> &Result<(), Denial> {
        &self.front_end
    }

    /// The one header value, vouched for or not.
    pub(crate) fn value(&self) -> &Result<&'f [u8], ForwardedError> {
        &self.value
    }

    /// The one header value, if there is a policy and the front end vouches for it.
    pub(crate) fn vouched_value(&self) -> Result<&'f [u8], Denial> {
        self.policy.clone()?;
        self.front_end.clone()?;
        self.value.clone().map_err(Denial::Forwarded)
    }

    /// The bytes that the value encodes.
    pub(crate) fn der(&self) -> Result<Vec<u8>, ForwardedError> {
        self.value
            .clone()
            .and_then(|value| self.dialect.decode(value))
    }

    /// The certificate in the header, vouched for or not.
    pub(crate) fn certificate(&self) -> Result<Certificate, Denial> {
        let der = self.der().map_err(Denial::Forwarded)?;
        Certificate::parse(&der).map_err(Denial::Certificate)
    }
}
