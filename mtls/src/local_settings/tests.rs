//! What is read, and every mistake that is reported.

use super::*;

fn texts(problems: Vec<Problem>) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn values_are_read_with_comments_and_a_byte_order_mark() {
    let text = "\u{FEFF}{ // a comment\n \"isEncrypted\": false, \"Values\": {\"B\": \"2\", \"A\": \"1\"},\n \"Host\": {\"CORS\": \"*\"} }";
    let settings = LocalSettings::parse(text.as_bytes()).unwrap();
    assert_eq!(
        settings.values,
        [
            ("A".to_owned(), "1".to_owned()),
            ("B".to_owned(), "2".to_owned())
        ]
    );
}

#[test]
fn a_variable_that_is_set_already_wins() {
    let text = br#"{"IsEncrypted": false, "Values": {"A": "file", "B": "file", "C": "file"}}"#;
    let mut environment = Variables::from([("A", "shell"), ("B", "")]);
    let merged = LocalSettings::parse(text)
        .unwrap()
        .merge_into(&mut environment);
    assert_eq!(merged.kept, ["A"]);
    let seen = ["A", "B", "C"].map(|name| environment.get(name));
    assert_eq!(seen, [Some("shell"), Some("file"), Some("file")]);
}

#[test]
fn an_encrypted_file_is_refused_plainly() {
    for text in ["{}", r#"{"IsEncrypted": true}"#, r#"{"IsEncrypted": null}"#] {
        let problems = texts(LocalSettings::parse(text.as_bytes()).unwrap_err());
        assert!(
            problems[0].contains("IsEncrypted: expected false"),
            "{problems:?}"
        );
    }
}

#[test]
fn all_problems_are_named_at_once_and_no_value_is_shown() {
    let text = r#"{"Values": {"A": 4711, "B": ["secret"], "C": true, "D": null, "E": {"F": "secret"}, "OK": "x"}}"#;
    let problems = texts(LocalSettings::parse(text.as_bytes()).unwrap_err());
    assert_eq!(problems.len(), 6, "{problems:?}");
    assert!(
        problems
            .iter()
            .all(|p| !p.contains("secret") && !p.contains("4711"))
    );
    for name in [
        "Values.A",
        "Values.B",
        "Values.C",
        "Values.D",
        "Values.E",
        "IsEncrypted",
    ] {
        assert!(problems.iter().any(|p| p.contains(name)), "{name}");
    }
}

#[test]
fn what_is_no_json_object_says_so() {
    for (text, expected) in [
        (&b"[]"[..], "a JSON object"),
        (b"", "a JSON object"),
        (b"{\n\"a\": ?}", "line 2"),
        (b"\xff\xfe{", "UTF-8"),
        (
            br#"{"IsEncrypted": false, "Values": []}"#,
            "an object of settings",
        ),
    ] {
        let problems = texts(LocalSettings::parse(text).unwrap_err());
        assert!(problems[0].contains(expected), "{problems:?}");
    }
}

#[test]
fn a_missing_file_is_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        LocalSettings::read(folder.path()),
        Ok(LocalSettings::default())
    );
}

#[test]
fn every_key_that_would_be_ignored_is_reported_with_the_nearest_known_one() {
    let text = r#"{"IsEncrypted": false, "Value": {"A": "x"}, "Hosts": {}, "ConnectionString": {}, "REMOTE_API_URL": "x",
        "Values": {"B": "x", "B": "y", "C": 1}, "values": {}}"#;
    let problems = texts(LocalSettings::parse(text.as_bytes()).unwrap_err());
    for (at, says) in [
        ("json: Value:", "rename it to Values"),
        ("json: Hosts:", "rename it to Host,"),
        ("json: ConnectionString:", "rename it to ConnectionStrings"),
        ("json: REMOTE_API_URL:", "move it into Values"),
        ("json: Values.B:", "found several"),
        ("json: Values.C:", "found a number"),
        ("json: values:", "found several"),
    ] {
        let found = problems
            .iter()
            .any(|problem| problem.contains(at) && problem.contains(says));
        assert!(found, "{at} {says}: {problems:#?}");
    }
    assert_eq!(problems.len(), 7, "{problems:#?}");
    let known =
        r#"{"isEncrypted": false, "values": {}, "Host": {"CORS": "*"}, "ConnectionStrings": {}}"#;
    assert!(LocalSettings::parse(known.as_bytes()).is_ok());
}
