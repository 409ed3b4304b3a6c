//! The files that a document names.

use std::fs;
use std::path::Path;

use client_cert::FrontEnd;
use policy_source::{Folder, load};
use test_support::Shape;

use crate::place::{FITNESS, Place};

/// Everything or nothing, and all of it at once: the document's place for each fault of a file.
#[test]
fn every_file_that_is_wrong_is_reported_where_it_is_named() {
    let place = Place::new();
    let caller = place.root.issue(Shape::caller("caller"));
    place.write("caller.pem", caller.pem());
    place.write("both.pem", [place.root.pem(), caller.pem()].concat());
    place.write(
        "key.pem",
        "-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n",
    );
    place.write("broken.der", b"\x30\x03\x02\x01\x01");
    fs::create_dir(place.folder.path().join("folder.pem")).unwrap();
    let document = r#"{ "version": 1, "callers": [], "trustDomains": {
"a": { "anchors": ["missing.pem", "folder.pem"] },
"b": { "anchors": ["both.pem"], "intermediates": ["key.pem"] },
"c": { "anchors": ["broken.der"], "intermediates": ["missing.pem"] } },
"denied": [{ "certificate": "broken.der" }, { "certificate": "caller.pem" }] }"#;
    let beside = "correct the name or deploy the file beside the document";
    let expected = [
        format!("line 2, column 20, $.trustDomains.a.anchors[0]: expected a file of certificates in \"missing.pem\", found: no such file; {beside}"),
        format!("line 2, column 35, $.trustDomains.a.anchors[1]: expected a file of certificates in \"folder.pem\", found: a folder; {beside}"),
        "line 3, column 20, $.trustDomains.b.anchors[0]: certificate 2 of \"both.pem\": expected the certificate of an authority".to_owned(),
        "line 3, column 51, $.trustDomains.b.intermediates[0]: expected certificates (PEM or DER) in \"key.pem\", found something else \
         as section 1; a private key does not belong in this file"
            .to_owned(),
        "line 4, column 20, $.trustDomains.c.anchors[0]: certificate 1 of \"broken.der\": expected the DER encoding of a certificate, found".to_owned(),
        format!("line 4, column 53, $.trustDomains.c.intermediates[0]: expected a file of certificates in \"missing.pem\", found: no such file; {beside}"),
        "line 5, column 29, $.denied[0].certificate: certificate 1 of \"broken.der\": expected the DER encoding of a certificate, found".to_owned(),
    ];
    let found = place.problems(document);
    for (index, expected) in expected.iter().enumerate() {
        let found = found.get(index).map_or("", String::as_str);
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

/// Authorities' files contain old certificates that nobody needs; they keep callers out at most.
#[test]
fn an_intermediate_that_no_path_can_use_is_a_note() {
    let place = Place::new();
    let caller = place.root.issue(Shape::caller("caller"));
    place.write(
        "mixed.pem",
        [place.intermediate.pem(), caller.pem()].concat(),
    );
    let document = r#"{ "version": 1, "trustDomains": { "a": { "anchors": ["trust/root.pem"], "intermediates": ["mixed.pem"] } },
"callers": [{ "name": "c", "any": [{ "domain": "a", "commonName": "c" }] }] }"#;
    let loaded = place.load(document).unwrap();
    let notes: Vec<String> = loaded.notes.iter().map(ToString::to_string).collect();
    assert!(
        matches!(notes.as_slice(), [note] if note.starts_with("line 1, column 91, $.trustDomains.a.intermediates[0]: ")
            && note.contains("certificate 2 of \"mixed.pem\": expected the certificate of an authority")),
        "{notes:?}"
    );
    assert_eq!(loaded.policy.domains()[0].intermediates().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_refused() {
    let place = Place::new();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("root.pem"), place.root.pem()).unwrap();
    std::os::unix::fs::symlink(
        elsewhere.path().join("root.pem"),
        place.folder.path().join("link.pem"),
    )
    .unwrap();
    let document =
        r#"{ "version": 1, "callers": [], "trustDomains": { "a": { "anchors": ["link.pem"] } } }"#;
    let found = place.problems(document);
    assert!(
        matches!(found.as_slice(), [only] if only.contains("found: a file outside the folder")),
        "{found:?}"
    );
}

/// The version is the text's and the files': whatever changes, it changes.
#[test]
fn the_version_changes_with_the_document_and_with_each_file() {
    let place = Place::new();
    let document = |space: &str| {
        format!(
            r#"{{ "version": 1,{space} "callers": [{{ "name": "c", "any": [{{ "domain": "a", "commonName": "c" }}] }}],
"trustDomains": {{ "a": {{ "anchors": ["trust/root.pem"], "intermediates": ["trust/sub.der"] }} }} }}"#
        )
    };
    let version = |space| {
        place
            .load(&document(space))
            .unwrap()
            .policy
            .version()
            .unwrap()
            .to_string()
    };
    let first = version("");
    assert_eq!(version(""), first);
    let mut versions = vec![first, version(" ")];
    place.write(
        "trust/root.pem",
        format!("# a comment\n{}", place.root.pem()),
    );
    versions.push(version(""));
    place.write("trust/sub.der", place.intermediate.pem());
    versions.push(version(""));
    versions.sort();
    versions.dedup();
    assert_eq!(versions.len(), 4);
}

#[test]
fn a_file_is_asked_for_once_and_a_wrong_document_asks_for_none() {
    let place = Place::new();
    let read = |document: &str| {
        let mut names = Vec::new();
        let loaded = load(document.as_bytes(), FrontEnd::AppService, FITNESS, |name| {
            names.push(name.to_string());
            Ok(place.root.pem().into_bytes())
        });
        (loaded.is_ok(), names)
    };
    let document = r#"{ "version": 1, "callers": [], "trustDomains": { "a": { "anchors": ["a.pem"] }, "b": { "anchors": ["a.pem"] } } }"#;
    assert_eq!(read(document), (true, vec!["a.pem".to_owned()]));
    assert_eq!(
        read(&document.replace("callers", "caller")),
        (false, Vec::new())
    );
}

/// What a later part of the program does with it is handed on.
#[test]
fn revocation_and_the_second_document_are_handed_on_unread() {
    let place = Place::new();
    let document = r#"{ "version": 1, "callers": [], "reportOnly": "next.json", "trustDomains": {
"a": { "anchors": ["trust/root.pem"], "revocation": { "crls": ["missing.crl", "https://crl.partner.example/a.crl"], "stale": "allow" } },
"b": { "anchors": ["trust/root.pem"] } } }"#;
    let loaded = place.load(document).unwrap();
    assert_eq!(loaded.report_only.unwrap().as_str(), "next.json");
    let domains: Vec<String> = loaded.revocation.keys().map(ToString::to_string).collect();
    assert_eq!(domains, ["a"]);
    assert_eq!(loaded.revocation.values().next().unwrap().crls.len(), 2);
}

#[test]
fn the_folder_of_a_document_is_the_one_that_it_is_in() {
    let place = Place::new();
    let name = "trust/root.pem".parse().unwrap();
    assert!(
        Folder::of_document(&place.folder.path().join("policy.json"))
            .read(&name)
            .is_ok()
    );
    assert!(
        Folder::of_document(Path::new("policy.json"))
            .read(&name)
            .is_err()
    );
    let manifest = "Cargo.toml".parse().unwrap();
    assert!(
        Folder::of_document(Path::new("policy.json"))
            .read(&manifest)
            .is_ok()
    );
}

/// The documents that `docs/policy.md` shows, with an authority's certificate in the place of each file.
#[test]
fn the_examples_of_the_page_are_loaded() {
    let place = Place::new();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy.md");
    let page = fs::read_to_string(page).unwrap();
    let examples = page.split("```jsonc\n").skip(1);
    let examples: Vec<&str> = examples
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(examples.len() >= 3);
    for example in examples {
        let loaded = load(example.as_bytes(), FrontEnd::AppService, FITNESS, |_| {
            Ok(place.root.pem().into_bytes())
        });
        assert!(
            loaded.is_ok_and(|loaded| !loaded.policy.is_empty()),
            "{example}"
        );
    }
}
