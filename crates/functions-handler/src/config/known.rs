//! The engine's settings by name.

use app_settings::{DeclaredSettings, HarmlessSetting};

pub(super) const THUMBPRINTS: HarmlessSetting =
    HarmlessSetting::new("ALLOWED_CLIENT_CERT_THUMBPRINTS");
pub(super) const COMMON_NAMES: HarmlessSetting =
    HarmlessSetting::new("ALLOWED_CLIENT_CERT_COMMON_NAMES");
pub(super) const FRONT_END: HarmlessSetting = HarmlessSetting::new("CLIENT_CERT_FRONT_END");
pub(super) const TRUST_ANCHORS: &str = "CLIENT_CERT_TRUST_ANCHORS";
pub(super) const INTERMEDIATES: &str = "CLIENT_CERT_INTERMEDIATES";
pub(super) const EXTENDED_KEY_USAGE: HarmlessSetting =
    HarmlessSetting::new("CLIENT_CERT_EXTENDED_KEY_USAGE");
pub(super) const MINIMUM_RSA_BITS: HarmlessSetting =
    HarmlessSetting::new("CLIENT_CERT_MINIMUM_RSA_BITS");
pub(super) const DENIED_STATUS: HarmlessSetting = HarmlessSetting::new("CLIENT_CERT_DENIED_STATUS");

/// The engine's own settings, in the order of the documentation.
pub const DECLARED: DeclaredSettings = DeclaredSettings::new(
    &["ALLOWED_CLIENT_", "CLIENT_CERT"],
    &[
        THUMBPRINTS.name(),
        COMMON_NAMES.name(),
        FRONT_END.name(),
        TRUST_ANCHORS,
        INTERMEDIATES,
        EXTENDED_KEY_USAGE.name(),
        MINIMUM_RSA_BITS.name(),
        DENIED_STATUS.name(),
        super::origins::ALLOWED_ORIGINS,
    ],
)
.with_reserved(&["CLIENT_CERT_POLICY"]);
