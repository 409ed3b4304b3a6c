//! The names of the contract's headers, in the form in which a look-up takes least.

use http::HeaderName;

pub(super) const CLIENT_CERTIFICATE: HeaderName = HeaderName::from_static("x-arr-clientcert");
pub(super) const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
pub(super) const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
pub(super) const ORIGINAL_HOST: HeaderName = HeaderName::from_static("x-original-host");
pub(super) const INVOCATION_ID: HeaderName =
    HeaderName::from_static("x-azure-functions-invocationid");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::contract;

    #[test]
    fn they_are_those_of_the_contract() {
        assert!(
            contract::CLIENT_CERTIFICATE_HEADER.eq_ignore_ascii_case(CLIENT_CERTIFICATE.as_str())
        );
        assert!(contract::FORWARDED_PROTO_HEADER.eq_ignore_ascii_case(FORWARDED_PROTO.as_str()));
        assert!(contract::FORWARDED_HOST_HEADER.eq_ignore_ascii_case(FORWARDED_HOST.as_str()));
        assert!(contract::ORIGINAL_HOST_HEADER.eq_ignore_ascii_case(ORIGINAL_HOST.as_str()));
        assert!(contract::INVOCATION_ID_HEADER.eq_ignore_ascii_case(INVOCATION_ID.as_str()));
    }
}
