//! The caller in the format of App Service Authentication.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use serde::Serialize;

use super::text::header_text;
use crate::Admitted;

/// Which identity provider says so.
pub(super) const PROVIDER: &str = "clientcertificate";

const NAME: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";
const ROLE: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";
/// Ours.
const SHA256: &str = "urn:client-cert:sha256";
const RULE: &str = "urn:client-cert:rule";

/// Source: the section "Decode the client principal header" of Microsoft's page "Work with user identities in Azure App Service
/// authentication".
#[derive(Serialize)]
struct ClientPrincipal<'a> {
    auth_typ: &'a str,
    claims: Vec<Claim<'a>>,
    name_typ: &'a str,
    role_typ: &'a str,
}

#[derive(Serialize)]
struct Claim<'a> {
    typ: &'a str,
    val: &'a str,
}

/// The value of `X-MS-CLIENT-PRINCIPAL`: a JSON object in base64.
pub(crate) fn principal_header(admitted: &Admitted<'_>) -> HeaderValue {
    let claim = |typ, val| Claim { typ, val };
    let mut claims: Vec<Claim<'_>> = Vec::new();
    claims.extend(admitted.caller.map(|caller| claim(NAME, caller)));
    claims.extend(admitted.roles.iter().map(|role| claim(ROLE, role)));
    claims.extend([claim(SHA256, admitted.sha256), claim(RULE, admitted.rule)]);
    let principal = ClientPrincipal {
        auth_typ: PROVIDER,
        claims,
        name_typ: NAME,
        role_typ: ROLE,
    };
    // Texts, so that writing does not fail.
    let json = serde_json::to_vec(&principal).unwrap_or_default();
    header_text(&STANDARD.encode(json))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_principal_is_the_json_object_that_app_service_writes() {
        let admitted = Admitted {
            caller: Some("billing"),
            roles: vec!["read", "write"],
            rule: "SHA-256",
            sha256: "ab",
            der: &[],
        };
        let header = principal_header(&admitted);
        let found: Value = serde_json::from_slice(&STANDARD.decode(header).unwrap()).unwrap();
        let expected = json!({
            "auth_typ": "clientcertificate",
            "claims": [
                {"typ": NAME, "val": "billing"},
                {"typ": ROLE, "val": "read"},
                {"typ": ROLE, "val": "write"},
                {"typ": "urn:client-cert:sha256", "val": "ab"},
                {"typ": "urn:client-cert:rule", "val": "SHA-256"},
            ],
            "name_typ": NAME,
            "role_typ": ROLE,
        });
        assert_eq!(found, expected);
    }
}
