//! The token of a managed identity, as Azurite wants it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Whom a token for Azure Storage is for.
pub(crate) const AUDIENCE: &str = "https://storage.azure.com/";

/// A token for this audience, of a tenant that does not exist; it holds from 1970 to 2286. Azurite looks at no signature.
pub(crate) fn token(audience: &str) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(json!({ "alg": "RS256", "typ": "JWT" }));
    let claims = part(json!({
        "aud": audience,
        "iss": "https://sts.windows.net/00000000-0000-0000-0000-000000000000/",
        "iat": 1,
        "nbf": 1,
        "exp": 9_999_999_999_u64,
    }));
    format!("{head}.{claims}.c2lnbmF0dXJl")
}
