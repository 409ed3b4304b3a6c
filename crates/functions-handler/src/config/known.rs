//! The engine's settings by name.

use app_settings::{DeclaredSettings, Environment, Problem};

/// The engine's own settings, in the order of the documentation.
pub const DECLARED: DeclaredSettings = DeclaredSettings::new(
    &["ALLOWED_CLIENT_", "CLIENT_CERT"],
    &[
        "ALLOWED_CLIENT_CERT_THUMBPRINTS",
        "ALLOWED_CLIENT_CERT_COMMON_NAMES",
        "CLIENT_CERT_FRONT_END",
        "CLIENT_CERT_TRUST_ANCHORS",
        "CLIENT_CERT_INTERMEDIATES",
        "CLIENT_CERT_EXTENDED_KEY_USAGE",
        "CLIENT_CERT_MINIMUM_RSA_BITS",
        "CLIENT_CERT_DENIED_STATUS",
        "CLIENT_CERT_ALLOWED_ORIGINS",
    ],
)
.with_reserved(&["CLIENT_CERT_POLICY"]);

/// How an app setting reads that Azure could not replace by the secret it refers to.
const KEY_VAULT_REFERENCE: &str = "@microsoft.keyvault(";

/// References to Key Vault that Azure has not resolved.
pub(super) fn problems(environment: &Environment) -> Vec<Problem> {
    let unresolved = DECLARED.names().iter().filter_map(|name| {
        environment
            .get(name)
            .filter(|value| is_unresolved(value))
            .map(|_| unresolved(name))
    });
    unresolved.collect()
}

/// Whether a value is the text of a reference that Azure should have replaced.
pub(super) fn is_unresolved(value: &str) -> bool {
    value
        .trim_start()
        .to_ascii_lowercase()
        .starts_with(KEY_VAULT_REFERENCE)
}

fn unresolved(name: &str) -> Problem {
    Problem::new(
        name,
        "expected a value, found a Key Vault reference that Azure has not resolved; give the app's identity the role \
         Key Vault Secrets User, and look at the reference's status in the portal",
    )
}
