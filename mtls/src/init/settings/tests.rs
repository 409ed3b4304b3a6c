use super::*;

/// A file before and with the settings.
#[test]
fn missing_settings_are_put_in_and_taken_out_without_a_trace() {
    const F: &str = r#""CLIENT_CERT_FRONT_END": "development""#;
    const R: &str = r#""FUNCTIONS_WORKER_RUNTIME": "custom""#;
    let table = [
        (
            "{\"IsEncrypted\": false}".to_owned(),
            format!("{{\"IsEncrypted\": false, \"Values\": {{{F}, {R}}}}}"),
        ),
        (
            "{\n\t\"IsEncrypted\": false, // so\n}\n".to_owned(),
            format!("{{\n\t\"IsEncrypted\": false,\n\t\"Values\": {{{F}, {R}}}, // so\n}}\n"),
        ),
        (
            "{\"IsEncrypted\": false, \"Values\": {}, \"Host\": {}}".to_owned(),
            format!("{{\"IsEncrypted\": false, \"Values\": {{{F}, {R} }}, \"Host\": {{}}}}"),
        ),
        (
            "\u{FEFF}{\"IsEncrypted\": false, \"Values\": {\r\n  \"A\": \"1\" // one\r\n}}"
                .to_owned(),
            format!(
                "\u{FEFF}{{\"IsEncrypted\": false, \"Values\": {{\r\n  \"A\": \"1\",\r\n  {F},\r\n  {R} // one\r\n}}}}"
            ),
        ),
        (
            format!("{{\"IsEncrypted\": false, \"Values\": {{ {R}, }}}}"),
            format!("{{\"IsEncrypted\": false, \"Values\": {{ {R}, {F}, }}}}"),
        ),
    ];
    for (before, after) in table {
        let settings = with(&before).unwrap();
        assert_eq!(settings.text.as_deref(), Some(after.as_str()));
        assert_eq!(with(&after).unwrap(), Settings::default());
        let removed = without(&after).unwrap();
        assert_eq!(removed.text.as_deref(), Some(before.as_str()));
        assert_eq!(removed.changed, settings.changed);
        assert_eq!(without(&before).unwrap(), Settings::default());
    }
}

#[test]
fn a_new_file_has_both_and_needs_no_more() {
    let text = new().text.unwrap();
    assert_eq!(with(&text).unwrap(), Settings::default());
    assert_eq!(without(&text).unwrap().changed, new().changed);
}

#[test]
fn what_somebody_added_stays_when_ours_are_taken_out() {
    let text = r#"{"Values": {"CLIENT_CERT_FRONT_END": "development", /* b */ "B": "2"}}"#;
    let without = without(text).unwrap();
    let expected = r#"{"Values": {/* b */ "B": "2"}}"#;
    assert_eq!(without.text.as_deref(), Some(expected));
}

#[test]
fn other_values_stay_and_are_named_if_they_are_words() {
    let text = |runtime: &str| {
        format!(
            r#"{{"Values": {{"FUNCTIONS_WORKER_RUNTIME": "{runtime}", "CLIENT_CERT_FRONT_END": "app-service"}}}}"#
        )
    };
    let notes = |runtime: &str| {
        let settings = with(&text(runtime)).unwrap();
        assert_eq!(settings.text, None);
        assert_eq!(without(&text(runtime)).unwrap(), Settings::default());
        settings.notes
    };
    let named = notes("python");
    assert!(named[0].contains("FRONT_END is app-service"), "{named:?}");
    assert!(named[1].contains("RUNTIME is python"), "{named:?}");
    let secret = notes("hunter2");
    assert!(!secret.join("").contains("hunter2"), "{secret:?}");
}

#[test]
fn other_forms_are_refused() {
    for text in ["[]", r#"{"Values": null}"#, r#"{"Values": []}"#] {
        assert!(with(text).is_err() && without(text).is_err(), "{text}");
    }
}
