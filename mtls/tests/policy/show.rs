//! `mtls policy show`, and the same matrix in `mtls functions`.

use serde_json::json;

use crate::common::mtls;
use crate::folder::Folder;

const FUNCTIONS: [(&str, &str); 4] = [
    ("Health", r#""none""#),
    ("Invoices", r#"{"roles": ["invoices.read", "auditor"]}"#),
    ("Orders", r#"{"roles": ["orders.write"]}"#),
    ("Secured", r#""required""#),
];

const CALLERS: &str = r#"
    { "name": "billing", "roles": ["invoices.read"], "any": [{ "domain": "partners", "commonName": "billing" }] },
    { "name": "all", "roles": ["auditor", "orders.write"], "any": [{ "domain": "partners", "commonName": "all", "notBefore": "2999-01-01T00:00:00Z" }] },
    { "name": "old", "any": [{ "domain": "partners", "commonName": "old", "until": "2001-01-01T00:00:00Z" }] },
    { "name": "nobody", "roles": ["auditor"], "any": [] },
"#;

const MATRIX: &str = "\
CALLER   COUNTS                     Invoices  Orders  Secured
billing  now                        yes       -       yes
all      from 2999-01-01T00:00:00Z  yes       yes     yes
old      ended                      -         -       yes
nobody   without rules              -         -       -

public: Health
";

#[test]
fn callers_are_compared_with_what_functions_ask_for() {
    let folder = Folder::with_app(&FUNCTIONS);
    folder.document(CALLERS, "");
    let answer = folder.run(&["show", "policy.json"]);
    assert_eq!(
        (answer.code, answer.stdout.as_str()),
        (0, MATRIX),
        "{answer:?}"
    );
    let answer = folder.run(&["show", "policy.json", "--json"]).json();
    assert_eq!(
        answer["callers"][1]["functions"],
        json!(["Invoices", "Orders", "Secured"])
    );
    assert_eq!(answer["callers"][1]["counts"]["when"], "later");
    assert_eq!(answer["public"], json!(["Health"]));
}

#[test]
fn the_policy_of_the_settings_is_shown_without_a_file_and_by_functions_too() {
    let folder = Folder::with_app(&FUNCTIONS);
    folder.document(CALLERS, "");
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("CLIENT_CERT_POLICY", "policy.json"),
    ];
    let answer = mtls(folder.path(), &settings, &["policy", "show"]);
    assert_eq!(
        (answer.code, answer.stdout.as_str()),
        (0, MATRIX),
        "{answer:?}"
    );
    let answer = mtls(folder.path(), &settings, &["functions"]);
    assert!(answer.stdout.contains(MATRIX), "{answer:?}");
    let answer = mtls(folder.path(), &settings, &["functions", "--json"]).json();
    assert_eq!(answer["matrix"]["callers"][0]["name"], "billing");
    // The two lists name nobody.
    let answer = mtls(folder.path(), &settings[..1], &["functions", "--json"]).json();
    assert!(answer.get("matrix").is_none(), "{answer}");
}

#[test]
fn a_folder_without_an_app_has_no_functions_to_show() {
    let folder = Folder::new();
    folder.document(CALLERS, "");
    let answer = folder.run(&["show", "policy.json"]);
    assert_eq!(answer.code, 64);
    assert!(answer.stderr.contains("host.json"), "{answer:?}");
}
