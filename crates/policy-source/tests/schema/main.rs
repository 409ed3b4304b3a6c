//! The schema says what the reader reads.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod around;
mod forms;
mod rule_forms;

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use policy_source::{Document, Problem, schema};
use serde_json::Value;

/// The command that writes the committed schema anew.
const RENEW: &str = "cargo run --release -p policy-source --example policy_schema > docs/client-cert-policy.schema.json";

fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap().to_owned()
}

fn validator() -> Validator {
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema())
        .unwrap()
}

/// The document as the validator takes it. `None` where it is not JSON.
fn value(text: &str) -> Option<Value> {
    jsonc_parser::parse_to_serde_value(text, &Default::default()).ok()
}

#[test]
fn the_committed_schema_is_the_one_of_the_types() {
    let committed =
        fs::read_to_string(root().join("docs/client-cert-policy.schema.json")).unwrap_or_default();
    let committed: Option<Value> = serde_json::from_str(&committed).ok();
    assert!(
        committed == Some(schema()),
        "docs/client-cert-policy.schema.json is out of date; run\n{RENEW}"
    );
}

#[test]
fn the_schema_is_itself_one() {
    assert!(jsonschema::meta::is_valid(&schema()));
}

#[test]
fn the_schema_takes_what_the_reader_takes() {
    let validator = validator();
    for (taken, text) in forms::forms() {
        let read = Document::parse(text.as_bytes());
        let valid = value(&text).is_some_and(|value| validator.is_valid(&value));
        assert_eq!(
            (read.is_ok(), valid),
            (taken, taken),
            "{text}\n{:?}",
            read.err()
        );
    }
}

/// Parts that do not fit together: no schema sees that.
#[test]
fn the_reader_alone_refuses_what_no_schema_can_say() {
    let validator = validator();
    for text in [
        around::rule(r#"{"domain": "other", "commonName": "c"}"#),
        around::rule(r#"{"domain": "d", "commonName": "a\u200bb"}"#),
        around::rule(r#"{"domain": "d", "uri": "spiffe://partner.example/*/robots"}"#),
        around::rule(r#"{"domain": "d", "subject": "CN=a, O=b"}"#),
        around::rule(r#"{"domain": "d", "uri": "spiffe://partner.example/a/../b"}"#),
        around::caller(
            r#"{"name": "c", "any": [], "notBefore": "2027-03-01T00:00:00Z", "until": "2027-03-01T00:00:00Z"}"#,
        ),
        around::caller(r#"{"name": "c", "any": []}, {"name": "c", "any": []}"#),
    ] {
        assert!(validator.is_valid(&value(&text).unwrap()), "{text}");
        assert!(Document::parse(text.as_bytes()).is_err(), "{text}");
    }
}

/// Puts a part into the document around it.
type Around = fn(&str) -> String;

/// Each key that the schema has is read: a value of a wrong kind is a problem there.
#[test]
fn every_key_of_the_schema_is_read() {
    let schema = schema();
    let keys = |object: &Value| -> Vec<String> {
        object["properties"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    let mut places: Vec<(String, String)> = Vec::new();
    for key in keys(&schema) {
        places.push((format!(r#"{{{key:?}: [[]]}}"#), key));
    }
    let definitions: [(&str, Around); 6] = [
        ("CallerEntry", around::caller),
        ("RuleEntry", around::rule),
        ("TrustDomainEntry", around::domain),
        ("DeniedEntry", around::denied),
        ("ExtensionEntry", |text| {
            around::rule(&format!(r#"{{"domain": "d", "extension": {text}}}"#))
        }),
        ("RevocationEntry", |text| {
            around::domain(&format!(
                r#"{{"anchors": ["a.pem"], "revocation": {text}}}"#
            ))
        }),
    ];
    for (name, around) in definitions {
        for key in keys(&schema["definitions"][name]) {
            places.push((around(&format!(r#"{{{key:?}: [[]]}}"#)), key));
        }
    }
    assert_eq!(
        schema["definitions"].as_object().unwrap().len(),
        definitions.len() + 1,
        "one is not looked at"
    );
    for (text, key) in places {
        let problems = Document::parse(text.as_bytes()).unwrap_err();
        let path = format!(".{key}");
        let is_there = |problem: &Problem| {
            let found = problem.path().replace("[\"$schema\"]", ".$schema");
            found.ends_with(&path) || found.ends_with(&format!("{path}[0]"))
        };
        let seen = problems
            .iter()
            .any(|problem| is_there(problem) && problem.text().contains("list"));
        assert!(seen, "{text}: {problems:#?}");
    }
}

/// Whatever is left out of a good document, put twice or exchanged: the reader answers, and the schema takes whatever it takes.
#[test]
fn what_is_read_after_any_edit_matches_the_schema() {
    let validator = validator();
    let page = fs::read_to_string(root().join("docs/policy.md")).unwrap();
    let example = page
        .split("```jsonc\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let mut read = 0;
    for (index, c) in example.char_indices() {
        let (before, after) = (&example[..index], &example[index + c.len_utf8()..]);
        for put in [
            "", "\"", "{", "}", "[", "]", ",", ":", "0", " ", "\\u0000", "//",
        ] {
            let text = format!("{before}{put}{after}");
            if Document::parse(text.as_bytes()).is_ok() {
                read += 1;
                assert!(validator.is_valid(&value(&text).unwrap()), "{text}");
            }
        }
    }
    assert!(read > 100, "{read}");
}

/// The documents that `docs/policy.md` shows, whole ones and parts that begin with a comment.
#[test]
fn the_examples_of_the_page_are_read_and_match_the_schema() {
    let validator = validator();
    let page = fs::read_to_string(root().join("docs/policy.md")).unwrap();
    let examples: Vec<&str> = page
        .split("```jsonc\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(examples.len() >= 3);
    for example in examples {
        let problems = Document::parse(example.as_bytes()).err();
        assert!(problems.is_none(), "{example}\n{problems:#?}");
        assert!(validator.is_valid(&value(example).unwrap()), "{example}");
    }
}
