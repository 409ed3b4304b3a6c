//! A project folder of its own for each test, with test certificates made once.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::x509::X509;
use serde_json::{Value, json};
use tempfile::TempDir;
use test_support::process::Program;

use crate::handler::ARGUMENTS;
use crate::running::Running;

/// A temporary project.
pub struct Project {
    pub folder: TempDir,
}

impl Project {
    /// One public function `Echo` (`echo/{*rest}`, every method), answered by this test program.
    pub fn new() -> Self {
        let program = std::env::current_exe().unwrap();
        Self::with_program(program.to_str().unwrap(), &ARGUMENTS)
    }

    /// The same with another handler.
    pub fn with_program(program: &str, arguments: &[&str]) -> Self {
        let project = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        project.write(
            "host.json",
            &json!({
                "version": "2.0",
                "extensions": {"http": {"customHeaders": {"X-Custom": "host", "X-Added": "host"}}},
                "customHandler": {
                    "description": {"defaultExecutablePath": program, "arguments": arguments},
                    "enableForwardingHttpRequest": true,
                    "enableProxyingHttpRequest": true,
                },
            }),
        );
        project.function("Echo", "none", json!({"route": "echo/{*rest}"}));
        copy_certificates(&project.folder.path().join("certs"));
        project
    }

    /// The functions of the fixture app, answered by its handler.
    pub fn real() -> Self {
        let fixture = Program::fixture();
        let project = Self {
            folder: fixture.app_root(),
        };
        std::fs::create_dir(project.folder.path().join("bin")).unwrap();
        std::fs::copy(fixture.binary, project.folder.path().join("bin/handler")).unwrap();
        copy_certificates(&project.folder.path().join("certs"));
        project
    }

    /// Adds a function.
    pub fn function(&self, name: &str, marker: &str, trigger: Value) {
        let mut binding = json!({"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous"});
        binding
            .as_object_mut()
            .unwrap()
            .extend(trigger.as_object().unwrap().clone());
        std::fs::create_dir_all(self.folder.path().join(name)).unwrap();
        self.write(
            &format!("{name}/function.json"),
            &json!({
                "clientCertificate": marker,
                "bindings": [binding, {"type": "http", "direction": "out", "name": "res"}],
            }),
        );
    }

    /// Adds a binding to a function.
    pub fn bind(&self, name: &str, binding: Value) {
        let file = format!("{name}/function.json");
        let text = std::fs::read(self.folder.path().join(&file)).unwrap();
        let mut function: Value = serde_json::from_slice(&text).unwrap();
        function["bindings"].as_array_mut().unwrap().push(binding);
        self.write(&file, &function);
    }

    /// Adds a value at a path of `host.json`.
    pub fn host_json(&self, pointer: &str, key: &str, value: Value) {
        let path = self.folder.path().join("host.json");
        let mut host: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        host.pointer_mut(pointer)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .insert(key.to_owned(), value);
        self.write("host.json", &host);
    }

    /// Settings under `Values` of `local.settings.json`.
    pub fn settings(&self, values: Value) {
        self.write(
            "local.settings.json",
            &json!({"IsEncrypted": false, "Values": values}),
        );
    }

    /// `mtls local` with more arguments, ready.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut running = self.launch(arguments);
        running.wait_until_ready();
        running
    }

    /// `mtls local` with more arguments.
    pub fn launch(&self, arguments: &[&str]) -> Running {
        let all = [
            &["local", "--port", "0", "--log", "json", "--no-build"],
            arguments,
        ]
        .concat();
        Running::launch(self.folder.path(), &all)
    }

    /// `mtls front-end` before a server, with more arguments, ready.
    pub fn front_end(&self, upstream: SocketAddr, arguments: &[&str]) -> Running {
        let url = format!("http://{upstream}");
        let all = [
            &[
                "front-end",
                "--upstream",
                &url,
                "--port",
                "0",
                "--log",
                "json",
            ],
            arguments,
        ]
        .concat();
        let mut running = Running::launch(self.folder.path(), &all);
        running.wait_until_ready();
        running
    }

    /// The value that a front end puts into the header for `certs/<name>.pem`.
    pub fn certificate(&self, name: &str) -> String {
        let file = self.folder.path().join(format!("certs/{name}.pem"));
        let certificate = X509::from_pem(&std::fs::read(file).unwrap()).unwrap();
        STANDARD.encode(certificate.to_der().unwrap())
    }

    pub fn write(&self, name: &str, value: &Value) {
        std::fs::write(self.folder.path().join(name), value.to_string()).unwrap();
    }
}

/// Keys take long to make; one set serves all tests of this program.
pub fn copy_certificates(to: &Path) {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let arguments = [
            "front-end",
            "--upstream",
            "http://127.0.0.1:1",
            "--port",
            "0",
            "--log",
            "json",
        ];
        Running::launch(folder.path(), &arguments).wait_until_ready();
        folder
    });
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(made.path().join("certs")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
