//! What callers meant, beside what a function saw.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use test_support::host_recordings::{Request, Sent};

use crate::fixture::Seen;

/// A caller's request as the host read it, which is what its envelope holds.
pub(crate) struct Meant {
    /// The function that it goes to.
    pub(crate) function: String,
    /// Values of the route's parameters.
    params: Option<HashMap<String, String>>,
}

impl Meant {
    /// `None` of a request that is no envelope.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        if !request.is_envelope() {
            return None;
        }
        let function = request.target().trim_start_matches('/').to_owned();
        // The recording keeps long ones by their hash alone.
        let value: Option<Value> = serde_json::from_slice(request.content()).ok();
        let params = value.map(|value| {
            let params = value["Data"]["req"]["Params"]
                .as_object()
                .cloned()
                .unwrap_or_default();
            let texts = params
                .into_iter()
                .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())));
            texts.collect()
        });
        Some(Self { function, params })
    }

    /// The parts of the request that the function saw otherwise.
    pub(crate) fn differences(
        meant: Option<&Self>,
        sent: &Sent,
        seen: &Seen,
    ) -> Vec<(String, String)> {
        let mut parts = Vec::new();
        let mut compare = |part: &str, sent: String, seen: String| {
            if sent != seen {
                parts.push((
                    part.to_owned(),
                    format!("the caller wrote {sent}, the function saw {seen}"),
                ));
            }
        };
        compare(
            "method",
            sent.method.to_uppercase(),
            seen.method.to_uppercase(),
        );
        let same = meant.filter(|meant| meant.function == seen.function);
        if let Some(params) = same.and_then(|meant| meant.params.as_ref()) {
            let shown = |params: &HashMap<String, String>| {
                format!("{:?}", params.iter().collect::<BTreeMap<_, _>>())
            };
            compare("params", shown(params), shown(&seen.params));
        }
        let query = sent.target.split_once('?').map_or("", |(_, query)| query);
        let query = form_urlencoded::parse(query.as_bytes()).into_owned();
        compare("query", joined(query), joined(seen.query.iter().cloned()));
        for (name, value) in lines(&sent.headers) {
            let found = lines(&seen.headers).remove(&name).unwrap_or_default();
            compare(&name, value, found);
        }
        if let Some(body) = &sent.body {
            compare(
                "body",
                escaped(body),
                escaped(seen.body.as_deref().unwrap_or_default()),
            );
        }
        parts
    }
}

/// Values by key, several of one key by a comma.
fn joined(query: impl Iterator<Item = (String, String)>) -> String {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in query {
        values.entry(name).or_default().push(value);
    }
    let values: BTreeMap<_, _> = values
        .into_iter()
        .map(|(name, values)| (name, values.join(",")))
        .collect();
    format!("{values:?}")
}

/// Values by name, several of one name in one line.
fn lines(headers: &[(String, Vec<u8>)]) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in headers {
        values
            .entry(name.to_ascii_lowercase())
            .or_default()
            .push(escaped(value));
    }
    let separator = |name: &str| match name {
        "cookie" => "; ",
        "user-agent" => " ",
        _ => ", ",
    };
    values
        .into_iter()
        .map(|(name, values)| (name.clone(), values.join(separator(&name))))
        .collect()
}

fn escaped(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}
