//! A folder with an identity and an authority, and the command in it.

use std::fs;
use std::process::{Command, Stdio};

use openssl::hash::MessageDigest;
use openssl::ssl::SslVersion;
use serde_json::Value;
use tempfile::TempDir;

use test_support::hierarchy::{Family, Issued};
use test_support::partner::{Manner, Partner};
use test_support::pfx::{self, PASSWORD};

pub const VERSIONS: [(SslVersion, &str); 2] =
    [(SslVersion::TLS1_2, "1.2"), (SslVersion::TLS1_3, "1.3")];

/// A folder with `ca.pem` and `ours.p12`, and the command in it.
pub struct Desk {
    pub folder: TempDir,
    pub family: Family,
}

/// What a command answered.
pub struct Output {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    pub fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            family: Family::new(),
        };
        desk.write("ca.pem", &desk.family.root.certificate.to_pem().unwrap());
        let ours = pfx::ordinary(&desk.family.client, &desk.family.intermediates());
        desk.write("ours.p12", &ours);
        desk
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    pub fn partner(&self, version: SslVersion) -> Partner {
        Partner::start(Manner {
            version,
            ..Manner::strict(&self.family.root)
        })
    }

    /// Runs the command without a terminal, and checks that it prints no password.
    pub fn mtls(&self, arguments: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_mtls"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("OURS_PASSWORD", PASSWORD)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let output = Output {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        for text in [&output.stdout, &output.stderr] {
            assert!(!text.contains(PASSWORD), "{text}");
            assert!(!text.contains("PRIVATE KEY"), "{text}");
        }
        output
    }

    pub fn call(&self, url: &str, more: &[&str]) -> Output {
        let trust = ["call", url, "--cacert", "ca.pem", "--cacert-only"];
        self.mtls(&[&trust, more].concat())
    }

    /// A call that presents a file, as JSON, with the exit code.
    pub fn present(&self, file: &str, url: &str, more: &[&str]) -> (i32, Value) {
        let identity = [
            "--identity",
            file,
            "--password-env",
            "OURS_PASSWORD",
            "--json",
        ];
        let output = self.call(url, &[&identity, more].concat());
        (output.code, output.json())
    }
}

impl Output {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} {}", self.stderr))
    }
}

pub fn sha256(issued: &Issued) -> String {
    let digest = issued.certificate.digest(MessageDigest::sha256()).unwrap();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn thumbprints(certificates: &Value) -> Vec<&str> {
    let certificates = certificates.as_array().unwrap();
    certificates
        .iter()
        .map(|c| c["sha256"].as_str().unwrap())
        .collect()
}
