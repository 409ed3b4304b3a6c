//! Which host is stood in for, where hosts of different years differ.

use std::fmt;

use clap::ValueEnum;
use functions_handler::host::contract::HOST_JSON_VARIABLE_PREFIX;
use functions_handler::host::json;
use serde_json::{Map, Value};

/// The year of a host.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum HostVersion {
    /// Forwards and sends envelopes alone: no proxying, no customHandler.http.routes, no port, no configurationProfile. A handler
    /// that ends with exit code 0 stays away
    #[value(name = "2024")]
    Of2024,
    /// Proxies, by YARP 2.0.1, which drops Strict-Transport-Security from answers. Exit code 0 as in 2024
    #[value(name = "2025")]
    Of2025,
    /// Proxies, and passes that header; a handler that ends with exit code 0 is started again
    #[default]
    #[value(name = "2026")]
    Of2026,
}

/// Keys of `host.json` that hosts before 2025 do not know, in lower case; with a key go those below it.
const OF_2025: [&str; 4] = [
    "configurationprofile",
    "customhandler:enableproxyinghttprequest",
    "customhandler:http",
    "customhandler:port",
];

impl HostVersion {
    /// Whether it proxies at all.
    pub(crate) fn proxies(self) -> bool {
        self != Self::Of2024
    }

    /// Whether a handler that ends with exit code 0 is started again (azure-functions-host pull request 11576).
    pub(crate) fn restarts_after_0(self) -> bool {
        self == Self::Of2026
    }

    /// Whether its YARP passes the handler's `Strict-Transport-Security` (`HttpTransformer.cs` of 2.0 and of 2.1).
    pub(super) fn passes_transport_security(self) -> bool {
        self == Self::Of2026
    }

    /// What is left of `host.json` when the keys are gone that this host does not know. A text that the engine's reader, which
    /// takes what the host's takes, cannot read stays as it is: whoever reads it next says so.
    pub(super) fn known_part(self, host_json: &[u8]) -> Vec<u8> {
        match json::parse_caseless(host_json) {
            Ok(Value::Object(root)) if self == Self::Of2024 => {
                let known = Value::Object(self.known_members("", root));
                known.to_string().into()
            }
            Ok(_) | Err(_) => host_json.to_vec(),
        }
    }

    /// Whether it knows the key that a variable replaces in `host.json`.
    pub(super) fn knows_variable(self, name: &str) -> bool {
        let key = name.replace("__", ":").to_ascii_lowercase();
        match key.split_once(':') {
            Some((prefix, key)) if prefix.eq_ignore_ascii_case(HOST_JSON_VARIABLE_PREFIX) => {
                self.knows(key)
            }
            _ => true,
        }
    }

    fn known_members(self, above: &str, object: Map<String, Value>) -> Map<String, Value> {
        let members = object.into_iter().filter_map(|(name, value)| {
            let key = format!("{above}{}", name.to_ascii_lowercase());
            let value = match value {
                Value::Object(below) => {
                    Value::Object(self.known_members(&format!("{key}:"), below))
                }
                other => other,
            };
            self.knows(&key).then_some((name, value))
        });
        members.collect()
    }

    fn knows(self, key: &str) -> bool {
        let is_of = |newer: &&str| {
            let below = key.strip_prefix(*newer);
            below.is_some_and(|below| below.is_empty() || below.starts_with(':'))
        };
        self != Self::Of2024 || !OF_2025.iter().any(is_of)
    }
}

impl fmt::Display for HostVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Of2024 => "2024",
            Self::Of2025 => "2025",
            Self::Of2026 => "2026",
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_host_does_not_know_it_does_not_read() {
        let host_json = json!({
            "version": "2.0",
            "ConfigurationProfile": "mcp-custom-handler",
            "customHandler": {
                "port": 7, "ports": 7, "EnableProxyingHttpRequest": true, "enableForwardingHttpRequest": true,
                "http": {"routes": [{"route": "a"}]},
            },
            "customHandler:http:routes:0:route": "b",
            "extensions": {"http": {"routePrefix": ""}},
        });
        let old = json!({
            "version": "2.0",
            "customHandler": {"ports": 7, "enableForwardingHttpRequest": true},
            "extensions": {"http": {"routePrefix": ""}},
        });
        let text = host_json.to_string();
        for (version, expected) in [
            (HostVersion::Of2024, &old),
            (HostVersion::Of2025, &host_json),
            (HostVersion::Of2026, &host_json),
        ] {
            let known = version.known_part(text.as_bytes());
            let known: Value = serde_json::from_slice(&known).unwrap();
            assert_eq!(known, *expected, "{version:?}");
        }
        assert_eq!(HostVersion::Of2024.known_part(b"{// no"), b"{// no");
    }

    #[test]
    fn however_host_json_is_written_its_new_keys_are_found() {
        for text in [
            "{\"customHandler\": {\"port\": 7, \"a\": 1}}",
            "\u{feff}{\"customHandler\": {\"port\": 7, \"a\": 1}}",
            "// a comment\n{\"customHandler\": {/* another */ \"port\": 7, \"a\": 1}}",
            "{\"customHandler\": {\"port\": 7, \"a\": 1,},}",
            "{'customHandler': {'port': 7, 'a': 1}}",
            "{customHandler: {PORT: 0x7, a: 1}}",
        ] {
            let known = HostVersion::Of2024.known_part(text.as_bytes());
            let known: Value = serde_json::from_slice(&known).unwrap();
            assert_eq!(known, json!({"customHandler": {"a": 1}}), "{text}");
        }
    }

    #[test]
    fn variables_are_keys_too() {
        for (name, known) in [
            ("AzureFunctionsJobHost__customHandler__port", false),
            ("AzureFunctionsJobHost:configurationProfile", false),
            (
                "azurefunctionsjobhost__customhandler__http__routes__0__route",
                false,
            ),
            ("AzureFunctionsJobHost__customHandler__portal", true),
            ("AzureFunctionsJobHost__functionTimeout", true),
            ("customHandler__port", true),
        ] {
            assert_eq!(HostVersion::Of2024.knows_variable(name), known, "{name}");
            assert!(HostVersion::Of2025.knows_variable(name), "{name}");
        }
    }
}
