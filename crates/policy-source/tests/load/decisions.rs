//! What the loaded policy decides.

use client_cert::Certificate;
use test_support::{NOW, Shape};

use crate::place::{Place, admitted};

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
