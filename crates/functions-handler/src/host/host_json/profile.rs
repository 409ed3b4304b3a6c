//! Values that the host takes for those that are absent.

use serde_json::Value;

use super::contents::Profile;
use super::settings::Settings;

/// The key, at the top level.
const KEY: &str = "configurationProfile";

/// The names that the host knows; it does not start with another (`HostConfigurationProfile.cs`).
const NAMES: [(&str, Profile); 4] = [
    ("mcp-custom-handler", Profile::McpCustomHandler),
    ("web-app-custom-handler", Profile::WebAppCustomHandler),
    ("default", Profile::Default),
    ("", Profile::Default),
];

/// Reads the profile, and puts its values where there are none.
pub(super) fn profile(settings: &mut Settings) -> Profile {
    let profile = settings.one_of(KEY, &NAMES).unwrap_or(Profile::Default);
    match profile {
        Profile::Default => {}
        Profile::McpCustomHandler | Profile::WebAppCustomHandler => {
            settings.default("customHandler:enableProxyingHttpRequest", Value::Bool(true));
            settings.default("extensions:http:routePrefix", Value::from(""));
            settings.default("customHandler:http:routes:0:route", Value::from("{*route}"));
        }
    }
    profile
}
