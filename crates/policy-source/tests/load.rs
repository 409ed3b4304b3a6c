//! From a document and files on a disk to a policy that decides.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use client_cert::{
    Certificate, DEFAULT_MINIMUM_RSA_BITS, ExtendedKeyUsageRule, Fitness, FrontEnd, KeyUsageRule,
    evaluate,
};
use policy_source::{Folder, Loaded, load};
use tempfile::TempDir;
use test_support::{Issued, NOW, Shape};

const FITNESS: Fitness = Fitness {
    extended_key_usage: ExtendedKeyUsageRule::IfPresent,
    key_usage: KeyUsageRule::DigitalSignature,
    minimum_rsa_bits: DEFAULT_MINIMUM_RSA_BITS,
};

/// A partner's authority, its intermediate, and the folder of a document.
struct Place {
    folder: TempDir,
    root: Issued,
    intermediate: Issued,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("trust")).unwrap();
        let root = Shape::authority("Partners Root").self_signed();
        let intermediate = root.issue(Shape::authority("Partners Sub"));
        let place = Self {
            folder,
            root,
            intermediate,
        };
        place.write("trust/root.pem", place.root.pem());
        place.write("trust/sub.der", place.intermediate.der());
        place
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    fn load(&self, document: &str) -> Result<Loaded, Vec<String>> {
        let folder = Folder::of_document(&self.folder.path().join("policy.json"));
        let loaded = load(document.as_bytes(), FrontEnd::AppService, FITNESS, |name| {
            folder.read(name)
        });
        loaded.map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    fn problems(&self, document: &str) -> Vec<String> {
        self.load(document).unwrap_err()
    }
}

/// The caller whom a policy admits at an instant, counted in seconds from the tests' present.
fn admitted(loaded: &Loaded, certificate: &Issued, seconds: i64) -> Option<String> {
    let certificate = Certificate::parse(&certificate.der()).unwrap();
    let now = u64::try_from(NOW + seconds).unwrap();
    let now = rustls_pki_types::UnixTime::since_unix_epoch(Duration::from_secs(now));
    let evaluation = evaluate(&loaded.policy, &certificate, now);
    let denied = evaluation.denied().is_some();
    let mut admitting = evaluation
        .candidates()
        .iter()
        .filter(|candidate| candidate.admits() && !denied);
    admitting
        .next()
        .map(|candidate| candidate.caller().name.clone().unwrap().to_string())
}

#[test]
fn pins_keys_names_windows_and_denials_decide() {
    let place = Place::new();
    let pinned = Shape::openssl_req("laptop").self_signed();
    let by_key = Shape::caller("build").self_signed();
    let named = place
        .intermediate
        .issue(Shape::caller("billing.partner.example"));
    let stolen = place
        .intermediate
        .issue(Shape::caller("robots.partner.example"));
    let robot = place
        .intermediate
        .issue(Shape::caller("robots.partner.example"));
    let stranger = Shape::caller("billing.partner.example").self_signed();
    place.write("stolen.pem", stolen.pem());
    let hash = Certificate::parse(&by_key.der()).unwrap().public_key_hash();
    let document = format!(
        r#"{{
  "version": 1,
  "trustDomains": {{ "partners": {{ "anchors": ["trust/root.pem"], "intermediates": ["trust/sub.der"] }} }},
  "callers": [
    {{ "name": "laptop", "roles": ["a", "b"], "any": [{{ "sha256": "{}", "until": "{}" }}] }},
    {{ "name": "build", "any": [{{ "spki": "{hash}" }}] }},
    {{ "name": "billing", "any": [{{ "domain": "partners", "commonName": "billing.partner.example" }}] }},
    {{ "name": "robots", "any": [{{ "domain": "partners", "commonName": "robots.partner.example" }}] }},
  ],
  "denied": [{{ "certificate": "stolen.pem" }}],
}}"#,
        pinned.sha256(),
        client_cert::rfc3339(NOW + 60),
    );
    let loaded = place.load(&document).unwrap();
    for (certificate, seconds, expected) in [
        (&pinned, 0, Some("laptop")),
        (&pinned, 59, Some("laptop")),
        (&pinned, 60, None),
        (&by_key, 0, Some("build")),
        (&named, 0, Some("billing")),
        (&robot, 0, Some("robots")),
        (&stolen, 0, None),
        (&stranger, 0, None),
    ] {
        assert_eq!(admitted(&loaded, certificate, seconds).as_deref(), expected);
    }
    let roles: Vec<Vec<&str>> = loaded
        .policy
        .callers()
        .map(|caller| caller.roles.iter().map(|role| role.as_str()).collect())
        .collect();
    assert_eq!(roles, [vec!["a", "b"], vec![], vec![], vec![]]);
    assert!(loaded.notes.is_empty(), "{:?}", loaded.notes);
}

/// A DER element of less than 128 bytes.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
}

/// Each key of a rule, a certificate that has what it asks for, and one that has not: what the document calls it is what is
/// compared.
#[test]
#[rustfmt::skip]
fn each_condition_compares_what_its_key_says() {
    let place = Place::new();
    let alternative = |tag: u8, content: &[u8]| Shape {
        extensions: vec![("2.5.29.17", false, element(0x30, &element(tag, content)))],
        ..Shape::caller("robot")
    };
    let principal = |name: &[u8]| {
        let oid = element(6, b"\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03");
        alternative(0xA0, &[oid, element(0xA0, &element(0x0C, name))].concat())
    };
    let extension = |value: &[u8]| Shape {
        extensions: vec![("1.3.6.1.4.1.57264.1", false, value.to_vec())],
        ..Shape::caller("robot")
    };
    for (rule, listed, other) in [
        (r#""commonName": "a""#, Shape::caller("a"), Shape::caller("A")),
        (r#""subject": "cn=JANE  doe""#, Shape::caller("Jane Doe"), Shape::caller("Jane Do")),
        (r#""dns": "*.a.example""#, alternative(0x82, b"b.A.example"), alternative(0x82, b"b.c.a.example")),
        (r#""uri": "spiffe://a.example/*""#, alternative(0x86, b"spiffe://a.example/b"), alternative(0x86, b"spiffe://a.example/b/c")),
        (r#""uri": "spiffe://a.example/**""#, alternative(0x86, b"spiffe://a.example/b/c"), alternative(0x86, b"spiffe://a.example")),
        (r#""email": "a@b.example""#, alternative(0x81, b"a@B.example"), alternative(0x81, b"A@b.example")),
        (r#""ip": "10.0.0.1""#, alternative(0x87, &[10, 0, 0, 1]), alternative(0x87, &[10, 0, 0, 2])),
        (r#""userPrincipalName": "a@b.example""#, principal(b"A@b.example"), principal(b"b@b.example")),
        (r#""extension": { "oid": "1.3.6.1.4.1.57264.1" }"#, extension(b"\x05\x00"), Shape::caller("robot")),
        (r#""extension": { "oid": "1.3.6.1.4.1.57264.1", "text": "a" }"#, extension(b"\x0C\x01a"), extension(b"\x0C\x01b")),
        (r#""extension": { "oid": "1.3.6.1.4.1.57264.1", "der": "0500" }"#, extension(b"\x05\x00"), extension(b"\x0C\x01a")),
        (r#""commonName": "robot", "dns": "a.example""#, alternative(0x82, b"a.example"), alternative(0x82, b"b.example")),
    ] {
        let document = format!(
            r#"{{ "version": 1, "trustDomains": {{ "d": {{ "anchors": ["trust/root.pem"] }} }},
"callers": [{{ "name": "c", "any": [{{ "domain": "d", {rule} }}] }}] }}"#
        );
        let loaded = place.load(&document).unwrap();
        let issue = |shape: Shape| place.root.issue(shape);
        assert_eq!(admitted(&loaded, &issue(listed.clone()), 0).as_deref(), Some("c"), "{rule}");
        assert_eq!(admitted(&loaded, &issue(other), 0), None, "{rule}");
        assert_eq!(admitted(&loaded, &listed.self_signed(), 0), None, "{rule}");
    }
}

/// A certificate is denied by each form of entry, and its neighbour is not.
#[test]
fn each_form_of_denial_denies_one_certificate() {
    let place = Place::new();
    let [one, other] = [(); 2].map(|()| place.root.issue(Shape::caller("billing")));
    place.write("one.pem", one.pem());
    let facts = Certificate::parse(&one.der()).unwrap();
    for denied in [
        format!(r#""sha256": "{}""#, one.sha256()),
        format!(r#""sha1": "{}""#, one.sha1()),
        format!(r#""spki": "{}""#, facts.public_key_hash()),
        format!(
            r#""issuer": "{}", "serial": "{}""#,
            facts.issuer(),
            facts.serial_number()
        ),
        r#""issuer": "cn=PARTNERS  root", "serial": "00""#
            .replace("\"00\"", &format!("\"00{}\"", facts.serial())),
        r#""certificate": "one.pem""#.to_owned(),
    ] {
        let document = format!(
            r#"{{ "version": 1, "trustDomains": {{ "a": {{ "anchors": ["trust/root.pem"] }} }}, "denied": [{{ {denied} }}],
"callers": [{{ "name": "billing", "any": [{{ "domain": "a", "commonName": "billing" }}] }}] }}"#
        );
        let loaded = place.load(&document).unwrap();
        assert_eq!(admitted(&loaded, &one, 0), None, "{denied}");
        assert_eq!(
            admitted(&loaded, &other, 0).as_deref(),
            Some("billing"),
            "{denied}"
        );
    }
}

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
         as section 1; a private key does not belong beside a policy"
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

/// The name of a domain says that its authorities belong together.
#[test]
fn authorities_of_several_subjects_make_one_domain() {
    let place = Place::new();
    let other = Shape::authority("Partners Root of Another Name").self_signed();
    place.write("other.pem", other.pem());
    let document = r#"{ "version": 1, "trustDomains": { "a": { "anchors": ["trust/root.pem", "other.pem"] } },
"callers": [{ "name": "c", "any": [{ "domain": "a", "commonName": "c" }] }] }"#;
    let loaded = place.load(document).unwrap();
    for authority in [&place.root, &other] {
        let certificate = authority.issue(Shape::caller("c"));
        assert_eq!(admitted(&loaded, &certificate, 0).as_deref(), Some("c"));
    }
    assert_eq!(
        admitted(&loaded, &place.intermediate.issue(Shape::caller("c")), 0),
        None
    );
}

/// A root from before basicConstraints is an anchor only where the document says so.
#[test]
fn a_legacy_root_is_taken_only_on_demand() {
    let place = Place::new();
    let legacy = Shape {
        version: 1,
        basic_constraints: None,
        key_usage: None,
        extended_key_usage: None,
        ..Shape::authority("Old Root")
    };
    let legacy = legacy.self_signed();
    place.write("old.pem", legacy.pem());
    let document = |members: &str| {
        format!(
            r#"{{ "version": 1, "trustDomains": {{ "a": {{ "anchors": ["old.pem"]{members} }} }},
"callers": [{{ "name": "c", "any": [{{ "domain": "a", "commonName": "c" }}] }}] }}"#
        )
    };
    let refused = place.problems(&document(""));
    assert!(
        matches!(refused.as_slice(), [only] if only.contains("certificate 1 of \"old.pem\"")),
        "{refused:?}"
    );
    let loaded = place.load(&document(r#", "legacyRoots": true"#)).unwrap();
    let certificate = legacy.issue(Shape::caller("c"));
    assert_eq!(admitted(&loaded, &certificate, 0).as_deref(), Some("c"));
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
