//! An app in a folder of its own, in which nothing is found until a test breaks it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::mtls;

/// One key a line, so that a line is found by its text.
const HOST_JSON: &str = r#"{
  "version": "2.0",
  "customHandler": {
    "description": {
      "defaultExecutablePath": "bin/handler"
    },
    "enableForwardingHttpRequest": true,
    "enableProxyingHttpRequest": true
  }
}
"#;

const FUNCTION_JSON: &str = r#"{
  "clientCertificate": "required",
  "bindings": [
    {
      "type": "httpTrigger",
      "direction": "in",
      "name": "req",
      "authLevel": "anonymous",
      "route": "orders",
      "methods": ["get"]
    },
    { "type": "http", "direction": "out", "name": "res" }
  ]
}
"#;

const SETTINGS: &str = r#"{
  "IsEncrypted": false,
  "Values": {
    "FUNCTIONS_WORKER_RUNTIME": "custom",
    "CLIENT_CERT_FRONT_END": "development"
  }
}
"#;

const FUNCIGNORE: &str = "/.*\n/certs/\n*.pfx\n*.key\nlocal.settings.json\n";

/// What Azure's processors run; `183` is ARM64.
pub const X86_64: u8 = 62;

pub struct App {
    folder: TempDir,
}

impl App {
    pub fn new() -> Self {
        let app = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        app.write("host.json", HOST_JSON);
        app.write("Orders/function.json", FUNCTION_JSON);
        app.write("local.settings.json", SETTINGS);
        app.write(".funcignore", FUNCIGNORE);
        app.program("bin/handler", &elf(X86_64));
        app
    }

    /// The same behind the gate, with these arguments after `--`.
    pub fn gate(&self, command: &[&str]) {
        let arguments: Vec<&str> = [&["--"], command].concat();
        self.edit(
            "host.json",
            "\"bin/handler\"",
            &format!("\"bin/gate\",\n\"arguments\": {}", json!(arguments)),
        );
        self.program("bin/gate", &elf(X86_64));
        self.write("server.py", "");
        self.write("requirements.txt", "");
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes an executable file.
    pub fn program(&self, name: &str, bytes: &[u8]) {
        self.write(name, bytes);
        self.mode(name, 0o755);
    }

    pub fn mode(&self, name: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(self.folder().join(name), permissions).unwrap();
    }

    pub fn remove(&self, name: &str) {
        fs::remove_file(self.folder().join(name)).unwrap();
    }

    /// Replaces a text that is there once.
    pub fn edit(&self, name: &str, old: &str, new: &str) {
        let text = fs::read_to_string(self.folder().join(name)).unwrap();
        assert_eq!(text.matches(old).count(), 1, "{name}: {old}");
        self.write(name, text.replacen(old, new, 1));
    }

    /// Adds a key with its value before the first one.
    pub fn add(&self, name: &str, member: &str) {
        let text = fs::read_to_string(self.folder().join(name)).unwrap();
        self.write(name, text.replacen("{\n", &format!("{{\n{member},\n"), 1));
    }

    /// Adds a setting.
    pub fn setting(&self, name: &str, value: &str) {
        let member = format!("\"Values\": {{\n\"{name}\": \"{value}\",");
        self.edit("local.settings.json", "\"Values\": {", &member);
    }

    /// The line of a file that contains a text.
    pub fn line(&self, name: &str, text: &str) -> usize {
        let content = fs::read_to_string(self.folder().join(name)).unwrap();
        let line = content.lines().position(|line| line.contains(text));
        line.unwrap_or_else(|| panic!("{text}: {content}")) + 1
    }

    /// The report, whose exit code says whether there are errors.
    pub fn report(&self) -> Value {
        report(self.folder())
    }
}

/// The report of `mtls check` about a folder.
pub fn report(folder: &Path) -> Value {
    let answer = mtls(folder, &[], &["check", "--json"]);
    let report = answer.json();
    let has_errors = report["errors"] != json!(0);
    assert_eq!(answer.code, i32::from(has_errors), "{report:#}");
    report
}

/// The header of a program for Linux, for this machine.
pub fn elf(machine: u8) -> Vec<u8> {
    let mut header = vec![0x7F, b'E', b'L', b'F', 2, 1, 1];
    header.resize(64, 0);
    header[16] = 2;
    header[18] = machine;
    header[20] = 1;
    header
}
