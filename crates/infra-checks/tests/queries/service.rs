//! Microsoft's language service for queries, in Node.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// The folder with `package.json`.
pub(crate) const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools");

/// The columns of the workspace's table that the queries may read: "AppTraces", in the reference of Azure Monitor's tables.
const APP_TRACES: &str = "(TimeGenerated: datetime, Message: string, SeverityLevel: int, Properties: dynamic, OperationId: string, \
                          AppRoleInstance: string, AppRoleName: string, _ResourceId: string)";

pub(crate) struct Query {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// What the service says about a query, and what the query reads.
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) problems: Vec<String>,
    pub(crate) members: Vec<String>,
    pub(crate) events: Vec<String>,
    /// The members of single calls that it reads.
    pub(crate) of_calls: Vec<String>,
}

/// Checks queries; `None`, and said aloud, where the service is not installed.
pub(crate) fn check(queries: &[Query]) -> Option<Vec<Checked>> {
    let has_node = Command::new("node").arg("--version").output().is_ok();
    if !has_node || !Path::new(TOOLS).join("node_modules/@kusto").exists() {
        test_support::skipped(
            "the language service of queries is not installed: npm ci --prefix crates/infra-checks/tests/tools",
        );
        return None;
    }
    let each = queries
        .iter()
        .map(|query| json!({"name": query.name, "text": query.text}));
    let input = json!({"tables": {"AppTraces": APP_TRACES}, "queries": each.collect::<Vec<_>>()});
    let mut child = Command::new("node")
        .arg("kusto.js")
        .current_dir(TOOLS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let results: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    Some(results.iter().map(Checked::new).collect())
}

impl Checked {
    fn new(result: &Value) -> Self {
        let texts = |name: &str| {
            let texts = result[name].as_array().unwrap().iter();
            texts
                .map(|text| text.as_str().unwrap().to_owned())
                .collect()
        };
        Self {
            name: result["name"].as_str().unwrap().to_owned(),
            problems: texts("problems"),
            members: texts("members"),
            events: texts("events"),
            of_calls: texts("ofCalls"),
        }
    }
}
