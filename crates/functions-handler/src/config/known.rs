//! The engine's settings by name.

use app_settings::{DeclaredSettings, HarmlessSetting};

pub(super) const THUMBPRINTS: HarmlessSetting =
    HarmlessSetting::new("ALLOWED_CLIENT_CERT_THUMBPRINTS");
pub(super) const COMMON_NAMES: HarmlessSetting =
    HarmlessSetting::new("ALLOWED_CLIENT_CERT_COMMON_NAMES");
pub(super) const FRONT_END: HarmlessSetting = HarmlessSetting::new("CLIENT_CERT_FRONT_END");
/// One secret, or two while they are exchanged.
pub(super) const FRONT_END_SECRET: &str = "CLIENT_CERT_FRONT_END_SECRET";
pub(super) const TRUST_ANCHORS: &str = "CLIENT_CERT_TRUST_ANCHORS";
pub(super) const INTERMEDIATES: &str = "CLIENT_CERT_INTERMEDIATES";
pub(super) const EXTENDED_KEY_USAGE: HarmlessSetting =
    HarmlessSetting::new("CLIENT_CERT_EXTENDED_KEY_USAGE");
pub(super) const KEY_USAGE: HarmlessSetting = HarmlessSetting::new("CLIENT_CERT_KEY_USAGE");
pub(super) const MINIMUM_RSA_BITS: HarmlessSetting =
    HarmlessSetting::new("CLIENT_CERT_MINIMUM_RSA_BITS");
/// Names a file, so that its value may be shown as one; or a URL, whose query is a secret.
pub(super) const POLICY: &str = "CLIENT_CERT_POLICY";
pub(super) const POLICY_CACHE: &str = "CLIENT_CERT_POLICY_CACHE";
pub(super) const POLICY_MAX_AGE: HarmlessSetting =
    HarmlessSetting::new("CLIENT_CERT_POLICY_MAX_AGE");
pub(super) const POLICY_TOO_OLD: HarmlessSetting =
    HarmlessSetting::new("CLIENT_CERT_POLICY_TOO_OLD");
pub(super) const DENIED_STATUS: HarmlessSetting = HarmlessSetting::new("CLIENT_CERT_DENIED_STATUS");
pub(super) const AUDIT: HarmlessSetting = HarmlessSetting::new("CLIENT_CERT_AUDIT");
pub(super) const UNUSED_DAYS: HarmlessSetting = HarmlessSetting::new("CLIENT_CERT_UNUSED_DAYS");

/// The engine's own settings, in the order of the documentation.
pub const DECLARED: DeclaredSettings = DeclaredSettings::new(
    &["ALLOWED_CLIENT_", "CLIENT_CERT"],
    &[
        THUMBPRINTS.name(),
        COMMON_NAMES.name(),
        FRONT_END.name(),
        FRONT_END_SECRET,
        TRUST_ANCHORS,
        INTERMEDIATES,
        EXTENDED_KEY_USAGE.name(),
        KEY_USAGE.name(),
        MINIMUM_RSA_BITS.name(),
        DENIED_STATUS.name(),
        super::origins::ALLOWED_ORIGINS,
        POLICY,
        POLICY_CACHE,
        POLICY_MAX_AGE.name(),
        POLICY_TOO_OLD.name(),
        UNUSED_DAYS.name(),
        AUDIT.name(),
    ],
)
.with_reserved(&RESERVED);

/// Settings of later versions. An app that is deployed with one of them must not start under this version as if it were
/// not there.
const RESERVED: [&str; 5] = [
    "CLIENT_CERT_GATE_SECRET",
    "CLIENT_CERT_PRINCIPAL",
    "CLIENT_CERT_UPSTREAM",
    "CLIENT_CERT_UPSTREAM_DANGEROUS",
    "CLIENT_CERT_UPSTREAM_STRIP",
];

#[cfg(test)]
mod tests {
    use app_settings::{Environment, KnownSettings};

    use super::*;

    #[test]
    fn each_setting_is_read_or_refused_as_that_of_a_later_version() {
        let known = KnownSettings::new([DECLARED]);
        for name in DECLARED.names() {
            let set = Environment::from_iter([(*name, "x")]);
            assert!(known.unknown(&set).is_empty() && known.reserved(&set).is_empty());
        }
        for name in RESERVED {
            let set = Environment::from_iter([(name, "x")]);
            let problems = known.reserved(&set);
            assert!(
                matches!(problems.as_slice(), [problem] if problem.at() == name
                    && problem.text().contains("use a version that has it")),
                "{problems:?}"
            );
            assert!(known.unknown(&set).is_empty(), "{name} is no mistake");
        }
    }
}
