//! The variables of the server.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;

use super::{PORT_VARIABLES, ServerCommand, placeholders};

/// Python holds its output back when it does not write to a terminal, and loses it on a signal (Python documentation,
/// Command line and environment).
const UNBUFFERED: &str = "PYTHONUNBUFFERED";

/// What is inherited, apart from what is withheld; then the port variables; then what the caller set.
pub(super) fn environment(
    command: &ServerCommand,
    address: SocketAddr,
) -> BTreeMap<OsString, OsString> {
    let mut environment = command.inherited.clone();
    environment.retain(|name, _| !command.withheld.contains(name));
    if !environment.contains_key(OsStr::new(UNBUFFERED)) {
        environment.insert(UNBUFFERED.into(), "1".into());
    }
    for variable in PORT_VARIABLES {
        environment.remove(OsStr::new(variable.name));
        if let Some(text) = variable.value.text(address) {
            environment.insert(variable.name.into(), text.into());
        }
    }
    for (name, value) in &command.own {
        environment.insert(name.clone(), placeholders::replaced(value, address));
    }
    environment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: &ServerCommand, address: &str) -> BTreeMap<String, String> {
        let environment = environment(command, address.parse().unwrap());
        let text = |text: OsString| text.into_string().unwrap();
        environment
            .into_iter()
            .map(|(name, value)| (text(name), text(value)))
            .collect()
    }

    fn inheriting(variables: &[(&str, &str)]) -> ServerCommand {
        let variables = variables.iter();
        ServerCommand::new(
            "server",
            variables.map(|(name, value)| (name.into(), value.into())),
        )
    }

    #[test]
    fn every_port_variable_is_set_or_removed_whatever_was_inherited() {
        let inherited: Vec<_> = PORT_VARIABLES
            .iter()
            .map(|variable| (variable.name, "inherited"))
            .collect();
        let found = of(&inheriting(&inherited), "127.0.0.1:4000");
        assert!(!found.values().any(|value| value == "inherited"));
        let removed: Vec<_> = PORT_VARIABLES
            .iter()
            .map(|variable| variable.name)
            .filter(|name| !found.contains_key(*name))
            .collect();
        assert_eq!(
            removed,
            [
                "ASPNETCORE_HTTP_PORTS",
                "ASPNETCORE_HTTPS_PORTS",
                "ASPNETCORE_CONTENTROOT"
            ]
        );
        for (name, expected) in [
            ("FUNCTIONS_CUSTOMHANDLER_PORT", "4000"),
            ("PORT", "4000"),
            ("UVICORN_HOST", "127.0.0.1"),
            ("ASPNETCORE_URLS", "http://127.0.0.1:4000"),
            ("HOSTNAME", "127.0.0.1"),
        ] {
            assert_eq!(found[name], expected, "{name}");
        }
        let found = of(&inheriting(&[]), "[::1]:4000");
        assert_eq!(found["ASPNETCORE_URLS"], "http://[::1]:4000");
        assert_eq!(found["HOSTNAME"], "::1");
    }

    #[test]
    fn what_the_caller_sets_wins_and_what_is_withheld_is_absent() {
        let command = inheriting(&[
            ("REMOTE_API_URL", "https://example.com"),
            ("OURS", "secret"),
            ("PYTHONUNBUFFERED", ""),
            ("PORT", "1"),
        ])
        .withhold("OURS")
        .variable("PORT", "{port}0")
        .variable("LISTEN", "{host}:{port}");
        let found = of(&command, "127.0.0.1:4000");
        assert_eq!(found["REMOTE_API_URL"], "https://example.com");
        assert_eq!(found["PYTHONUNBUFFERED"], "");
        assert_eq!(found["PORT"], "40000");
        assert_eq!(found["LISTEN"], "127.0.0.1:4000");
        assert!(!found.contains_key("OURS"));
        assert_eq!(
            of(&inheriting(&[]), "127.0.0.1:4000")["PYTHONUNBUFFERED"],
            "1"
        );
    }
}
