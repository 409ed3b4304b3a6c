//! The queries over lines of the same calls with either value of `CLIENT_CERT_AUDIT`: each finds the same.
//!
//! They are run by an engine for Kusto's language that is not Microsoft's, and does not know all of it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use test_support::today;

use crate::service::{Query, TOOLS};
use crate::{lines, queries};

/// What the engine cannot parse: they read `line.kind`, and nothing of calls.
const NOT_RUN: [&str; 2] = ["notices", "revocation-lists"];

/// What reads calls that are not refused.
const OF_CALLS: [&str; 7] = [
    "alerts/caller-silent",
    "alerts/certificate-ends",
    "callers",
    "certificates",
    "decisions",
    "policies",
    "revocation",
];

/// When the lines arrived, in seconds before now: longer ago than a caller may be silent.
const AGO: i64 = 30 * 60 * 60;

type Results = BTreeMap<String, Value>;

#[test]
fn each_query_finds_the_same_in_lines_of_either_scope() {
    let mut queries = queries();
    let text = |name: &str| {
        let query = queries.iter().find(|query| query.name == name);
        query.unwrap().text.clone()
    };
    // Would count each line once, however many calls it sums up.
    let planted = text("callers").replace("tolong(call.calls)", "tolong(call.failed)");
    for name in NOT_RUN {
        assert!(!text(name).contains("'decision'") && !text(name).contains("'calls'"));
    }
    queries.push(Query {
        name: "planted".to_owned(),
        text: planted,
    });
    queries.retain(|query| !NOT_RUN.contains(&query.name.as_str()));
    let time = today() - AGO;
    let Some(all) = run(&queries, &lines::of_calls("all"), time) else {
        return;
    };
    let refusals = run(&queries, &lines::of_calls("refusals"), time).unwrap();
    assert_ne!(all["planted"], refusals["planted"], "a mistake is seen");
    for query in queries.iter().filter(|query| query.name != "planted") {
        let (all, refusals) = (&all[&query.name], &refusals[&query.name]);
        assert!(all.is_array(), "{}: {all}", query.name);
        assert_eq!(all, refusals, "{}", query.name);
        let has_rows = !all.as_array().unwrap().is_empty();
        assert!(
            has_rows || !OF_CALLS.contains(&query.name.as_str()),
            "{} finds nothing",
            query.name
        );
    }
}

/// The rows that each query finds in lines that arrived at this time; `None`, and said aloud, where the engine is not installed.
fn run(queries: &[Query], lines: &[Value], time: i64) -> Option<Results> {
    if !Path::new(TOOLS)
        .join(".python_packages/duckdb_kql")
        .exists()
    {
        test_support::skipped(
            "the engine that runs queries is not installed: in crates/infra-checks/tests/tools, python3 -m pip install \
             --require-hashes --target .python_packages -r requirements.txt",
        );
        return None;
    }
    let each = queries
        .iter()
        .map(|query| json!({"name": query.name, "text": query.text}));
    let input = json!({"time": time, "lines": lines, "queries": each.collect::<Vec<_>>()});
    let mut child = Command::new("python3")
        .arg("kusto.py")
        .env("PYTHONPATH", ".python_packages")
        .current_dir(TOOLS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.to_string().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
