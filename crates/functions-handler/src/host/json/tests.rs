use super::*;
use serde_json::json;

#[test]
fn what_the_host_reads_is_read() {
    let table = [
        (r#"{"a": 1}"#, json!({"a": 1})),
        ("\u{FEFF}{\"a\": true}", json!({"a": true})),
        (
            "// first\n{/* in */\"a\": [1, 2,], // last\n}",
            json!({"a": [1, 2]}),
        ),
        ("{'a': 'it\\'s'}", json!({"a": "it's"})),
        (
            "{a: null, b_c: 0x1F, d: -0X10}",
            json!({"a": null, "b_c": 31, "d": -16}),
        ),
        (
            r#"{"a": "\u00fc\/\\", "b": -1.5e3}"#,
            json!({"a": "ü/\\", "b": -1500.0}),
        ),
        (r#"{"A": 1, "a": 2}"#, json!({"A": 1, "a": 2})),
        ("[]", json!([])),
    ];
    for (text, value) in table {
        assert_eq!(parse(text.as_bytes()), Ok(value), "{text}");
    }
}

#[test]
fn what_two_readers_could_take_differently_is_refused() {
    let table = [
        ("{\"a\": 1,\n \"a\": 2}", (2, 2), "\"a\" twice"),
        ("{\"a\": {\"ü\": 1, '\\u00fc': 2}}", (1, 16), "\"ü\" twice"),
        ("{a: 1, \"a\": 2}", (1, 8), "\"a\" twice"),
        ("", (1, 1), "found nothing"),
        ("// only a comment", (1, 18), "found nothing"),
        ("{} {}", (1, 4), "more than one"),
        ("{\"a\": 1 \"b\": 2}", (1, 8), "comma"),
        ("{\"a\": 1,, \"b\": 2}", (1, 9), "token"),
        ("{\"a\": NaN}", (1, 7), ""),
        ("{\"a\": -Infinity}", (1, 7), "NaN"),
        ("{\"a\": 1e999}", (1, 7), "a number"),
        ("{\"a\": 0x}", (1, 9), "digit"),
        ("{\"a\": 0xFFFFFFFFFFFFFFFFF}", (1, 7), "a number"),
        ("{\"a\": +1}", (1, 7), "plus"),
        ("{\"a\": undefined}", (1, 7), ""),
        ("{\"a\": \"\\x41\"}", (1, 8), "escape"),
        ("{\"a\": \"\\ud800\"}", (1, 8), ""),
        ("{\n  \"a\": \"b", (2, 8), "Unterminated"),
        ("{\"a\": 1", (1, 1), "Unterminated"),
        ("/* {}", (1, 1), "Unterminated"),
    ];
    for (text, place, part) in table {
        let error = parse(text.as_bytes()).unwrap_err();
        assert!(error.text().contains(part), "{text}: {error}");
        assert_eq!((error.line(), error.column()), place, "{text}: {error}");
    }
}

#[test]
fn keys_that_differ_in_case_are_one_key_to_the_binding() {
    let text = br#"{"routes": 1, "Routes": 2}"#;
    assert!(parse(text).is_ok());
    let error = parse_caseless(text).unwrap_err();
    assert_eq!((error.line(), error.column()), (1, 15));
    assert!(
        error.text().contains("\"Routes\" and \"routes\""),
        "{error}"
    );
}

/// A quadratic search took 49 s for this text.
#[test]
fn a_text_of_a_mebibyte_with_many_keys_is_read_in_a_moment() {
    let members: Vec<String> = (0..100_000)
        .map(|number| format!("\"k{number}\":0"))
        .collect();
    let text = format!("{{{}}}", members.join(","));
    assert!(text.len() > 900_000);
    let began = std::time::Instant::now();
    assert!(parse(text.as_bytes()).is_ok() && parse_caseless(text.as_bytes()).is_ok());
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert!(
        parse(nested(MAX_DEPTH + 1).as_bytes())
            .unwrap_err()
            .text()
            .contains("64 levels")
    );
    assert!(parse("[".repeat(1_000_000).as_bytes()).is_err());
    assert!(parse("{a:".repeat(1_000_000).as_bytes()).is_err());
}
