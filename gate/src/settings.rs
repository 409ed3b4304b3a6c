//! The gate's settings by name.

use app_settings::{DeclaredSettings, HarmlessSetting};

/// The URL where the server listens, if it does not take its port from us.
pub(crate) const UPSTREAM: &str = "CLIENT_CERT_UPSTREAM";
/// Allows a server beyond this machine.
pub(crate) const DANGEROUS: HarmlessSetting =
    HarmlessSetting::new("CLIENT_CERT_UPSTREAM_DANGEROUS");
/// A path prefix that the server does not know.
pub(crate) const STRIP: HarmlessSetting = HarmlessSetting::new("CLIENT_CERT_UPSTREAM_STRIP");
/// The path whose answer says that the server is ready.
pub(crate) const READY: HarmlessSetting = HarmlessSetting::new("CLIENT_CERT_UPSTREAM_READY");
/// Which statuses of that answer do.
pub(crate) const READY_STATUSES: HarmlessSetting =
    HarmlessSetting::new("CLIENT_CERT_UPSTREAM_READY_STATUSES");
/// Whose name `Host` has.
pub(crate) const HOST: HarmlessSetting = HarmlessSetting::new("CLIENT_CERT_UPSTREAM_HOST");
/// Whether headers with an underscore are passed on.
pub(crate) const UNDERSCORES: HarmlessSetting =
    HarmlessSetting::new("CLIENT_CERT_UPSTREAM_UNDERSCORES");
/// Whether silent event streams get comments.
pub(crate) const EVENT_COMMENTS: HarmlessSetting =
    HarmlessSetting::new("CLIENT_CERT_UPSTREAM_EVENT_COMMENTS");
/// Whether we write App Service Authentication's headers.
pub(crate) const PRINCIPAL: HarmlessSetting = HarmlessSetting::new("CLIENT_CERT_PRINCIPAL");
/// What proves to a server that we did not start that a request came through us; and the variable by which one that we start
/// gets its own.
pub(crate) const SECRET: &str = "CLIENT_CERT_GATE_SECRET";

/// App Service Authentication is on.
pub(crate) const AUTHENTICATION: &str = "WEBSITE_AUTH_ENABLED";

/// All of them. The engine reserves some, which only the gate reads.
pub(crate) const DECLARED: DeclaredSettings = DeclaredSettings::new(
    &[],
    &[
        UPSTREAM,
        DANGEROUS.name(),
        STRIP.name(),
        READY.name(),
        READY_STATUSES.name(),
        HOST.name(),
        UNDERSCORES.name(),
        EVENT_COMMENTS.name(),
        PRINCIPAL.name(),
        SECRET,
    ],
);

/// What the server does not get: who is admitted is decided here, and a copy of the document says it to nobody else.
pub(crate) const WITHHELD: [&str; 3] =
    ["CLIENT_CERT_POLICY", "CLIENT_CERT_FRONT_END_SECRET", SECRET];
