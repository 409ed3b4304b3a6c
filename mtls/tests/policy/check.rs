//! `mtls policy check`.

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::common::{DAY, Shape, today};
use crate::folder::Folder;

/// An instant so many days from now.
fn in_days(days: i64) -> String {
    let today = OffsetDateTime::from_unix_timestamp(today()).unwrap();
    let day = (today + Duration::days(days))
        .replace_millisecond(0)
        .unwrap();
    day.format(&Rfc3339).unwrap()
}

const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn a_document_without_warnings_is_summed_up() {
    let folder = Folder::new();
    folder.document(
        r#"{ "name": "billing", "any": [{ "domain": "partners", "dns": "billing.example.com" }] },
           { "name": "laptop", "any": [] }"#,
        "",
    );
    let answer = folder.run(&["check", "policy.json"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    assert!(
        answer
            .stdout
            .starts_with("warning: policy.json:5:12: $.callers[1]: the caller has no rules"),
        "{answer:?}"
    );
    folder.document(
        r#"{ "name": "laptop", "any": [{ "domain": "partners", "dns": "billing.example.com" }] }"#,
        "",
    );
    let answer = folder.run(&["check", "policy.json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let expected = "policy.json: 1 caller, 1 rule, 1 trust domain, 0 denied; version ";
    assert!(answer.stdout.starts_with(expected), "{answer:?}");
}

#[test]
fn a_document_that_does_not_load_gives_every_problem_with_its_place() {
    let folder = Folder::new();
    folder.write(
        "policy.json",
        "{\n  \"version\": 1,\n  \"callers\": [{ \"name\": \"a b\", \"any\": [] },\n    { \"name\": \"c\", \"roels\": [], \"any\": [] }],\n}",
    );
    let answer = folder.run(&["check", "policy.json"]);
    assert_eq!(
        (answer.code, answer.stdout.as_str()),
        (64, ""),
        "{answer:?}"
    );
    let lines: Vec<&str> = answer.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{answer:?}");
    assert!(
        lines[0].starts_with("mtls: policy.json:3:25: $.callers[0].name: expected a name"),
        "{answer:?}"
    );
    assert!(
        lines[1].contains("policy.json:4:20: $.callers[1].roels") && lines[1].contains("\"roles\""),
        "{answer:?}"
    );
    let answer = folder.run(&["check", "policy.json", "--json"]);
    assert_eq!(answer.code, 64);
    let problems = answer.json()["problems"].clone();
    assert_eq!(problems[1]["path"], "$.callers[1].roels");
    assert_eq!(problems[1]["position"]["line"], 4);
}

/// Pairs of rules of two callers, and which of the two the warning is about, if there is one.
#[test]
fn a_rule_that_a_wider_one_of_another_caller_covers_is_named() {
    let folder = Folder::new();
    let dns = |name: &str| format!(r#"{{ "domain": "partners", "dns": "{name}" }}"#);
    let until = |name: &str, key: &str, days: i64| {
        format!(
            r#"{{ "domain": "partners", "dns": "{name}", "{key}": "{}" }}"#,
            in_days(days)
        )
    };
    let both = r#"{ "domain": "partners", "dns": "a.example.com", "commonName": "a" }"#.to_owned();
    let uri = |uri: &str| format!(r#"{{ "domain": "partners", "uri": "spiffe://h{uri}" }}"#);
    let subject = |name: &str| format!(r#"{{ "domain": "partners", "subject": "{name}" }}"#);
    let extension = |value: &str| {
        format!(r#"{{ "domain": "partners", "extension": {{ "oid": "1.2.3.4"{value} }} }}"#)
    };
    for (first, second, covered) in [
        (dns("a.example.com"), dns("b.example.com"), None),
        (dns("a.example.com"), dns("*.example.com"), Some(0)),
        (dns("*.example.com"), dns("a.example.com"), Some(1)),
        (both.clone(), dns("a.example.com"), Some(0)),
        (both.clone(), dns("*.example.com"), Some(0)),
        (both, dns("b.example.com"), None),
        (subject("CN=a,O=Partner"), subject("CN=a,O=Other"), None),
        // The subject is compared without case, the common name with it.
        (
            subject("CN=a,O=Partner"),
            r#"{ "domain": "partners", "commonName": "a" }"#.to_owned(),
            None,
        ),
        (
            subject("CN=a+CN=b,O=Partner"),
            r#"{ "domain": "partners", "commonName": "a" }"#.to_owned(),
            None,
        ),
        (uri("/a/b"), uri("/a/*"), Some(0)),
        (uri("/**"), uri("/a/*"), Some(1)),
        (uri("/a/*"), uri("/b/**"), None),
        (extension(""), extension(r#", "text": "x""#), Some(1)),
        (
            until("a.example.com", "until", 90),
            until("*.example.com", "notBefore", 90),
            None,
        ),
        (
            until("a.example.com", "until", 91),
            until("*.example.com", "notBefore", 90),
            Some(0),
        ),
        (
            format!(r#"{{ "sha256": "{SHA256}" }}"#),
            format!(r#"{{ "sha256": "{SHA256}", "domain": "partners" }}"#),
            Some(1),
        ),
    ] {
        folder.document(
            &format!(
                r#"{{ "name": "one", "any": [{first}] }}, {{ "name": "two", "any": [{second}] }},
                   {{ "name": "uses", "any": [{{ "domain": "partners", "commonName": "other" }}] }}"#
            ),
            "",
        );
        let expected: Vec<(String, String)> = covered
            .map(|index: usize| {
                (
                    "several-callers".to_owned(),
                    format!("$.callers[{index}].any[0]"),
                )
            })
            .into_iter()
            .collect();
        assert_eq!(folder.warnings(&[]), expected, "{first} {second}");
    }
}

#[test]
fn a_rule_that_its_own_caller_does_not_need_is_named() {
    let folder = Folder::new();
    let rules = r#"{ "domain": "partners", "dns": "a.example.com" }, { "domain": "partners", "dns": "*.example.com""#;
    folder.document(&format!(r#"{{ "name": "one", "any": [{rules} }}] }}"#), "");
    assert_eq!(
        folder.warnings(&[]),
        [("unneeded-rule".to_owned(), "$.callers[0].any[0]".to_owned())]
    );
    // The wider one ends: the narrower one is needed then.
    let until = in_days(100);
    folder.document(
        &format!(r#"{{ "name": "one", "any": [{rules}, "until": "{until}" }}] }}"#),
        "",
    );
    assert_eq!(folder.warnings(&[]), []);
}

#[test]
fn a_sha1_pin_comes_with_the_sha256_to_write_in_its_place() {
    let folder = Folder::new();
    let caller = Shape::caller("caller").valid_today().self_signed();
    let other = Shape::caller("other").valid_today().self_signed();
    folder.write("caller.pem", caller.pem());
    let names = r#", { "name": "names", "any": [{ "domain": "partners", "commonName": "x" }] }"#;
    let pins = |first: &str| {
        format!(
            r#"{{ "name": "one", "any": [{first}, {{ "sha1": "{}", "sha256": "{}" }}] }}{names}"#,
            other.sha1(),
            other.sha256()
        )
    };
    folder.document(&pins(&format!(r#"{{ "sha1": "{}" }}"#, caller.sha1())), "");
    assert_eq!(
        folder.warnings(&[]),
        [("sha1-pin".to_owned(), "$.callers[0].any[0].sha1".to_owned())]
    );
    let answer = folder.run(&["check", "policy.json", "--certificate", "caller.pem"]);
    let expected = format!(
        "write \"sha256\": \"{}\" in its place (caller.pem)",
        caller.sha256()
    );
    assert!(answer.stdout.contains(&expected), "{answer:?}");
}

#[test]
fn a_denial_by_thumbprint_alone_is_named_where_names_or_keys_admit() {
    let folder = Folder::new();
    let stolen = folder
        .intermediate
        .issue(Shape::caller("stolen").valid_today());
    folder.write("denied/stolen.pem", stolen.pem());
    let name = r#"{ "name": "names", "any": [{ "domain": "partners", "commonName": "stolen" }] }"#;
    let pinned = format!(r#"{{ "name": "pins", "any": [{{ "sha256": "{SHA256}" }}] }}"#);
    let bound = format!(
        r#"{{ "name": "bound", "any": [{{ "domain": "partners", "sha256": "{SHA256}" }}] }}"#
    );
    let thumbprint = format!(r#"{{ "sha256": "{}" }}"#, stolen.sha256());
    let sha1 = format!(r#"{{ "sha1": "{}" }}"#, stolen.sha1());
    let file = r#"{ "certificate": "denied/stolen.pem" }"#;
    let kinds = |callers: &str, denied: &str, arguments: &[&str]| {
        folder.document(callers, denied);
        let warnings = folder.warnings(arguments).into_iter();
        let found = warnings.filter(|(kind, _)| kind == "denied-by-thumbprint-alone");
        found.map(|(_, path)| path).collect::<Vec<_>>()
    };
    assert_eq!(kinds(name, &thumbprint, &[]), ["$.denied[0]"]);
    assert_eq!(
        kinds(name, &format!("{file}, {sha1}"), &[]),
        ["$.denied[1]"]
    );
    assert!(kinds(name, file, &[]).is_empty());
    assert!(kinds(&pinned, &thumbprint, &[]).is_empty());
    assert!(kinds(&bound, &thumbprint, &[]).is_empty());
    // At hand, it is seen to be denied by its key too.
    let at_hand = ["--certificate", "denied/stolen.pem"];
    assert!(kinds(name, &format!("{file}, {sha1}"), &at_hand).is_empty());
    assert_eq!(kinds(name, &sha1, &at_hand), ["$.denied[0]"]);
}

#[test]
fn certificates_and_windows_at_their_end_are_named() {
    let folder = Folder::new();
    let with_end = |days: i64| {
        let shape = Shape {
            not_after: today() + days * DAY,
            ..Shape::authority("Partners Root")
        };
        Shape {
            not_before: today() - 400 * DAY,
            ..shape
        }
        .self_signed()
        .pem()
    };
    let name = r#"{ "name": "a", "any": [{ "domain": "partners", "commonName": "x" }] }"#;
    for (days, expected) in [(-1, true), (29, true), (31, false)] {
        folder.write("trust/root.pem", with_end(days));
        folder.document(name, "");
        let found = folder.warnings(&[]).contains(&(
            "validity".to_owned(),
            "$.trustDomains.partners.anchors[0]".to_owned(),
        ));
        assert_eq!(found, expected, "{days}");
    }
    for (days, expected) in [(-1, true), (29, true), (31, false)] {
        let until = in_days(days);
        folder.document(&format!(r#"{{ "name": "a", "any": [{{ "domain": "partners", "commonName": "x", "until": "{until}" }}] }}"#), "");
        let found = folder
            .warnings(&[])
            .contains(&("window".to_owned(), "$.callers[0].any[0].until".to_owned()));
        assert_eq!(found, expected, "{days}");
    }
}

#[test]
fn a_public_authority_among_the_anchors_is_named() {
    let folder = Folder::new();
    let der = webpki_root_certs::TLS_SERVER_ROOT_CERTS[0].to_vec();
    folder.write("trust/root.pem", der);
    folder.document(
        r#"{ "name": "a", "any": [{ "domain": "partners", "commonName": "x" }] }"#,
        "",
    );
    let expected = (
        "public-authority".to_owned(),
        "$.trustDomains.partners.anchors[0]".to_owned(),
    );
    assert!(
        folder.warnings(&[]).contains(&expected),
        "{:?}",
        folder.warnings(&[])
    );
}

#[test]
fn roles_and_functions_that_do_not_meet_are_named_in_an_apps_folder() {
    let folder = Folder::with_app(&[
        ("Orders", r#"{"roles": ["orders.write"]}"#),
        ("Invoices", r#"{"roles": ["invoices.read"]}"#),
        ("Health", r#""none""#),
    ]);
    folder.document(r#"{ "name": "a", "roles": ["orders.write", "invoice.read"], "any": [{ "domain": "partners", "commonName": "x" }] }"#, "");
    let expected = [
        ("unreachable-function".to_owned(), "$".to_owned()),
        ("unused-role".to_owned(), "$.callers[0].roles[1]".to_owned()),
    ];
    assert_eq!(folder.warnings(&[]), expected);
    let answer = folder.run(&["check", "policy.json"]);
    assert!(
        answer
            .stdout
            .contains("the nearest known one is invoices.read")
            && answer.stdout.contains("the function Invoices"),
        "{answer:?}"
    );
}

#[test]
fn a_document_for_trial_that_does_not_load_is_a_warning() {
    let folder = Folder::new();
    folder.write("next.json", "{ \"version\": 1 }");
    folder.write(
        "policy.json",
        r#"{ "version": 1, "callers": [], "reportOnly": "next.json" }"#,
    );
    assert_eq!(
        folder.warnings(&[]),
        [("report-only".to_owned(), "$.reportOnly".to_owned())]
    );
    folder.write("next.json", "{ \"version\": 1, \"callers\": [] }");
    assert_eq!(folder.warnings(&[]), []);
}
