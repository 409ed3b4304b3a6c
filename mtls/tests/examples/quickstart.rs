//! Handlers in the shapes of the Functions documentation, unchanged behind the gate: in each dialect an admitted caller gets what the
//! handler itself would have answered.

use std::process::Command;

use serde_json::{Value, json};
use test_support::process::gate;

use crate::caller::Caller;
use crate::project::Project;
use crate::running::Running;

/// A handler, the function that it serves, and a call of it.
struct Quickstart {
    server: &'static str,
    forwarding: bool,
    function: &'static str,
    method: &'static str,
    target: &'static str,
    body: &'static str,
    expected: &'static str,
}

const QUICKSTARTS: [Quickstart; 2] = [
    Quickstart {
        server: include_str!("quickstart/forwarding.py"),
        forwarding: true,
        function: "HttpExample",
        method: "GET",
        target: "/api/HttpExample?name=Functions",
        body: "",
        expected: "Hello, Functions. This HTTP triggered function executed successfully.\n",
    },
    Quickstart {
        server: include_str!("quickstart/envelopes.py"),
        forwarding: false,
        function: "order",
        method: "POST",
        target: "/api/order",
        body: "tea",
        expected: "order received: tea",
    },
];

impl Quickstart {
    /// The app with this handler, started by the gate or by the host itself.
    fn project(&self, is_gated: bool) -> Project {
        let project = match is_gated {
            true => Project::with_program("bin/gate", &["--", "python3", "server.py"]),
            false => Project::with_program("python3", &["server.py"]),
        };
        let folder = project.folder.path();
        std::fs::write(folder.join("server.py"), self.server).unwrap();
        if is_gated {
            std::fs::create_dir(folder.join("bin")).unwrap();
            std::fs::copy(gate(), folder.join("bin/gate")).unwrap();
        }
        project.function(self.function, "required", json!({}));
        if !self.forwarding {
            for flag in ["enableForwardingHttpRequest", "enableProxyingHttpRequest"] {
                project.host_json("/customHandler", flag, json!(false));
            }
            let queue = json!({"type": "queue", "direction": "out", "name": "message", "queueName": "orders"});
            project.bind(self.function, queue);
        }
        project
    }

    fn call(&self, caller: &Caller) -> (u16, String) {
        let text = [("Content-Type", "text/plain")];
        let answer = caller.send(self.method, self.target, &text, self.body);
        (answer.status, answer.body)
    }
}

#[test]
fn quickstart_handlers_are_unchanged_behind_the_gate() {
    if Command::new("python3").arg("--version").output().is_err() {
        return test_support::skipped("python3 is not installed");
    }
    for quickstart in &QUICKSTARTS {
        let expected = (200, quickstart.expected.to_owned());
        let alone = quickstart.project(false);
        let running = alone.start(&[]);
        let caller = running.caller();
        assert_eq!(quickstart.call(&caller), expected, "without the gate");
        let gated = quickstart.project(true);
        let mut running = gated.start(&[]);
        let caller = running.caller();
        for refused in [caller.clone(), caller.named("denied")] {
            assert_eq!(quickstart.call(&refused).0, 401, "{}", quickstart.target);
        }
        assert_eq!(quickstart.call(&caller.named("allowed")), expected);
        assert_eq!(reached(&mut running), 1, "{}", quickstart.target);
    }
}

/// How many requests reached the server, by its own log.
fn reached(running: &mut Running) -> usize {
    let is_reached = |event: &Value| {
        let line = event["line"].as_str();
        line.is_some_and(|line| line.starts_with("reached"))
    };
    if !running.seen.iter().any(is_reached) {
        running.event(is_reached);
    }
    running
        .seen
        .iter()
        .filter(|event| is_reached(event))
        .count()
}
