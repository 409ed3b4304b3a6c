//! The queries of `infra/queries`: parsed and bound by Microsoft's own service, and held against lines that the handler really wrote,
//! so that a member or an event that is renamed breaks the query's test.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cost;
mod either_scope;
mod lines;
mod recorded;
mod service;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use service::{Checked, Query, check};

/// What the templates put in place of the words in braces, as any number.
const PLACEHOLDERS: [(&str, &str); 3] = [
    ("{AtLeastDays}", "0"),
    ("{BelowDays}", "7"),
    ("{QuietHours}", "24"),
];

fn folder() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap().join("infra/queries")
}

/// The queries by their names, as `alerts/reason-spike`.
fn queries() -> Vec<Query> {
    let mut queries = Vec::new();
    for prefix in ["", "alerts/"] {
        for entry in fs::read_dir(folder().join(prefix)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let mut text = fs::read_to_string(&path).unwrap();
            for (placeholder, value) in PLACEHOLDERS {
                text = text.replace(placeholder, value);
            }
            let name = format!("{prefix}{}", path.file_stem().unwrap().to_string_lossy());
            queries.push(Query { name, text });
        }
    }
    assert!(queries.len() > 10);
    queries
}

#[test]
fn every_query_is_bound_and_reads_what_the_handler_writes() {
    let Some(checked) = check(&queries()) else {
        return;
    };
    let lines = lines::written();
    let problems: Vec<String> = checked
        .iter()
        .flat_map(|query| problems(query, &lines))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn planted_mistakes_are_problems() {
    let mistakes = [
        (
            "decisions",
            "Properties.Category",
            "Property.Category",
            "KS142",
        ),
        ("decisions", "AppTraces", "AppTrace", "KS204"),
        (
            "decisions",
            "bin(TimeGenerated, 5m)",
            "bin(TimeGenerated, 5m",
            "KS",
        ),
        (
            "decisions",
            "order by TimeGenerated",
            "order by Timestamp",
            "KS142",
        ),
        ("alerts/caller-silent", "ago(24h)", "ago('24h')", "KS107"),
        ("refused-callers", "make_set", "makeset_of", "KS"),
        ("callers", "call.caller", "call.callerName", "callerName"),
        (
            "report-only",
            "line.inForce.outcome",
            "line.inForce.result",
            "inForce.result",
        ),
        ("cold-starts", "'start'", "'started'", "started"),
        ("lines-lost", "line.lines", "line.count", "count"),
    ];
    let queries: BTreeMap<String, String> = queries()
        .into_iter()
        .map(|query| (query.name, query.text))
        .collect();
    let planted = mistakes.map(|(name, from, to, _)| {
        let text = &queries[name];
        assert!(text.contains(from), "{name} says nowhere: {from}");
        Query {
            name: format!("{name}: {from}"),
            text: text.replace(from, to),
        }
    });
    let Some(checked) = check(&planted) else {
        return;
    };
    let lines = lines::written();
    for (query, (_, _, _, said)) in checked.iter().zip(mistakes) {
        let problems = problems(query, &lines);
        let seen = problems.iter().any(|problem| problem.contains(said));
        assert!(
            seen,
            "{}: expected a problem with {said}, found {problems:#?}",
            query.name
        );
    }
}

/// The workbook and the alerts show each query, and no other.
#[test]
fn every_query_is_shown_or_watched() {
    let modules = folder().parent().unwrap().join("modules");
    let templates = ["workbook.bicep", "alerts.bicep"]
        .map(|name| fs::read_to_string(modules.join(name)).unwrap());
    let templates = templates.concat();
    let loaded = templates.split("loadTextContent('../queries/").skip(1);
    let loaded: BTreeSet<&str> = loaded
        .filter_map(|rest| Some(rest.split_once(".kql')")?.0))
        .collect();
    let names = queries().into_iter().map(|query| query.name);
    assert_eq!(
        names.collect::<BTreeSet<_>>(),
        loaded.iter().map(|name| (*name).to_owned()).collect()
    );
}

/// What is wrong with a query, by the service and by the lines.
fn problems(query: &Checked, lines: &[Value]) -> Vec<String> {
    let place = |problem: String| format!("{}: {problem}", query.name);
    let mut problems: Vec<String> = query.problems.iter().cloned().map(place).collect();
    let of_events: Vec<&Value> = lines
        .iter()
        .filter(|line| {
            query.events.is_empty() || query.events.iter().any(|event| line["event"] == **event)
        })
        .collect();
    let unknown = query
        .events
        .iter()
        .filter(|event| !lines.iter().any(|line| line["event"] == ***event));
    problems.extend(unknown.map(|event| place(format!("the handler wrote no line {event}"))));
    // Calls have lines of their own, or rows in lines that sum up.
    let rows = lines
        .iter()
        .filter_map(|line| line["admitted"].as_array())
        .flatten();
    let calls: Vec<&Value> = lines
        .iter()
        .filter(|line| line["event"] == "decision")
        .chain(rows)
        .collect();
    let unread = query.of_calls.iter();
    let unread = unread.filter(|member| !calls.iter().any(|call| call.get(member).is_some()));
    problems.extend(unread.map(|member| place(format!("no call has {member}"))));
    let missing = query.members.iter().filter(|path| {
        let pointer = format!("/{}", path.replace('.', "/"));
        !of_events
            .iter()
            .any(|line| line.pointer(&pointer).is_some())
    });
    problems.extend(missing.map(|path| place(format!("no line of its events has {path}"))));
    problems
}
