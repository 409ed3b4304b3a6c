//! The settings that this version knows, and what is wrong with those that it does not.

use app_settings::Problem;

use app_settings::Environment;

/// Every setting of ours, in the order of the README's table.
pub const KNOWN: [&str; 19] = [
    "ALLOWED_CLIENT_CERT_THUMBPRINTS",
    "ALLOWED_CLIENT_CERT_COMMON_NAMES",
    "CLIENT_CERT_FRONT_END",
    "CLIENT_CERT_TRUST_ANCHORS",
    "CLIENT_CERT_INTERMEDIATES",
    "CLIENT_CERT_EXTENDED_KEY_USAGE",
    "CLIENT_CERT_MINIMUM_RSA_BITS",
    "CLIENT_CERT_DENIED_STATUS",
    "OUTBOUND_CLIENT_CERT_PATH",
    "OUTBOUND_CLIENT_CERT_THUMBPRINT",
    "OUTBOUND_CLIENT_CERT_FOLDER",
    "OUTBOUND_CLIENT_CERT_PFX",
    "OUTBOUND_CLIENT_CERT_PEM",
    "OUTBOUND_CLIENT_CERT_PASSWORD",
    "OUTBOUND_CLIENT_CERT_SELECT",
    "OUTBOUND_TRUST_ANCHORS",
    "OUTBOUND_TRUST_ANCHORS_ONLY",
    "REMOTE_API_URL",
    POLICY,
];

/// A policy document instead of the two lists: a later version's.
const POLICY: &str = "CLIENT_CERT_POLICY";

/// Names that begin like this, in any case, are ours, whoever wrote them.
const PREFIXES: [&str; 5] = [
    "ALLOWED_CLIENT_",
    "CLIENT_CERT",
    "OUTBOUND_CLIENT",
    "OUTBOUND_TRUST",
    "REMOTE_API_UR",
];

/// How an app setting reads that Azure could not replace by the secret it refers to.
const KEY_VAULT_REFERENCE: &str = "@microsoft.keyvault(";

/// Problems with names rather than with values: settings that nobody reads, and references to Key Vault
/// that Azure has not resolved.
pub(super) fn problems(environment: &Environment) -> Vec<Problem> {
    let unknown = environment
        .names()
        .filter(|name| is_ours(name) && !KNOWN.contains(name))
        .map(unknown);
    let later = environment.get(POLICY).map(|_| {
        Problem::new(POLICY, "this version has no policy documents and would ignore it; remove it, or use a version that has them")
    });
    // The outbound settings tell of their own references.
    let inbound = KNOWN
        .into_iter()
        .filter(|name| !name.starts_with("OUTBOUND_") && *name != "REMOTE_API_URL");
    let unresolved = inbound.filter_map(|name| {
        environment
            .get(name)
            .filter(|value| is_unresolved(value))
            .map(|_| unresolved(name))
    });
    unknown.chain(later).chain(unresolved).collect()
}

/// Whether a value is the text of a reference that Azure should have replaced.
pub(super) fn is_unresolved(value: &str) -> bool {
    value
        .trim_start()
        .to_ascii_lowercase()
        .starts_with(KEY_VAULT_REFERENCE)
}

fn is_ours(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    PREFIXES.iter().any(|prefix| upper.starts_with(prefix))
}

fn unknown(name: &str) -> Problem {
    let upper = name.to_ascii_uppercase();
    let nearest = KNOWN
        .into_iter()
        .min_by_key(|known| strsim::damerau_levenshtein(known, &upper))
        .unwrap_or(POLICY);
    Problem::new(
        name,
        format!(
            "no setting of this version; the nearest known one is {nearest}; rename it or remove it"
        ),
    )
}

fn unresolved(name: &str) -> Problem {
    Problem::new(
        name,
        "expected a value, found a Key Vault reference that Azure has not resolved; give the app's identity the role \
         Key Vault Secrets User, and look at the reference's status in the portal",
    )
}
