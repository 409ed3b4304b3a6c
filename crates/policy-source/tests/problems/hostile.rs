//! Texts that are no document, and documents that are to do harm.

use policy_source::{Document, MAX_DOCUMENT_BYTES};

use crate::problems;

#[test]
fn a_text_that_is_not_json_is_reported_with_its_place() {
    for (text, expected) in [
        ("", "line 1, column 1, $: expected an object, found nothing"),
        ("{\n  \"version\": 1", "line 1, column 1, $: expected JSON"),
        ("{\n  \"ü\" 1 }", "line 2, column"),
        ("{'version': 1}", "line 1, column 2, $: expected JSON"),
        ("{version: 1}", "line 1, column 2, $: expected JSON"),
        ("{\"version\": 0x1}", "line 1, column 13, $: expected JSON"),
        ("{\"version\": 1} {}", "line 1, column 16, $: expected JSON"),
    ] {
        let found = problems(text);
        assert!(
            matches!(found.as_slice(), [only] if only.starts_with(expected)),
            "{text}: {found:?}"
        );
    }
    let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin = b"{\n \"name\": \"\xFC\"}".to_vec();
    for (bytes, place) in [
        ([b"\xFF\xFE".to_vec(), utf16].concat(), "line 1, column 1"),
        (latin, "line 2, column 11"),
    ] {
        let found = Document::parse(&bytes).unwrap_err()[0].to_string();
        assert!(
            found.starts_with(place) && found.ends_with("save the file as UTF-8"),
            "{found}"
        );
    }
    assert!(
        Document::parse("\u{FEFF}{\"version\": 1,\r\n \"callers\": []}\r\n".as_bytes()).is_ok()
    );
}

#[test]
fn a_document_of_another_version_is_not_judged_by_the_keys_of_this_one() {
    let found = problems(r#"{"version": 2, "principals": []}"#);
    let expected = "line 1, column 13, $.version: expected 1, the one version that this program reads, found the number 2; correct it";
    assert_eq!(found, [expected]);
}

/// Whatever is pasted into whatever place: no message repeats it.
#[test]
fn no_message_repeats_what_can_be_a_secret() {
    let key = "MC4CAQAwBQYDK2VwBCIEIMt2vqJ0Rk3mQ1b8sX5fYxk9wQm2Zp7LhT4uVnEoCsdA";
    let url = "https://partner.example/a.crl?sig=hunter2hunter2#";
    let password = "correct horse battery";
    for secret in [key, url, password] {
        let everywhere = [
            format!(r#"{{"{secret}": 1}}"#),
            format!(
                r#"{{"version": "{secret}", "$schema": 1, "reportOnly": "/{secret}", "callers": "{secret}"}}"#
            ),
            format!(
                r#"{{"version": 1, "trustDomains": {{"{secret} ": "{secret}"}}, "callers": ["{secret}"], "denied": "{secret}"}}"#
            ),
            format!(
                r#"{{"version": 1, "trustDomains": {{"{secret}!": {{"anchors": ["{secret}/"]}}}}, "callers": [{{"name": "{secret}!"}}]}}"#
            ),
            format!(
                r#"{{"version": 1, "trustDomains": {{"a": {{"anchors": ["a"], "revocation": {{"crls": ["{secret}//"], "stale": "{secret}"}}}}}}, "callers": []}}"#
            ),
            format!(
                r#"{{"version": 1, "callers": [{{"name": "{secret}", "any": []}}, {{"name": "{secret}", "any": []}}]}}"#
            ),
            [
                "sha256",
                "sha1",
                "spki",
                "until",
                "ip",
                "certificatePolicy",
                "extension",
            ]
            .map(|name| around_rule(&format!(r#""{name}": "{secret}""#)))
            .join("\n"),
            around_rule(&format!(
                r#""domain": "{secret}", "commonName": " {secret}""#
            )),
            format!(
                r#"{{"version": 1, "callers": [], "denied": [{{"serial": "{secret}", "issuer": "{secret} "}}]}}"#
            ),
        ];
        for text in everywhere.iter().flat_map(|text| text.split('\n')) {
            let found = problems(text).join("\n");
            assert!(
                !found.contains(secret) && !found.contains("hunter2"),
                "{text}\n{found}"
            );
        }
    }
}

fn around_rule(members: &str) -> String {
    format!(r#"{{"version": 1, "callers": [{{"name": "a", "any": [{{{members}}}]}}]}}"#)
}

/// No document makes the reader slow, deep or verbose.
#[test]
fn a_hostile_document_is_refused_in_a_moment() {
    let began = std::time::Instant::now();
    let many = |part: &str, count: usize| vec![part; count].join(",");
    let keys: Vec<String> = (0..300_000)
        .map(|number| format!("\"k{number}\": 0"))
        .collect();
    let domains: Vec<String> = (0..100_000)
        .map(|number| format!("\"d{number}\": 0"))
        .collect();
    let same = format!(
        r#"{{"name": "a", "any": [{{"sha1": "{}"}}]}}"#,
        "3a".repeat(20)
    );
    for text in [
        "[".repeat(1_000_000),
        "{\"a\":".repeat(1_000_000),
        format!(
            r#"{{"version": 1, "callers": {}1{}}}"#,
            "[".repeat(500),
            "]".repeat(500)
        ),
        format!("{{{}}}", keys.join(",")),
        format!(
            r#"{{"version": 1, "trustDomains": {{{}}}, "callers": []}}"#,
            domains.join(",")
        ),
        format!(r#"{{"version": 1, "callers": [{}]}}"#, many("0", 500_000)),
        format!(r#"{{"version": 1, "callers": [{}]}}"#, many(&same, 100_000)),
        format!(
            r#"{{"version": 1, "callers": [{}]}}"#,
            many(
                r#"{"name": "a", "any": [{"domain": "x", "dns": "a"}]}"#,
                100_000
            )
        ),
        "\n".repeat(1_000_000),
        format!("\"{}", "a".repeat(1_000_000)),
    ] {
        let problems = problems(&text);
        assert!((1..=1_001).contains(&problems.len()), "{}", problems.len());
        assert!(
            problems.iter().all(|problem| problem.len() < 500),
            "{:?}",
            problems.iter().max_by_key(|problem| problem.len())
        );
    }
    assert!(
        began.elapsed() < std::time::Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    let length = usize::try_from(MAX_DOCUMENT_BYTES).unwrap();
    let largest = format!(
        "{{\"version\": 1, \"callers\": []}}{}",
        " ".repeat(length - 29)
    );
    assert_eq!(largest.len(), length);
    assert!(Document::parse(largest.as_bytes()).is_ok());
    assert!(problems(&format!("{largest} "))[0].contains("at most 67108864 bytes, found 67108865"));
}
