use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn events(text: &str) -> Result<Vec<Event>, EnvelopeError> {
    let mut structure = Structure::default();
    let mut events = Vec::new();
    while let Some(event) = structure.next(text.as_bytes())? {
        events.push(event);
    }
    Ok(events)
}

/// What the events say the values of an object are.
fn members(text: &str) -> Vec<(&str, &str)> {
    let mut members = Vec::new();
    let (mut name, mut from) = (0..0, 0);
    for event in events(text).unwrap() {
        match event {
            Event::Name { text, depth: 1 } => name = text,
            Event::Begin {
                start, depth: 1, ..
            } => from = start,
            Event::End { end, depth: 1 } => members.push((&text[name.clone()], &text[from..end])),
            _ => {}
        }
    }
    members
}

#[test]
fn values_and_names_are_found_where_they_are() {
    let text = r#" {"a" : [1, {"b": "]\"}"}], "c\"d":-1.5e3,"e":null , "f": {}, "g": "\\"} "#;
    let expected = [
        ("a", r#"[1, {"b": "]\"}"}]"#),
        ("c\\\"d", "-1.5e3"),
        ("e", "null"),
        ("f", "{}"),
        ("g", r#""\\""#),
    ];
    assert_eq!(members(text), expected);
}

#[test]
fn what_is_no_json_is_refused_where_it_shows() {
    let deep = "[".repeat(200);
    for text in [
        "x",
        "[}",
        "{]",
        "[1 2]",
        "{1: 2}",
        "{\"a\" 1}",
        "{\"a\": 1, }",
        "[,]",
        "{} {}",
        "{}x",
        &deep,
    ] {
        assert!(events(text).is_err(), "{text}");
    }
    let error = events("{\"a\": 1,\n  ]").unwrap_err();
    assert_eq!(error, EnvelopeError::Json { line: 2, column: 3 });
}

/// Any JSON value.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((".{0,6}", inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_text_is_whole_exactly_where_a_reader_says_so(value in value(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.unwrap();
        let mut structure = Structure::default();
        for end in 0..=text.len() {
            while structure.next(&text.as_bytes()[..end]).unwrap().is_some() {}
            let read = serde_json::from_slice::<Value>(&text.as_bytes()[..end]);
            prop_assert!(read.is_err() || structure.is_whole(), "{} of {}", end, text);
        }
        prop_assert!(structure.is_whole());
    }

    #[test]
    fn what_a_reader_takes_is_taken(text in "[\\[\\]{},:\" \\\\a1n-]{0,24}") {
        if serde_json::from_str::<Value>(&text).is_ok() {
            prop_assert!(events(&text).is_ok(), "{}", text);
        }
    }
}
