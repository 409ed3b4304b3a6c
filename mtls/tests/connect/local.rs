//! The whole way: to `mtls local`, which asks for certificates as App Service does, and the handler that is deployed.

use std::path::Path;

use serde_json::Value;

use crate::project::Project;
use crate::running::Running;
use crate::stage::{client, port_of};

/// `mtls connect` with one of the test certificates.
fn connect(folder: &Path, app: &str, name: &str) -> Running {
    let certificate = format!("certs/{name}.pfx");
    let arguments = [
        "connect",
        app,
        "--certificate",
        &certificate,
        "--password",
        "Pa@@word123",
        "--cacert",
        "certs/ca.pem",
        "--log",
        "json",
    ];
    Running::launch(folder, &arguments)
}

fn url(running: &Running) -> String {
    let mut events = running.seen.iter();
    let ready = events.find(|event| event["event"] == "ready").unwrap();
    ready["url"].as_str().unwrap().to_owned()
}

fn get(port: u16, path: &str) -> (String, String) {
    let mut client = client(port);
    client.send(&format!(
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    ));
    (client.head(), client.rest())
}

#[test]
fn a_client_without_a_certificate_calls_by_ours() {
    let project = Project::real();
    let app = project.start(&[]);
    for (name, status) in [("allowed", 200), ("denied", 401)] {
        let mut running = connect(project.folder.path(), &url(&app), name);
        let port = port_of(&mut running);
        let (head, body) = get(port, "/api/SecuredFunction");
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} ")),
            "{head}{body}"
        );
        let line = running.request("/api/SecuredFunction");
        assert_eq!(line["status"], status);
        assert_ne!(line["thumbprint"], Value::Null);
    }
}
