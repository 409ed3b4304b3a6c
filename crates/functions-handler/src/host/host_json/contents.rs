//! What `host.json` says, as data.

use std::time::Duration;

use crate::host::auth_level::AuthLevel;
use crate::host::marker::Marker;
use crate::host::route::{RoutePrefix, RouteTemplate};

/// What `host.json` says that matters to a custom handler.
///
/// Keys count in any case, as the host's configuration binding has it. Unknown top-level properties are tolerated,
/// since logging, telemetry and extensions are no concern of the handler's.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct HostJson {
    /// `configurationProfile`: which values the host takes for those that are absent.
    pub profile: Profile,
    /// `extensions.http.routePrefix`: what precedes each route, without slashes around it; `api` by default.
    pub route_prefix: RoutePrefix,
    /// `extensions.http.customHeaders`: what the host adds to each response that lacks it.
    pub custom_headers: Vec<(String, String)>,
    /// `functionTimeout`: when the host kills the handler.
    pub function_timeout: FunctionTimeout,
    /// `functions`: the only functions that the host loads; all of them by default. See [`HostJson::loads`].
    pub functions: Option<Vec<String>>,
    /// `customHandler`: how the host starts and calls the handler.
    pub custom_handler: CustomHandler,
}

impl HostJson {
    /// Whether the host loads a function of this name, in any case. One that it does not load must not be served,
    /// since a rewritten path could still reach it.
    pub fn loads(&self, name: &str) -> bool {
        let listed = |list: &Vec<String>| list.iter().any(|known| known.eq_ignore_ascii_case(name));
        self.functions.as_ref().is_none_or(listed)
    }
}

/// How the host starts and calls the handler: `customHandler` in `host.json`.
///
/// `%VARIABLE%` in texts is left as it is; the host replaces it when it starts the handler.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct CustomHandler {
    /// `description.defaultExecutablePath`: relative to the app root, whatever the working directory is.
    pub executable: String,
    /// `description.workingDirectory`: relative to the app root, which it is by default.
    pub working_directory: Option<String>,
    /// `description.arguments`: joined by the host with blanks, without quoting.
    pub arguments: Vec<String>,
    /// `enableForwardingHttpRequest`: the original request instead of an envelope; false by default.
    pub enable_forwarding_http_request: bool,
    /// `enableProxyingHttpRequest`: the same, streamed, by hosts of 2025 and later; false by default.
    pub enable_proxying_http_request: bool,
    /// `initializationTimeout`: how long the host probes; 30 seconds by default.
    pub initialization_timeout: Duration,
    /// `description.useStdErrorStreamForErrorsOnly`: whether lines on stderr are errors; true by default.
    pub use_std_error_stream_for_errors_only: bool,
    /// `port`: a fixed port, for hosts of 2025 and later; a free one by default.
    pub port: Option<u16>,
    /// `http.routes`, in their order: functions without folders, for hosts of 2025 and later; none by default.
    pub routes: Vec<HttpRoute>,
}

/// A set of values that hosts of 2025 and later take for those that are absent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Profile {
    /// None.
    Default,
    /// `mcp-custom-handler`: proxying, no route prefix, and `{*route}` as the route of the first entry of
    /// `customHandler.http.routes`.
    McpCustomHandler,
    /// `web-app-custom-handler`: the same values.
    WebAppCustomHandler,
}

/// An entry of `customHandler.http.routes`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct HttpRoute {
    /// Its index in the array, from 0.
    pub index: usize,
    /// `route`, with the host's prefix.
    pub route: RouteTemplate,
    /// `authorizationLevel`, or `http.defaultAuthorizationLevel`: which key the host asks for; a function's by default.
    pub auth_level: AuthLevel,
    /// `clientCertificate`: who may call it; callers that the policy admits by default. The host ignores the key.
    pub marker: Marker,
}

/// When the host gives up an invocation and kills the handler with it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FunctionTimeout {
    /// The plan's default: 30 minutes, 5 on Consumption.
    PlanDefault,
    /// Never.
    Unlimited,
    /// After this time.
    After(Duration),
}
