//! A folder with a document and the files that it names.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::common::command::Answer;
use crate::common::{Issued, Shape, mtls};

/// A partner's authority, and a folder for documents.
pub struct Folder {
    folder: TempDir,
    pub root: Issued,
    pub intermediate: Issued,
}

impl Folder {
    pub fn new() -> Self {
        let root = Shape::authority("Partners Root")
            .valid_today()
            .self_signed();
        let intermediate = root.issue(Shape::authority("Partners Sub").valid_today());
        let folder = Self {
            folder: tempfile::tempdir().unwrap(),
            root,
            intermediate,
        };
        folder.write("trust/root.pem", folder.root.pem());
        folder.write("trust/sub.pem", folder.intermediate.pem());
        folder
    }

    /// With the functions of an app in it.
    pub fn with_app(functions: &[(&str, &str)]) -> Self {
        let folder = Self::new();
        folder.write("host.json", r#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "bin/handler"}, "enableForwardingHttpRequest": true}}"#);
        for (name, marker) in functions {
            folder.write(
                &format!("{name}/function.json"),
                format!(
                    r#"{{"clientCertificate": {marker}, "bindings": [
                        {{"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous"}},
                        {{"type": "http", "direction": "out", "name": "res"}}]}}"#
                ),
            );
        }
        folder
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// A document of these callers, with the trust domain `partners`.
    pub fn document(&self, callers: &str, denied: &str) {
        self.write(
            "policy.json",
            format!(
                r#"{{
  "version": 1,
  "trustDomains": {{ "partners": {{ "anchors": ["trust/root.pem"], "intermediates": ["trust/sub.pem"] }} }},
  "callers": [{callers}],
  "denied": [{denied}],
}}"#
            ),
        );
    }

    pub fn run(&self, arguments: &[&str]) -> Answer {
        let arguments: Vec<&str> = ["policy"].iter().chain(arguments).copied().collect();
        mtls(self.path(), &[], &arguments)
    }

    /// The kinds and paths of the warnings.
    pub fn warnings(&self, arguments: &[&str]) -> Vec<(String, String)> {
        let arguments: Vec<&str> = ["check", "policy.json", "--json"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        let answer = self.run(&arguments);
        let warnings = answer.json()["warnings"].as_array().unwrap().clone();
        assert_eq!(answer.code, i32::from(!warnings.is_empty()), "{answer:?}");
        let text = |warning: &Value, key: &str| warning[key].as_str().unwrap().to_owned();
        warnings
            .iter()
            .map(|warning| (text(warning, "kind"), text(warning, "path")))
            .collect()
    }
}
