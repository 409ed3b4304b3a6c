use super::*;
use crate::host::envelope::Allowance;

const WHOLE: &str = r#"{"Data": {"req": {"Url": "https://a/", "Method": "POST", "Query": {},
    "Headers": {"X-A": ["1", "2"], "x-a": "3"}, "Params": {}, "Body": "…"}, "blob": "\"{\""}, "Metadata": {}}"#;

/// Room for a request as callers send them.
const ROOM: Allowance = Allowance(64 * 1024);

/// Looks at a text of which more and more is there.
fn search(text: &[u8], step: usize) -> Result<Option<(usize, EarlyRequest)>, EnvelopeError> {
    let mut opening = Opening::new("req");
    for end in (step..text.len()).step_by(step).chain([text.len()]) {
        if opening.look(&text[..end])? {
            return Ok(Some((end, opening.read(text, &mut { ROOM })?)));
        }
    }
    Ok(None)
}

#[test]
fn the_parts_are_found_as_soon_as_they_are_there() {
    let end = WHOLE.find(r#", "Params""#).unwrap();
    let (found, request) = search(WHOLE.as_bytes(), 1).unwrap().unwrap();
    assert_eq!(found, end);
    let values: Vec<&str> = request.headers.values("X-A").collect();
    assert_eq!(
        (request.method.as_str(), values),
        ("POST", vec!["1", "2", "3"])
    );
    assert!(search(&WHOLE.as_bytes()[..end - 1], 7).unwrap().is_none());
}

#[test]
fn parts_elsewhere_are_others() {
    let part = r#""Method": "GET", "Headers": {}"#;
    for text in [
        format!(r#"{{{part}}}"#),
        format!(r#"{{"Data": {{{part}}}}}"#),
        format!(r#"{{"Data": {{"other": {{{part}}}}}}}"#),
        format!(r#"{{"Data": {{"req": {{"x": {{{part}}}}}}}}}"#),
        format!(r#"{{"Data": {{"req": {{}}, "x": {{{part}}}}}}}"#),
        format!(r#"{{"data": {{"req": {{{part}}}}}}}"#),
        format!(r#"{{"x": [{{"Data": {{"req": {{{part}}}}}}}]}}"#),
        format!(
            r#"{{"Data": {{"req": {{"{}": 1}}}}}}"#,
            "Headers".repeat(1000)
        ),
    ] {
        assert!(search(text.as_bytes(), 1).unwrap().is_none(), "{text}");
    }
    let escaped = format!(r#"{{"D\u0061ta": {{"\u0072eq": {{{part}}}}}}}"#);
    assert!(search(escaped.as_bytes(), 1).unwrap().is_some());
}

#[test]
fn what_cannot_become_an_envelope_is_refused_at_once() {
    let deep = format!(r#"{{"x": {}"#, "[".repeat(300));
    for text in [
        "[",
        "nul!",
        "{]",
        r#"{"Data": []"#,
        r#"{"Data": {"req": "x""#,
        r#"{"Data": {"req": {"Method": 1, "Headers": {}"#,
        r#"{"Data": {"req": {"Method": "GET", "Headers": {"a": {}}}"#,
        r#"{"Data": {"req": {"Method": "GET", "Method": ""#,
        r#"{"Data": {}, "Data": {"#,
        r#"{"Data": {"req": {}, "req": {"#,
        &deep,
    ] {
        assert!(search(text.as_bytes(), 1).is_err(), "{text}");
    }
    for text in ["", " ", "{", r#"{"Data": {"other": {}}}"#, "{}"] {
        assert!(search(text.as_bytes(), 1).unwrap().is_none());
    }
}

#[test]
fn more_than_kestrel_lets_through_is_refused_while_it_arrives() {
    let with =
        |headers: &str| format!(r#"{{"Data": {{"req": {{"Method": "GET", "Headers": {headers}"#);
    let lines = |count: usize, value: &str| {
        let lines: Vec<String> = (0..count)
            .map(|line| format!(r#""x-{line}": ["{value}"]"#))
            .collect();
        format!("{{{}}}", lines.join(","))
    };
    let escaped = r"\u0041".repeat(32 * 1024 - 3);
    for headers in [
        lines(contract::REQUEST_HEADERS, "y"),
        format!(r#"{{"x-1": ["{}"]}}"#, "y".repeat(32 * 1024 - 3)),
        format!(r#"{{"x-1": ["{escaped}"]}}"#),
    ] {
        // A room for the longest: the text, and what its escapes are undone into.
        let mut opening = Opening::new("req");
        let text = with(&headers);
        assert!(opening.look(text.as_bytes()).unwrap());
        assert!(
            opening
                .read(text.as_bytes(), &mut Allowance(1024 * 1024))
                .is_ok()
        );
    }
    // None of these is closed: what follows is not waited for.
    for open in [
        format!(r#"{{"a": [{}"#, r#""","#.repeat(1000)),
        format!(r#"{{"a": {}"#, "[".repeat(120)) + &"0,".repeat(1000),
        format!(r#"{{{}"#, r#""a":[],"#.repeat(1000)),
        format!(r#"{{"a": ["{}"#, "y".repeat(MAX_HEADERS_TEXT)),
        format!(r#"{{"{}"#, "y".repeat(MAX_HEADERS_TEXT)),
        " ".repeat(MAX_HEADERS_TEXT),
    ] {
        let text = with(&open);
        let found = search(text.as_bytes(), 4096);
        let expected = !open.starts_with(' ');
        assert_eq!(found.is_err(), expected, "{}", &open[..20]);
    }
    let method = format!(
        r#"{{"Data": {{"req": {{"Method": "{}"#,
        "M".repeat(MAX_METHOD_TEXT)
    );
    assert!(search(method.as_bytes(), 4096).is_err());
    let long = with(&format!(r#"{{"x-1": ["{}"]}}"#, "y".repeat(32 * 1024 - 2)));
    assert!(search(long.as_bytes(), 4096).is_err(), "a byte too long");
    let many = with(&lines(contract::REQUEST_HEADERS + 1, "y"));
    assert!(search(many.as_bytes(), 4096).is_err(), "a line too many");
}
