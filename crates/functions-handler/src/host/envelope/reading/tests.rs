use serde_json::json;

use super::*;
use crate::host::envelope::Allowance;
use crate::host::envelope::counts::{ELEMENT_BYTES, MEMBER_BYTES};

#[test]
fn room_is_taken_for_every_value_and_every_text() {
    let bytes = |text: &str| {
        let mut room = Allowance(usize::MAX);
        take_room(text.as_bytes(), Some("skip"), &mut room).unwrap();
        usize::MAX - room.0
    };
    let many = |count: usize| json!(vec![0; count]).to_string();
    assert_eq!(bytes(&many(1000)), 1001 * ELEMENT_BYTES);
    assert_eq!(
        bytes(&json!("x".repeat(1000)).to_string()),
        ELEMENT_BYTES + 1000
    );
    assert_eq!(
        bytes(&json!("\"".repeat(1000)).to_string()),
        ELEMENT_BYTES + 2 * 2000
    );
    let object = 3 * ELEMENT_BYTES + 2 * MEMBER_BYTES + 2;
    assert_eq!(bytes(r#"{"a": 1, "b": 2}"#), object);
    let skipped = MEMBER_BYTES + 4; // its name
    assert_eq!(
        bytes(r#"{"a": 1, "skip": {"x": [1, "\n"]}, "b": 2}"#),
        object + skipped
    );
    assert_eq!(
        take_room(b"[0, 0]", None, &mut Allowance(200)),
        Err(EnvelopeError::NoRoom)
    );
}

#[test]
fn what_a_reader_would_pass_over_is_refused() {
    let deep = format!(
        r#"{{"skip": {}1{}, "a": 1}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    for text in [deep.as_str(), "{} {}", "nul!"] {
        let found = take_room(text.as_bytes(), Some("skip"), &mut Allowance(usize::MAX));
        assert!(matches!(found, Err(EnvelopeError::Json { .. })), "{text}");
    }
}
