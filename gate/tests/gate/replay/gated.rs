//! The gate in front of a server that notes what arrives, on the recorded app's functions.

use std::fs;
use std::io::Write as _;
use std::net::Shutdown;
use std::path::Path;

use serde_json::json;
use test_support::Issued;
use test_support::host_recordings::{Recording, app};
use test_support::process::{Handler, final_status};

use super::call::Call;
use super::written::{NAME, ROLE, SECRET, Written};
use crate::app::program;
use crate::logging::{Arrived, LoggingServer};

/// A gate whose functions are public, or locked with a caller who is admitted.
pub(super) struct Gated {
    pub(super) gate: Handler,
    pub(super) caller: Option<Issued>,
    server: LoggingServer,
}

impl Gated {
    pub(super) fn start(recording: &Recording, caller: Option<&Issued>) -> Self {
        let server = LoggingServer::start();
        let root = tempfile::tempdir().unwrap();
        declare(root.path(), &recording.dialect, caller.is_some());
        let url = format!("http://127.0.0.1:{}", server.port);
        let mut settings = vec![
            ("CLIENT_CERT_FRONT_END", "app-service"),
            ("CLIENT_CERT_UPSTREAM", url.as_str()),
            ("CLIENT_CERT_GATE_SECRET", SECRET),
        ];
        if let Some(caller) = caller {
            let rule = json!({"sha256": caller.sha256()});
            let holder = json!({"name": NAME, "roles": [ROLE], "any": [rule]});
            let policy = json!({"version": 1, "callers": [holder]});
            fs::write(root.path().join("policy.json"), policy.to_string()).unwrap();
            settings.push(("CLIENT_CERT_POLICY", "policy.json"));
        }
        Self {
            gate: program().start_in(root, &settings),
            caller: caller.cloned(),
            server,
        }
    }

    /// The final status, `None` if the connection ended without one, and what reached the server.
    pub(super) fn send(&self, call: &Call) -> (Option<u16>, Option<Arrived>) {
        let mut stream = self.gate.connect();
        let _ = stream.write_all(&call.bytes());
        if call.is_cut {
            let _ = stream.shutdown(Shutdown::Write);
        }
        let status = final_status(&mut stream);
        (status, self.server.arrived())
    }

    /// What the gate writes.
    pub(super) fn written(&self) -> Written<'_> {
        Written {
            server: self.server.port,
            caller: self.caller.as_ref(),
        }
    }
}

/// The app's declarations. Under the profile for MCP servers the function is in `host.json`.
fn declare(root: &Path, dialect: &str, is_locked: bool) {
    let mark = || match is_locked {
        true => json!({"roles": [ROLE]}),
        false => json!("none"),
    };
    let mut host = app::host_json(dialect);
    if let Some(route) = host.pointer_mut("/customHandler/http/routes/0") {
        route["clientCertificate"] = mark();
    }
    fs::write(root.join("host.json"), host.to_string()).unwrap();
    for (name, function) in app::functions(dialect, |_| mark()) {
        let folder = root.join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("function.json"), function.to_string()).unwrap();
    }
}
