//! What calls cost in telemetry: the host's own, from recordings of the real host, and the handler's, from lines that it really writes.
//!
//! `HOST_RECORDINGS=<folder> cargo test --release --package infra-checks --test queries -- cost --nocapture` prints the table of
//! `docs/operations.md`, and fails where the page has another.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::lines;
use crate::recorded::{envelopes, line};

/// What a summary of a minute is computed for.
const CALLERS: usize = 10;

/// Minutes of 30 days.
const MINUTES: usize = 30 * 24 * 60;

#[test]
fn the_page_on_operating_says_what_calls_cost() {
    let Some(recorded) = envelopes() else {
        return;
    };
    let all = lines::of_calls("all");
    let refusals = lines::of_calls("refusals");
    let sent = |line: &Value| sent(&recorded, line);
    let of = |lines: &[Value], fits: fn(&Value) -> bool| {
        sent(lines.iter().find(|line| fits(line)).unwrap())
    };
    let rows = [
        ("the host's own, for each call", host(&recorded)),
        (
            "ours, admitted",
            of(&all, |line| line["outcome"] == "allow"),
        ),
        (
            "ours, refused",
            of(&all, |line| line["reason"] == "not-listed"),
        ),
        ("ours, public", of(&all, |line| line["event"] == "access")),
    ];
    let mut table: Vec<String> = rows
        .iter()
        .map(|(what, bytes)| format!("| {what} | {bytes} | {} |", gigabytes(bytes * 1_000_000)))
        .collect();
    let summary = sent(&summary(&refusals));
    table.push(format!(
        "| ours, admitted, with `refusals`: a minute of {CALLERS} callers of one function | {summary} | {} in 30 days, for any number of calls |",
        gigabytes(summary * MINUTES)
    ));
    let table = table.join("\n");
    println!("{table}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page.contains(&table),
        "docs/operations.md does not have\n{table}"
    );
}

/// Bytes that the host sends about one call of the secured function, but for our line: the mean of those that were recorded.
fn host(recorded: &[Value]) -> usize {
    let of_calls: Vec<&Value> = recorded
        .iter()
        .filter(|envelope| {
            envelope["tags"]["ai.operation.name"] == "SecuredFunction" && line(envelope).is_none()
        })
        .collect();
    let calls = of_calls
        .iter()
        .filter(|envelope| envelope["name"] == "AppRequests");
    let bytes: usize = of_calls.iter().map(|envelope| length(envelope)).sum();
    bytes / calls.count()
}

/// Bytes that the host sends about a line: an envelope that it sent, with this line in both places.
fn sent(recorded: &[Value], of: &Value) -> usize {
    let envelope = recorded.iter().find(|envelope| line(envelope).is_some());
    let mut envelope = envelope.unwrap().clone();
    let data = &mut envelope["data"]["baseData"];
    data["message"] = json!(of.to_string());
    data["properties"]["prop__{OriginalFormat}"] = json!(of.to_string());
    length(&envelope)
}

/// A summary of one minute, with the row of a caller as often as there are callers.
fn summary(lines: &[Value]) -> Value {
    let mut line = lines
        .iter()
        .find(|line| line["event"] == "calls" && !line["policy"].is_null())
        .unwrap()
        .clone();
    let row = line["admitted"][0].clone();
    line["admitted"] = json!(vec![row; CALLERS]);
    line.as_object_mut().unwrap().remove("access");
    line
}

/// Gigabytes, to a tenth.
fn gigabytes(bytes: usize) -> String {
    let tenths = (bytes + 50_000_000) / 100_000_000;
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

fn length(envelope: &Value) -> usize {
    envelope.to_string().len()
}
