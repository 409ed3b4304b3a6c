//! `mtls policy check`: revocation lists in files, as the handler takes them.

use test_support::crl::List;

use crate::common::{DAY, Shape, today};
use crate::folder::Folder;

fn list(from: i64, to: i64) -> List {
    List {
        this_update: today() + from,
        next_update: Some(today() + to),
        ..List::of(&[])
    }
}

/// A document whose domain has these lists.
fn folder(crls: &str, uncertain: &str) -> Folder {
    let folder = Folder::new();
    folder.write(
        "policy.json",
        format!(
            r#"{{ "version": 1,
  "trustDomains": {{ "partners": {{ "anchors": ["trust/root.pem"], "intermediates": ["trust/sub.pem"],
    "revocation": {{ "crls": [{crls}], {uncertain} }} }} }},
  "callers": [{{ "name": "a", "any": [{{ "domain": "partners", "dns": "a.example.com" }}] }}] }}"#
        ),
    );
    let fresh = list(-DAY, 30 * DAY);
    folder.write("root.crl", fresh.signed_by(&folder.root));
    folder.write("sub.crl", fresh.signed_by(&folder.intermediate));
    folder
}

const DENY: &str = r#""unknown": "deny", "stale": "deny""#;
const BOTH: &str = r#""root.crl", "sub.crl""#;

#[test]
fn lists_are_shown_with_what_they_say_and_urls_are_not_fetched() {
    let folder = folder(
        r#""root.crl", "https://crl.example.com/sub.crl?sig=secret""#,
        DENY,
    );
    let answer = folder.run(&["check", "policy.json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    for expected in [
        "policy.json: revocation list root.crl: of CN=Partners Root, all certificates, 0 revoked, next update 20",
        "policy.json: revocation list https://crl.example.com/sub.crl: not fetched by check",
    ] {
        assert!(answer.stdout.contains(expected), "{expected}: {answer:?}");
    }
    assert!(!answer.stdout.contains("secret"), "{answer:?}");
    let lists = folder.run(&["check", "policy.json", "--json"]).json()["revocationLists"].clone();
    assert_eq!(lists[0]["issuer"], "CN=Partners Root");
    assert_eq!(lists[1].as_object().unwrap().len(), 1, "{lists}");
}

/// What is in the place of the intermediate's list, and what is said of it.
#[test]
fn a_list_that_says_nothing_or_soon_nothing_is_a_warning_at_its_place() {
    let stranger = Shape::authority("Partners Sub").valid_today().self_signed();
    let uncovered = "no list of CN=Partners Sub is usable";
    let source = "$.trustDomains.partners.revocation.crls[1]";
    let domain = "$.trustDomains.partners.revocation";
    for (from, to, signer, uncertain, expected) in [
        (-DAY, 30 * DAY, None, DENY, vec![]),
        (
            -2 * DAY,
            -DAY,
            None,
            DENY,
            vec![
                (source, "the list is stale since 20"),
                (source, "what it covers is refused"),
            ],
        ),
        (
            -2 * DAY,
            -DAY,
            None,
            r#""stale": "allow""#,
            vec![(source, "what it covers is admitted")],
        ),
        (
            -DAY,
            DAY / 2,
            None,
            DENY,
            vec![(source, "the list is stale from 20")],
        ),
        (-DAY, DAY + 3600, None, DENY, vec![]),
        (
            DAY,
            2 * DAY,
            None,
            DENY,
            vec![(source, "the list begins at 20")],
        ),
        (
            -DAY,
            30 * DAY,
            Some(&stranger),
            DENY,
            vec![(source, "is unknown, and refused"), (domain, uncovered)],
        ),
        (
            -DAY,
            30 * DAY,
            Some(&stranger),
            r#""unknown": "allow""#,
            vec![(source, "is unknown, and admitted"), (domain, uncovered)],
        ),
    ] {
        let folder = folder(BOTH, uncertain);
        let signer = signer.unwrap_or(&folder.intermediate);
        folder.write("sub.crl", list(from, to).signed_by(signer));
        let answer = folder.run(&["check", "policy.json", "--json"]);
        let warnings = answer.json()["warnings"].as_array().unwrap().clone();
        assert_eq!(answer.code, i32::from(!expected.is_empty()), "{answer:?}");
        assert_eq!(warnings.is_empty(), expected.is_empty(), "{answer:?}");
        for warning in &warnings {
            assert_eq!(warning["kind"], "revocation", "{answer:?}");
        }
        for (path, text) in expected {
            let has = |warning: &serde_json::Value| {
                warning["path"] == path && warning.to_string().contains(text)
            };
            assert!(warnings.iter().any(has), "{path} {text}: {answer:?}");
        }
    }
}

#[test]
fn a_list_that_is_missing_or_no_list_leaves_its_authority_uncovered() {
    let folder = folder(r#""root.crl", "absent.crl", "page.crl""#, DENY);
    folder.write("page.crl", "<html>");
    let warnings = folder.warnings(&[]);
    let expected = ["", ".crls[1]", ".crls[2]"].map(|suffix| {
        (
            "revocation".to_owned(),
            format!("$.trustDomains.partners.revocation{suffix}"),
        )
    });
    assert_eq!(warnings, expected);
}
