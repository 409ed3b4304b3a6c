//! The headers that we write, by the names that people read in documents and the ones that a map of headers has.

use http::HeaderName;

/// A header that we write.
#[derive(Debug)]
pub(crate) struct Field {
    /// As it is written in an envelope, where programs look names up by their exact spelling.
    pub(crate) written: &'static str,
    /// As it is sent.
    pub(crate) name: HeaderName,
}

/// Defines each header by its spelling in an envelope and on the wire.
macro_rules! fields {
    ($($constant:ident = $written:literal, $name:literal;)*) => {
        $(pub(super) static $constant: Field = Field { written: $written, name: HeaderName::from_static($name) };)*

        /// All of them.
        #[cfg(test)]
        pub(super) static ALL: &[&Field] = &[$(&$constant),*];
    };
}

fields! {
    ARR_CLIENT_CERT = "X-ARR-ClientCert", "x-arr-clientcert";
    CLIENT_CERT = "Client-Cert", "client-cert";
    CALLER = "X-Client-Cert-Caller", "x-client-cert-caller";
    ROLES = "X-Client-Cert-Roles", "x-client-cert-roles";
    RULE = "X-Client-Cert-Rule", "x-client-cert-rule";
    SHA256 = "X-Client-Cert-Sha256", "x-client-cert-sha256";
    GATE_SECRET = "X-Client-Cert-Gate-Secret", "x-client-cert-gate-secret";
    PRINCIPAL = "X-MS-CLIENT-PRINCIPAL", "x-ms-client-principal";
    PRINCIPAL_ID = "X-MS-CLIENT-PRINCIPAL-ID", "x-ms-client-principal-id";
    PRINCIPAL_IDP = "X-MS-CLIENT-PRINCIPAL-IDP", "x-ms-client-principal-idp";
    PRINCIPAL_NAME = "X-MS-CLIENT-PRINCIPAL-NAME", "x-ms-client-principal-name";
    FORWARDED_FOR = "X-Forwarded-For", "x-forwarded-for";
    FORWARDED_HOST = "X-Forwarded-Host", "x-forwarded-host";
    FORWARDED_PORT = "X-Forwarded-Port", "x-forwarded-port";
    FORWARDED_PREFIX = "X-Forwarded-Prefix", "x-forwarded-prefix";
    FORWARDED_PROTO = "X-Forwarded-Proto", "x-forwarded-proto";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::removed::Removal;

    #[test]
    fn what_we_write_is_removed_from_what_comes_in() {
        for field in ALL {
            assert_eq!(field.written.to_ascii_lowercase(), field.name.as_str());
            let removal = Removal {
                keep_underscores: true,
                keep_principal: false,
            };
            assert!(removal.removes(field.written), "{}", field.written);
        }
    }
}
