//! `mtls policy diff`.

use crate::common::Shape;
use crate::folder::Folder;

const FUNCTIONS: [(&str, &str); 3] = [
    ("Health", r#""none""#),
    ("Invoices", r#"{"roles": ["invoices.read"]}"#),
    ("Secured", r#""required""#),
];

/// Writes the document as it was and as it is to be.
fn documents(folder: &Folder, old: [&str; 2], new: [&str; 2]) {
    folder.document(old[0], old[1]);
    folder.write("old.json", folder.read("policy.json"));
    folder.document(new[0], new[1]);
}

#[test]
fn each_caller_comes_with_what_it_gains_and_loses() {
    let folder = Folder::with_app(&FUNCTIONS);
    let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let stays = r#"{ "name": "stays", "any": [{ "domain": "partners", "dns": "a.example.com" }] }"#;
    let old = format!(
        r#"{stays},
        {{ "name": "gone", "any": [{{ "domain": "partners", "commonName": "gone" }}] }},
        {{ "name": "changes", "roles": ["invoices.read"], "any": [{{ "sha256": "{sha256}" }}] }}"#
    );
    // The order of a document says nothing.
    let new = format!(
        r#"{{ "name": "changes", "roles": ["other"], "any": [{{ "sha256": "{sha256}", "until": "2999-01-01T00:00:00Z" }}] }},
        {{ "name": "new", "roles": ["invoices.read"], "any": [{{ "domain": "partners", "commonName": "new" }}] }},
        {stays}"#
    );
    documents(
        &folder,
        [&old, ""],
        [&new, r#"{ "certificate": "trust/sub.pem" }"#],
    );
    let answer = folder.run(&["diff", "old.json", "policy.json"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    let expected = format!(
        "caller changes\n  - function Invoices\n  - role invoices.read\n  + role other\n  - rule pin sha256:{sha256}\n  \
         + rule pin sha256:{sha256} until 2999-01-01T00:00:00Z\n\
         caller gone (gone)\n  - function Secured\n  - rule common name \"gone\" under partners\n\
         caller new (new)\n  + function Invoices\n  + function Secured\n  + role invoices.read\n  + rule common name \"new\" under partners\n\
         denied\n"
    );
    assert!(answer.stdout.starts_with(&expected), "{}", answer.stdout);
    let denied = answer
        .stdout
        .lines()
        .filter(|line| line.starts_with("  + certificate "))
        .count();
    assert_eq!(denied, 3, "{}", answer.stdout);
    let json = folder
        .run(&["diff", "old.json", "policy.json", "--json"])
        .json();
    assert_eq!(json["callers"][2]["functions"]["added"][1], "Secured");
    assert_eq!(json["callers"][1]["presence"], "removed");
}

#[test]
fn documents_that_say_the_same_have_no_difference() {
    let folder = Folder::new();
    let one = r#"{ "name": "a", "any": [{ "domain": "partners", "dns": "a.example.com" }] }"#;
    let other = r#"{ "any": [{ "dns": "A.Example.com", "domain": "partners" }], "name": "a" } /* the same */"#;
    documents(&folder, [one, ""], [other, ""]);
    let answer = folder.run(&["diff", "old.json", "policy.json"]);
    assert_eq!(
        (answer.code, answer.stdout.as_str()),
        (0, "no difference\n"),
        "{answer:?}"
    );
}

#[test]
fn authorities_are_compared_by_what_their_files_hold() {
    let folder = Folder::new();
    let other = Shape::authority("Other Root").valid_today().self_signed();
    let caller = r#"{ "name": "a", "any": [{ "domain": "partners", "dns": "a.example.com" }] }"#;
    folder.document(caller, "");
    folder.write("old.json", folder.read("policy.json"));
    folder.write("trust/new.pem", [folder.root.pem(), other.pem()].concat());
    let new = folder.read("policy.json").replace(
        r#"["trust/root.pem"], "#,
        r#"["trust/new.pem"], "legacyRoots": true, "#,
    );
    folder.write("policy.json", new);
    let answer = folder.run(&["diff", "old.json", "policy.json"]);
    let expected = format!(
        "trust domain partners\n  + anchor CN=Other Root (sha256:{})\n  ~ legacyRoots\n",
        other.sha256()
    );
    assert_eq!(
        (answer.code, answer.stdout.as_str()),
        (1, expected.as_str()),
        "{answer:?}"
    );
}

#[test]
fn the_problems_of_both_documents_are_reported() {
    let folder = Folder::new();
    folder.write("old.json", "{ \"version\": 1 }");
    folder.write("new.json", "[]");
    let answer = folder.run(&["diff", "old.json", "new.json"]);
    assert_eq!(answer.code, 64);
    assert!(
        answer.stderr.contains("old.json:1:1") && answer.stderr.contains("new.json:1:1"),
        "{answer:?}"
    );
}
