//! A project folder with a file of settings, and the command in it.

use std::fs;

use openssl::pkcs12::Pkcs12;
use serde_json::{Value, json};
use test_support::command::Answer;

use crate::common::{self, Issued, mtls, mtls_with_input};

/// [`NOW`] for the command line.
pub const AT: &str = "2026-01-01T00:00:00Z";

/// A project folder with a file of settings.
pub struct Project(pub tempfile::TempDir);

impl Project {
    pub fn new(settings: &str) -> Self {
        let project = Self(common::fixture().app_root());
        project.write("app.settings", settings);
        project
    }

    /// A project on a developer's machine that lists one certificate.
    pub fn listing(caller: &Issued) -> Self {
        Self::new(&lists(caller))
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    pub fn function(&self, name: &str, marker: &Value) {
        let bindings = json!([
            {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous"},
            {"type": "http", "direction": "out", "name": "res"},
        ]);
        let text = json!({"clientCertificate": marker, "bindings": bindings});
        self.write(&format!("{name}/function.json"), text.to_string());
    }

    pub fn explain(&self, arguments: &[&str]) -> Answer {
        let all = [&["explain", "--settings", "app.settings"], arguments].concat();
        mtls(self.0.path(), &[], &all)
    }

    pub fn explain_input(&self, input: &[u8]) -> Answer {
        let arguments = [
            "explain",
            "--settings",
            "app.settings",
            "--certificate",
            "-",
        ];
        let arguments = [&arguments[..], &["--at", AT, "--json"]].concat();
        mtls_with_input(self.0.path(), &[], &arguments, input)
    }

    /// The explanation of a certificate at [`NOW`].
    pub fn explained(&self, caller: &Issued) -> Value {
        self.write("caller.pem", caller.pem());
        self.explain(&["--certificate", "caller.pem", "--at", AT, "--json"])
            .json()
    }
}

pub fn lists(caller: &Issued) -> String {
    format!(
        "CLIENT_CERT_FRONT_END=development\nALLOWED_CLIENT_CERT_THUMBPRINTS={}\n",
        caller.sha256()
    )
}

pub fn pfx(caller: &Issued, password: &str) -> Vec<u8> {
    let mut builder = Pkcs12::builder();
    builder.pkey(&caller.key).cert(&caller.certificate);
    builder.build2(password).unwrap().to_der().unwrap()
}

pub fn utf16(text: &str) -> Vec<u8> {
    format!("\u{FEFF}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// The check that failed first, and its reason; `admitted` where none did.
pub fn first(report: &Value) -> String {
    let steps = report["steps"].as_array().unwrap();
    let mut marked = steps.iter().filter(|step| step["firstFailure"] == true);
    let first = marked.next();
    assert!(marked.next().is_none(), "one check is marked at most");
    match first {
        None => report["outcome"].as_str().unwrap().to_owned(),
        Some(step) => {
            assert_eq!(step["reason"], report["reason"]);
            format!(
                "{}: {}",
                step["check"].as_str().unwrap(),
                step["reason"].as_str().unwrap()
            )
        }
    }
}
