//! An app whose program is the gate: how `host.json` says so, and what lies behind it.

use std::path::Path;

use functions_handler::host::CustomHandler;

/// The program's name, without the ending that Windows wants.
pub(crate) const PROGRAM: &str = "gate";

/// Where it is put, below the app's folder. The name must be exactly that of the file in the package.
pub(crate) const PLACE: &str = "bin/gate";

/// The argument that precedes the server's command.
pub(crate) const SEPARATOR: &str = "--";

/// Whether the host starts the gate: a program of its name, with the server's command behind `--` or without any
/// argument (`CLIENT_CERT_UPSTREAM` says where the server is then).
pub(crate) fn is_gated(handler: &CustomHandler) -> bool {
    let named = Path::new(&handler.executable).file_stem();
    let first = handler.arguments.first();
    named.is_some_and(|name| name == PROGRAM) && first.is_none_or(|first| first == SEPARATOR)
}

/// The program that the app's own sources make: the handler, or the server behind the gate. Relative to the app's folder
/// where `host.json` names a path.
///
/// `None` for a gate without a command.
pub(crate) fn own_program(handler: &CustomHandler) -> Option<String> {
    if !is_gated(handler) {
        return Some(handler.executable.clone());
    }
    let server = handler.arguments.get(1)?;
    match &handler.working_directory {
        // A bare name is looked for in PATH.
        Some(folder) if server.contains('/') => Some(format!("{folder}/{server}")),
        _ => Some(server.clone()),
    }
}

#[cfg(test)]
mod tests {
    use functions_handler::host::HostJson;
    use serde_json::{Value, json};

    use super::*;

    fn handler(description: &Value) -> CustomHandler {
        let host = json!({"version": "2.0", "customHandler": {"description": description}});
        let host = HostJson::parse(host.to_string().as_bytes(), std::iter::empty());
        host.unwrap().custom_handler
    }

    /// A description, and the program that is built from the app's sources. A gate that was taken for it would be
    /// replaced by the server, and the app would be open.
    #[test]
    fn what_the_apps_sources_make_is_never_the_gate() {
        let path = "defaultExecutablePath";
        let table = [
            (json!({path: "bin/handler"}), Some("bin/handler")),
            (json!({path: "bin/gate"}), None),
            (
                json!({path: "bin/gate", "arguments": ["--", "./server", "-v"]}),
                Some("./server"),
            ),
            (
                json!({path: "gate", "arguments": ["--", "node"], "workingDirectory": "app"}),
                Some("node"),
            ),
            (
                json!({path: "bin/gate", "arguments": ["--", "../server"], "workingDirectory": "app"}),
                Some("app/../server"),
            ),
            // Another program of this name.
            (
                json!({path: "bin/gate", "arguments": ["serve"]}),
                Some("bin/gate"),
            ),
        ];
        for (description, expected) in table {
            let found = own_program(&handler(&description));
            assert_eq!(found.as_deref(), expected, "{description}");
        }
    }
}
