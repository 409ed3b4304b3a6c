//! The names of the headers that the guard reads, in the form in which a look-up takes least.

use http::HeaderName;

pub(super) const CLIENT_CERTIFICATE: HeaderName = HeaderName::from_static("x-arr-clientcert");
pub(super) const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
pub(super) const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
pub(super) const ORIGINAL_HOST: HeaderName = HeaderName::from_static("x-original-host");
pub(super) const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::contract;

    #[test]
    fn they_are_those_of_the_contract() {
        let table = [
            (contract::CLIENT_CERTIFICATE_HEADER, CLIENT_CERTIFICATE),
            (contract::FORWARDED_PROTO_HEADER, FORWARDED_PROTO),
            (contract::FORWARDED_HOST_HEADER, FORWARDED_HOST),
            (contract::ORIGINAL_HOST_HEADER, ORIGINAL_HOST),
        ];
        for (contract, name) in table {
            assert!(contract.eq_ignore_ascii_case(name.as_str()), "{contract}");
        }
    }
}
