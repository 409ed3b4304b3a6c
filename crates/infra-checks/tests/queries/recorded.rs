//! The lines as the Functions host hands them on to Application Insights, from recordings of the real host.
//!
//! `HOST_RECORDINGS=<folder> cargo test --release --package infra-checks --test queries`, with the folder that holds
//! `application-insights.jsonl`.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The queries look for the lines by this category, in `Properties` of `AppTraces`.
const CATEGORY: &str = "Host.Function.Console";

/// What the host sent; `None`, and said aloud, where there are no recordings.
pub(crate) fn envelopes() -> Option<Vec<Value>> {
    let Some(folder) = std::env::var_os("HOST_RECORDINGS") else {
        test_support::skipped(
            "HOST_RECORDINGS is not set: the recordings of what the Functions host sends to Application Insights",
        );
        return None;
    };
    let text = fs::read_to_string(Path::new(&folder).join("application-insights.jsonl")).unwrap();
    let envelopes = text.lines().map(|line| serde_json::from_str(line).unwrap());
    Some(envelopes.collect())
}

#[test]
fn the_host_hands_each_line_on_as_the_queries_expect_it() {
    let Some(envelopes) = envelopes() else {
        return;
    };
    let lines: Vec<Value> = envelopes.iter().filter_map(line).collect();
    let of = |event: &str| lines.iter().filter(|line| line["event"] == event).count();
    assert!(
        of("start") == 1 && of("decision") > 3 && of("access") > 0,
        "{lines:#?}"
    );
    for query in crate::queries() {
        assert!(
            query
                .text
                .contains(&format!("tostring(Properties.Category) == '{CATEGORY}'")),
            "{}",
            query.name
        );
        assert!(query.text.contains("parse_json(Message)"), "{}", query.name);
    }
}

/// The line in an envelope of telemetry, which has the table's name, columns and properties. A refusal is no error there.
pub(crate) fn line(envelope: &Value) -> Option<Value> {
    let data = &envelope["data"]["baseData"];
    let of_console = envelope["name"] == "AppTraces" && data["properties"]["Category"] == CATEGORY;
    if !of_console {
        return None;
    }
    assert!(
        envelope["time"].is_string() && envelope["tags"]["ai.cloud.roleInstance"].is_string(),
        "{envelope}"
    );
    assert_eq!(data["severityLevel"], "Information", "{envelope}");
    let message = data["message"].as_str().unwrap();
    Some(serde_json::from_str(message).unwrap())
}
