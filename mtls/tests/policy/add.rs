//! `mtls policy add`.

use crate::common::Shape;
use crate::folder::Folder;

/// A document with comments, the caller `billing`, and a certificate for `partner.pem`.
fn folder() -> (Folder, String) {
    let folder = Folder::new();
    let mut shape = Shape::caller("partner").valid_today();
    shape.dns = vec!["billing.example.com".to_owned()];
    let partner = folder.intermediate.issue(shape);
    folder.write("partner.pem", partner.pem());
    let other = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    folder.write(
        "policy.json",
        format!(
            r#"// who may call what
{{
  "version": 1,
  "trustDomains": {{ "partners": {{ "anchors": ["trust/root.pem"], "intermediates": ["trust/sub.pem"] }} }},
  "callers": [
    // the billing system
    {{
      "name": "billing",
      "any": [
        {{ "sha256": "{other}" }}, // the old one
      ],
    }},
  ],
}}
"#
        ),
    );
    (folder, partner.sha256())
}

const ADD: [&str; 4] = ["add", "policy.json", "--certificate", "partner.pem"];

fn add(folder: &Folder, arguments: &[&str]) -> (i32, String) {
    let arguments: Vec<&str> = ADD.iter().chain(arguments).copied().collect();
    let answer = folder.run(&arguments);
    (answer.code, answer.stdout + &answer.stderr)
}

#[test]
fn a_rule_is_put_after_the_last_one_of_its_caller_and_all_else_stays() {
    let (folder, sha256) = folder();
    let before = folder.read("policy.json");
    let (code, text) = add(
        &folder,
        &["--name", "billing", "--until", "2999-01-01T00:00:00Z"],
    );
    assert_eq!(code, 0, "{text}");
    let rule =
        format!("        {{ \"sha256\": \"{sha256}\", \"until\": \"2999-01-01T00:00:00Z\" }},\n");
    let expected = before.replace("// the old one\n", &format!("// the old one\n{rule}"));
    assert_eq!(folder.read("policy.json"), expected);
}

#[test]
fn a_new_caller_is_put_last_with_its_roles() {
    let (folder, sha256) = folder();
    let before = folder.read("policy.json");
    let (code, text) = add(
        &folder,
        &["--name", "partner", "--role", "a", "--role", "b"],
    );
    assert_eq!(code, 0, "{text}");
    let entry = format!(
        "    }},\n    {{ \"name\": \"partner\", \"roles\": [\"a\", \"b\"], \"any\": [{{ \"sha256\": \"{sha256}\" }}] }},\n  ],\n}}\n"
    );
    assert_eq!(
        folder.read("policy.json"),
        before.replace("    },\n  ],\n}\n", &entry)
    );
}

#[test]
fn a_rule_for_a_name_is_one_that_the_certificate_satisfies() {
    let (folder, _) = folder();
    let before = folder.read("policy.json");
    let wrong = [
        "--name",
        "billing",
        "--domain",
        "partners",
        "--dns",
        "other.example.com",
    ];
    let (code, text) = add(&folder, &wrong);
    assert_eq!(
        (code, folder.read("policy.json")),
        (64, before.clone()),
        "{text}"
    );
    assert!(
        text.contains("expected a rule that the certificate satisfies"),
        "{text}"
    );
    let unknown = [
        "--name",
        "billing",
        "--domain",
        "partner",
        "--dns",
        "*.example.com",
    ];
    let (code, text) = add(&folder, &unknown);
    assert_eq!(code, 64, "{text}");
    assert!(
        text.contains("$.callers[0].any[1].domain") && text.contains("partners"),
        "{text}"
    );
    let right = [
        "--name",
        "billing",
        "--domain",
        "partners",
        "--dns",
        "*.example.com",
        "--common-name",
        "partner",
    ];
    let (code, text) = add(&folder, &right);
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("not admitted"), "{text}");
    let rule = r#"{ "domain": "partners", "commonName": "partner", "dns": "*.example.com" },"#;
    assert!(folder.read("policy.json").contains(rule));
}

#[test]
fn what_is_there_already_is_refused_with_both_places() {
    let (folder, _) = folder();
    assert_eq!(add(&folder, &["--name", "billing"]).0, 0);
    let before = folder.read("policy.json");
    let (code, text) = add(&folder, &["--name", "billing"]);
    assert_eq!(code, 64, "{text}");
    assert!(
        text.contains("policy.json:12:9: $.callers[0].any[2]")
            && text.contains("$.callers[0].any[1] (line 11,"),
        "{text}"
    );
    let (code, text) = add(&folder, &["--name", "other"]);
    assert_eq!(code, 64, "{text}");
    assert!(
        text.contains("$.callers[1].any[0]") && text.contains("$.callers[0].any[1] (line 11,"),
        "{text}"
    );
    // Another kind of rule for the same certificate in another caller.
    let (code, text) = add(
        &folder,
        &[
            "--name",
            "other",
            "--domain",
            "partners",
            "--dns",
            "billing.example.com",
        ],
    );
    assert_eq!(code, 64, "{text}");
    assert!(
        text.contains("policy.json:11:9: $.callers[0].any[1]")
            && text.contains("$.callers[1].any[0]"),
        "{text}"
    );
    let (code, text) = add(&folder, &["--name", "billing", "--role", "r"]);
    assert_eq!(code, 64, "{text}");
    assert!(text.contains("--role"), "{text}");
    assert_eq!(folder.read("policy.json"), before);
}

/// A link leads to the document that is changed, and who may read it stays.
#[cfg(unix)]
#[test]
fn a_link_and_the_rights_of_the_file_stay() {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let (folder, sha256) = folder();
    let file = folder.path().join("policy.json");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("policy.json", folder.path().join("link.json")).unwrap();
    let answer = folder.run(&[
        "add",
        "link.json",
        "--certificate",
        "partner.pem",
        "--name",
        "billing",
    ]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(folder.read("policy.json").contains(&sha256));
    assert!(folder.path().join("link.json").is_symlink());
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o640
    );
}

#[test]
fn a_certificate_that_is_not_admitted_is_added_and_the_reason_is_said() {
    let (folder, _) = folder();
    let stranger = Shape::caller("partner").valid_today().self_signed();
    folder.write("partner.pem", stranger.pem());
    let (code, text) = add(
        &folder,
        &[
            "--name",
            "billing",
            "--domain",
            "partners",
            "--common-name",
            "partner",
        ],
    );
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("the certificate is not admitted now: "),
        "{text}"
    );
}
