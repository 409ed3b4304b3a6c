//! Each problem with its place, and with the other place where there are two.

use policy_source::Document;

use crate::problems;

#[test]
fn every_problem_is_reported_at_once_in_the_order_of_the_document() {
    let text = r#"{
  "verison": 1,
  "trustDomains": {
    "partners": { "anchors": [], "intermediates": ["../a.pem"] }, // wrong twice
    "partners": { "anchors": ["a.pem"] },
  },
  "callers": [
    { "name": "b c", "any": [] },
    { "roels": ["x"], "any": [{ "sha256": "3a" }] },
    { "name": "ü", "roles": [1, true, null, {}, []], "any": [{ "domain": "partnrs", "dns": "a.example" }] },
    "billing",
  ],
  "denied": [{ "issuer": "CN=a" }, {}],
  "reportOnly": "/next.json",
}"#;
    let expected = [
        "line 1, column 1, $: expected the key \"version\", found none; add it",
        "line 2, column 3, $.verison: expected a key of a policy document, found \"verison\"; the nearest known one is \"version\"; \
         rename it or remove it",
        "line 4, column 30, $.trustDomains.partners.anchors: expected a list with one element at least, found an empty list; \
         correct it",
        "line 4, column 52, $.trustDomains.partners.intermediates[0]: expected the name of a file in the document's folder or \
         below it, such as trust/root.pem, found a name with the part \".\" or \"..\"; correct it",
        "line 5, column 5, $.trustDomains.partners: expected each key once, found \"partners\" twice; remove one of the two",
        "line 8, column 15, $.callers[0].name: expected a name of 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-', found \
         \"b c\"; correct it",
        "line 9, column 5, $.callers[1]: expected the key \"name\", found none; add it",
        "line 9, column 7, $.callers[1].roels: expected a key of a caller, found \"roels\"; the nearest known one is \"roles\"; rename \
         it or remove it",
        "line 9, column 43, $.callers[1].any[0].sha256: expected the SHA-256 thumbprint of a certificate (64 hexadecimal digits), \
         found 2 digits; correct it",
        "line 10, column 15, $.callers[2].name: expected a name of 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-', found \
         \"ü\"; correct it",
        "line 10, column 30, $.callers[2].roles[0]: expected a name of 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-', \
         found the number 1; correct it",
        "line 10, column 33, $.callers[2].roles[1]: expected a name of 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-', \
         found true; correct it",
        "line 10, column 39, $.callers[2].roles[2]: expected a name of 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-', \
         found null; correct it",
        "line 10, column 45, $.callers[2].roles[3]: expected a name of 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-', \
         found an object; correct it",
        "line 10, column 49, $.callers[2].roles[4]: expected a name of 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-', \
         found an empty list; correct it",
        "line 11, column 5, $.callers[3]: expected a caller (an object), found \"billing\"; correct it",
        "line 13, column 14, $.denied[0]: expected one of sha256, sha1, spki, certificate, or issuer with serial, found \"issuer\" \
         without \"serial\"; write one entry for each",
        "line 13, column 36, $.denied[1]: expected one of sha256, sha1, spki, certificate, or issuer with serial, found none; write \
         one entry for each",
        "line 14, column 17, $.reportOnly: expected the name of a file in the document's folder or below it, such as \
         trust/root.pem, found an absolute name; correct it",
    ];
    let found = problems(text);
    for (index, expected) in expected.iter().enumerate() {
        assert_eq!(found.get(index).map(String::as_str), Some(*expected));
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[test]
fn what_two_places_make_wrong_is_reported_with_both() {
    let pin = "3a".repeat(32);
    let text = format!(
        r#"{{ "version": 1, "trustDomains": {{ "partners": {{ "anchors": ["a.pem"] }} }}, "callers": [
{{ "name": "a", "any": [{{ "sha256": "{pin}" }}, {{ "domain": "partnrs", "dns": "a.example" }}] }},
{{ "name": "b", "any": [{{ "sha256": "{}" }}, {{ "dns": "b.example" }}] }},
{{ "name": "a", "until": "2027-01-01T00:00:00Z", "any": [{{ "sha1": "{}", "notBefore": "2027-01-01T00:00:00Z" }}] }},
{{ "name": "c", "notBefore": "2027-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z", "roles": ["x", "x"], "any": [] }}
] }}"#,
        pin.to_uppercase(),
        "3a".repeat(20),
    );
    let expected = [
        "line 2, column 118, $.callers[0].any[1].domain: expected the name of a trust domain, found \"partnrs\"; the nearest is \
         \"partners\"; correct the name or add the domain",
        "line 3, column 24, $.callers[1].any[0]: expected each rule in one caller, found the same in \"a\" and \"b\", so that its \
         certificates would be refused; remove one, or let one end before the other begins; the other is $.callers[0].any[0] (line \
         2, column 24)",
        "line 3, column 106, $.callers[1].any[1]: expected the key \"domain\" beside \"dns\", found none; anybody can write that into \
         a certificate of their own, so name the trust domain that issues it",
        "line 4, column 11, $.callers[2].name: expected each caller once, found two named \"a\"; rename one, or put the rules of \
         both into one; the other is $.callers[0].name (line 2, column 11)",
        "line 4, column 57, $.callers[2].any[0]: expected a window that overlaps the caller's, found one that does not: the rule \
         never counts; the other is $.callers[2] (line 4, column 1)",
        "line 5, column 62, $.callers[3].until: expected an instant after \"notBefore\", found one that is not: the window never \
         opens; correct one of the two; the other is $.callers[3].notBefore (line 5, column 29)",
        "line 5, column 101, $.callers[3].roles[1]: expected each role once, found \"x\" twice; remove one; the other is \
         $.callers[3].roles[0] (line 5, column 96)",
    ];
    assert_eq!(problems(&text), expected);
}

/// A rule may pass from one caller to another at an instant: both count, but not at the same time.
#[test]
fn the_same_rule_in_two_callers_is_a_problem_only_while_both_count() {
    let instant = |day: u32| format!("2027-01-{day:02}T00:00:00Z");
    let caller = |name: &str, from: Option<u32>, until: Option<u32>| {
        let key = |key: &str, day: Option<u32>| {
            day.map_or_else(String::new, |day| {
                format!(r#""{key}": "{}","#, instant(day))
            })
        };
        let rule = format!(
            r#"{{{} "sha1": "{}"}}"#,
            key("until", until),
            "3a".repeat(20)
        );
        format!(
            r#"{{"name": "{name}", {} "any": [{rule}]}}"#,
            key("notBefore", from)
        )
    };
    let count = |callers: &[String]| {
        let text = format!(r#"{{"version": 1, "callers": [{}]}}"#, callers.join(","));
        Document::parse(text.as_bytes()).map_or_else(|problems| problems.len(), |_| 0)
    };
    for (callers, expected) in [
        (
            vec![caller("a", None, Some(10)), caller("b", Some(10), None)],
            0,
        ),
        (
            vec![caller("a", Some(10), None), caller("b", None, Some(10))],
            0,
        ),
        (
            vec![caller("a", None, Some(11)), caller("b", Some(10), None)],
            1,
        ),
        (
            vec![
                caller("a", None, None),
                caller("b", Some(10), Some(11)),
                caller("c", Some(12), None),
            ],
            2,
        ),
        (
            vec![
                caller("a", None, Some(10)),
                caller("b", Some(10), Some(20)),
                caller("c", Some(20), None),
            ],
            0,
        ),
    ] {
        assert_eq!(count(&callers), expected, "{callers:#?}");
    }
    let twice = format!(
        r#"{{"name": "a", "any": [{{"sha1": "{0}"}}, {{"sha1": "{0}"}}]}}"#,
        "3a".repeat(20)
    );
    assert_eq!(count(&[twice]), 1);
}

/// An operator who takes out the last caller of a partner in a hurry must not be refused for what remains.
#[test]
fn what_only_remains_is_a_note() {
    let text = r#"{"version": 1, "trustDomains": {"partners": {"anchors": ["a.pem"]}}, "callers": [{"name": "a", "any": []}]}"#;
    let notes: Vec<String> = Document::parse(text.as_bytes())
        .unwrap()
        .notes
        .iter()
        .map(ToString::to_string)
        .collect();
    let expected = [
        "line 1, column 45, $.trustDomains.partners: no rule names this trust domain; its files are loaded all the same",
        "line 1, column 82, $.callers[0]: the caller has no rules, so that nobody is admitted by this name",
    ];
    assert_eq!(notes, expected);
}
