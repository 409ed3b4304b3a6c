use serde_json::json;

use super::*;
use crate::host::envelope::Allowance;

const ROOM: Allowance = Allowance(1024 * 1024);

fn http(text: &str) -> Result<HttpRequest, EnvelopeError> {
    http_within(text, ROOM)
}

fn http_within(text: &str, mut room: Allowance) -> Result<HttpRequest, EnvelopeError> {
    Envelope::parse_request(text.as_bytes(), &mut room)?.into_http("req", &mut room)
}

fn with(request: &str) -> Result<HttpRequest, EnvelopeError> {
    http(&format!(r#"{{"Data": {{"req": {request}}}}}"#))
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_request_is_read_as_the_host_writes_it() {
    let text = r#"{
            "Data": {"blob": "\"text\"", "req": {
                "Url": "https://app/api/order/7?x=1&x=2", "Method": "PUT", "Query": {"x": "1,2"},
                "Headers": {"Accept": ["*/*"], "Content-Type": ["application/json"]},
                "Params": {"id": "7", "more": null},
                "Identities": [{"AuthenticationType": null}], "Body": "{\"id\":1}"}},
            "Metadata": {"id": "\"7\"", "n": "5", "Query": {"x": "2"}, "sys": {"MethodName": "order"}}}"#;
    let mut request = http(text).unwrap();
    assert_eq!(request.url, "https://app/api/order/7?x=1&x=2");
    assert_eq!(request.method, "PUT");
    assert_eq!(request.query, pairs(&[("x", "1,2")]));
    assert_eq!(request.params, pairs(&[("id", "7")]));
    assert_eq!(
        request.take_body(&mut { ROOM }).unwrap(),
        Some(br#"{"id":1}"#.to_vec())
    );
    assert_eq!(Value::from(request.inputs), json!({"blob": "text"}));
}

#[test]
fn both_forms_of_the_query_are_read() {
    let table = [
        (r#"{"x": "1"}"#, &[("x", "1")][..]),
        (r#""{\"x\": \"1\"}""#, &[("x", "1")]),
        (r#""{}""#, &[]),
        (r#""""#, &[]),
        ("null", &[]),
    ];
    for (query, expected) in table {
        let request = with(&format!(r#"{{"Query": {query}}}"#)).unwrap();
        assert_eq!(request.query, pairs(expected), "{query}");
    }
    assert!(with(r#"{"Query": "x=1"}"#).is_err());
}

#[test]
fn values_are_counted_over_all_spellings() {
    let table = [
        ("{}", &[][..]),
        (r#"{"X-A": ["1"]}"#, &["1"]),
        (r#"{"x-a": ["1"]}"#, &["1"]),
        (r#"{"X-A": "1"}"#, &["1"]),
        (r#"{"X-A": ["1", "2"]}"#, &["1", "2"]),
        (r#"{"X-A": ["1"], "x-a": ["2"]}"#, &["1", "2"]),
        (r#"{"X-A": ["1"], "X-A": ["1"]}"#, &["1", "1"]),
        (r#"{"X-A": [], "x-A": ["1"]}"#, &["", "1"]),
        (r#"{"X-A": null, "x-A": ["1"]}"#, &["", "1"]),
        (r#"{"X-A": []}"#, &[""]),
        (r#"{"X_A": ["1"], "X-A ": ["1"]}"#, &[]),
    ];
    for (headers, expected) in table {
        let request = with(&format!(r#"{{"Headers": {headers}}}"#)).unwrap();
        let values: Vec<&str> = request.headers.values("X-A").collect();
        assert_eq!(values, expected, "{headers}");
    }
}

#[test]
fn a_binary_body_is_base64() {
    let body = |kind: &str, body: &str| {
        let text = format!(r#"{{"Headers": {{"content-type": ["{kind}"]}}, "Body": {body}}}"#);
        with(&text).unwrap().take_body(&mut { ROOM }).unwrap()
    };
    let table: [(&str, &str, Option<&[u8]>); 7] = [
        ("application/octet-stream", r#""AAEC""#, Some(&[0, 1, 2])),
        (
            "Multipart/form-data; boundary=x",
            r#""AAEC""#,
            Some(&[0, 1, 2]),
        ),
        ("text/plain", r#""AAEC""#, Some(b"AAEC")),
        (
            "application/octet-stream",
            r#""no base64""#,
            Some(b"no base64"),
        ),
        ("text/plain", "null", None),
        ("text/plain", r#"{"a": 1}"#, Some(br#"{"a":1}"#)),
        ("", r#""""#, Some(b"")),
    ];
    for (kind, text, expected) in table {
        assert_eq!(body(kind, text).as_deref(), expected, "{kind} {text}");
    }
}

#[test]
fn what_is_no_envelope_is_refused() {
    let missing = |what: &str| EnvelopeError::Missing {
        what: what.to_owned(),
    };
    let repeated = |what: &str| EnvelopeError::Repeated {
        what: what.to_owned(),
    };
    let kind = EnvelopeError::kind;
    let table = [
        ("", EnvelopeError::Json { line: 1, column: 0 }),
        ("{", EnvelopeError::Json { line: 1, column: 1 }),
        (
            r#"{"Data": {}} x"#,
            EnvelopeError::Json {
                line: 1,
                column: 14,
            },
        ),
        ("null", kind("envelope", "an object")),
        ("[]", kind("envelope", "an object")),
        ("{}", missing("Data")),
        (r#"{"data": {"req": {}}}"#, missing("Data")),
        (r#"{"Data": null}"#, kind("Data", "an object")),
        (r#"{"Data": {}, "Data": {"req": {}}}"#, repeated("Data")),
        (r#"{"Data": {"Req": {}}}"#, missing("Data.req")),
        (r#"{"Data": {"req": {}, "req": {}}}"#, repeated("req")),
        (r#"{"Data": {"req": "{}"}}"#, kind("req", "an object")),
        (
            r#"{"Data": {"req": {"Headers": {}, "Headers": {}}}}"#,
            repeated("Headers"),
        ),
        (
            r#"{"Data": {"req": {"Headers": []}}}"#,
            kind("Headers", "an object"),
        ),
        (
            r#"{"Data": {"req": {"Headers": {"a": [1]}}}}"#,
            kind("Headers", "an object of arrays of texts"),
        ),
        (r#"{"Data": {"req": {"Url": 1}}}"#, kind("Url", "a text")),
        (
            r#"{"Data": {"req": {"Params": {"a": []}}}}"#,
            kind("Params", "an object of texts"),
        ),
    ];
    for (text, error) in table {
        assert_eq!(http(text).err(), Some(error), "{text}");
    }
}

#[test]
fn triggers_are_read_with_their_second_encoding_taken_off() {
    let data = |data: &str| {
        let text = format!(
            r#"{{"Data": {{"item": {data}, "in": "\"x\""}}, "Metadata": {{"DequeueCount": "1"}}}}"#
        );
        Envelope::parse(text.as_bytes(), &mut { ROOM })
            .unwrap()
            .into_triggering("item", &mut { ROOM })
            .unwrap()
    };
    let table = [
        (r#""\"text\"""#, json!("text")),
        (r#"{"id": 1}"#, json!({"id": 1})),
        (r#""{\"id\": 1}""#, json!({"id": 1})),
        (r#""AAEC""#, json!("AAEC")),
    ];
    for (text, value) in table {
        let triggering = data(text);
        assert_eq!(triggering.data, value, "{text}");
        assert_eq!(Value::from(triggering.inputs), json!({"in": "x"}));
        assert_eq!(Value::from(triggering.metadata), json!({"DequeueCount": 1}));
    }
    assert!(Envelope::parse(br#"{"Data": {"item": 1}, "Metadata": 1}"#, &mut { ROOM }).is_err());
    let envelope = Envelope::parse(br#"{"Data": {}}"#, &mut { ROOM }).unwrap();
    assert!(envelope.into_triggering("item", &mut { ROOM }).is_err());
}
