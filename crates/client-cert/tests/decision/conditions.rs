//! What a rule compares: each kind of condition, and several together.

use std::sync::Arc;

use client_cert::{
    Caller, Certificate, Condition, Decider, ExtensionValue, FrontEnd, Name, Policy, Rule,
    TrustDomain, Window,
};
use openssl::nid::Nid;
use test_support::{Issued, NOW, Shape};

use crate::table::{assert_rows, decide_value, domain, text};

fn read(issued: &Issued) -> Certificate {
    Certificate::parse(&issued.der()).unwrap()
}

fn key(issued: &Issued) -> Condition {
    Condition::PublicKey(read(issued).public_key_hash())
}

fn name(name: &str) -> Condition {
    Condition::CommonName(name.to_owned())
}

/// What becomes of a certificate under one rule.
fn outcome(
    conditions: Vec<Condition>,
    domain: Option<&Arc<TrustDomain>>,
    certificate: &Issued,
) -> String {
    let rule = Rule::new(conditions, domain.cloned(), Window::ALWAYS).unwrap();
    let policy = Policy::new(
        FrontEnd::Development,
        Default::default(),
        [Caller::of_lists([rule])],
    );
    let decider = Decider::new(policy.unwrap());
    text(&decide_value(&decider, &certificate.header(), NOW))
}

#[test]
#[rustfmt::skip]
fn a_key_admits_every_certificate_that_has_it() {
    let authority = Shape::authority("Authority").self_signed();
    let partner = authority.issue(Shape::caller("partner"));
    let sibling = authority.issue(Shape::caller("partner"));
    let hash = read(&partner).public_key_hash();
    let of_authority = domain(&[&authority], &[]);
    let admitted = format!("allow: key {hash}");
    assert_rows([
        ("the key", outcome(vec![key(&partner)], None, &partner), admitted.as_str()),
        ("another", outcome(vec![key(&partner)], None, &sibling), "deny: not-listed"),
        ("the key under its authority", outcome(vec![key(&partner)], Some(&of_authority), &partner), &admitted),
        ("an authority's key", outcome(vec![key(&authority)], None, &partner), "deny: not-listed"),
    ]);
}

#[test]
#[rustfmt::skip]
fn several_conditions_are_all_required() {
    let authority = Shape::authority("Authority").self_signed();
    let stranger = Shape::authority("Stranger").self_signed();
    let partner = authority.issue(Shape::caller("partner"));
    let sibling = authority.issue(Shape::caller("partner"));
    let (of_authority, of_stranger) = (domain(&[&authority], &[]), domain(&[&stranger], &[]));
    let pin = || Condition::Thumbprint(partner.sha256().parse().unwrap());
    let under = |domain, conditions| outcome(conditions, Some(domain), &partner);
    assert_rows([
        ("a pin and a name", under(&of_authority, vec![pin(), name("partner")]), "allow: pin sha256 and name partner"),
        ("in the other order", under(&of_authority, vec![name("partner"), pin()]), "allow: name partner and pin sha256"),
        ("a pin and another name", under(&of_authority, vec![pin(), name("other")]), "deny: not-listed"),
        ("a name and another's key", under(&of_authority, vec![name("partner"), key(&sibling)]), "deny: not-listed"),
        ("a pin under its authority", under(&of_authority, vec![pin()]), "allow: pin sha256"),
        ("a pin under a foreign authority", under(&of_stranger, vec![pin()]), "deny: path-unverified"),
    ]);
}

/// A DER element of less than 128 bytes.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
}

/// subjectAltName with these names, each a context-specific tag and its content.
fn alternative_names(names: &[(u8, &[u8])]) -> (&'static str, bool, Vec<u8>) {
    let names: Vec<u8> = names
        .iter()
        .flat_map(|(tag, content)| element(0x80 | tag, content))
        .collect();
    ("2.5.29.17", false, element(0x30, &names))
}

const MAIL: u8 = 1;
const DNS: u8 = 2;
const URI: u8 = 6;
const IP: u8 = 7;
/// otherName is constructed.
const OTHER: u8 = 0x20;

#[test]
#[rustfmt::skip]
fn an_alternative_name_counts_by_its_own_kind_alone() {
    let authority = Shape::authority("Authority").self_signed();
    let of_authority = domain(&[&authority], &[]);
    let with = |names: &[(u8, &[u8])]| {
        let extensions = vec![alternative_names(names)];
        authority.issue(Shape { extensions, ..Shape::caller("robot") })
    };
    let all = with(&[(DNS, b"billing.partner.example"), (URI, b"spiffe://partner.example/robots/7"), (MAIL, b"robot@partner.example"), (IP, &[192, 0, 2, 7])]);
    let none = authority.issue(Shape::caller("billing.partner.example"));
    let principal = |oid: &[u8]| [element(6, oid), element(0xa0, &element(0x0c, b"jane@corp.example"))].concat();
    let jane = with(&[(OTHER, &principal(b"\x2b\x06\x01\x04\x01\x82\x37\x14\x02\x03"))]);
    let smtp = with(&[(OTHER, &principal(b"\x2b\x06\x01\x05\x05\x07\x08\x09"))]);
    let shouted = with(&[(MAIL, b"ROBOT@partner.example")]);
    let several = with(&[(DNS, b"first.example"), (DNS, b"billing.partner.example"), (DNS, b"billing.partner.example")]);
    let ask = |condition: Condition, certificate: &Issued| {
        match outcome(vec![condition], Some(&of_authority), certificate).as_str() {
            "deny: not-listed" => "no",
            text if text.starts_with("allow: ") => "yes",
            _ => "unexpected",
        }
    };
    let dns = |text: &str| Condition::Dns(text.parse().unwrap());
    let uri = |text: &str| Condition::Uri(text.parse().unwrap());
    let mail = |text: &str| Condition::Mail(text.parse().unwrap());
    let upn = || Condition::UserPrincipalName("jane@corp.example".parse().unwrap());
    let ip = |text: &str| Condition::Ip(text.parse().unwrap());
    for (what, found, expected) in [
        ("the DNS name", ask(dns("billing.partner.example"), &all), "yes"),
        ("in another case", ask(dns("Billing.Partner.Example"), &all), "yes"),
        ("one of several", ask(dns("billing.partner.example"), &several), "yes"),
        ("by its parent", ask(dns("*.partner.example"), &all), "yes"),
        ("by its grandparent", ask(dns("*.example"), &all), "no"),
        ("another", ask(dns("other.partner.example"), &all), "no"),
        ("a DNS name that is only a common name", ask(dns("billing.partner.example"), &none), "no"),
        ("a common name that is only a DNS name", ask(name("billing.partner.example"), &all), "no"),
        ("the URI", ask(uri("spiffe://partner.example/robots/7"), &all), "yes"),
        ("its last segment", ask(uri("spiffe://partner.example/robots/*"), &all), "yes"),
        ("another segment", ask(uri("spiffe://partner.example/*"), &all), "no"),
        ("another trust domain", ask(uri("spiffe://other.example/robots/7"), &all), "no"),
        ("the mail address", ask(mail("robot@Partner.example"), &all), "yes"),
        ("another mailbox", ask(mail("Robot@partner.example"), &all), "no"),
        ("a mailbox in capitals", ask(mail("ROBOT@partner.example"), &shouted), "yes"),
        ("the same in small letters", ask(mail("robot@partner.example"), &shouted), "no"),
        ("the user principal name", ask(upn(), &jane), "yes"),
        ("another name with its text", ask(upn(), &smtp), "no"),
        ("the IP address", ask(ip("192.0.2.7"), &all), "yes"),
        ("another", ask(ip("192.0.2.8"), &all), "no"),
        ("the same in IPv6", ask(ip("::ffff:192.0.2.7"), &all), "no"),
        ("nothing there", ask(uri("spiffe://partner.example/robots/7"), &none), "no"),
    ] {
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
#[rustfmt::skip]
fn an_extension_is_required_with_what_it_holds() {
    let authority = Shape::authority("Authority").self_signed();
    let of_authority = domain(&[&authority], &[]);
    let holding = |critical, value: Vec<u8>| {
        let extensions = vec![("1.3.6.1.4.1.57264.1", critical, value)];
        authority.issue(Shape { extensions, ..Shape::caller("build") })
    };
    let text = holding(false, element(0x0c, b"release"));
    let condition = |value| vec![Condition::Extension { oid: "1.3.6.1.4.1.57264.1".parse().unwrap(), value }];
    let of_text = |text: &str| condition(ExtensionValue::Text(text.to_owned()));
    let ask = |conditions, certificate: &Issued| {
        let outcome = outcome(conditions, Some(&of_authority), certificate);
        outcome.split(" extension").next().unwrap().to_owned()
    };
    let elsewhere = authority.issue(Shape::caller("build"));
    assert_rows([
        ("there", ask(condition(ExtensionValue::Present), &text), "allow:"),
        ("absent", ask(condition(ExtensionValue::Present), &elsewhere), "deny: not-listed"),
        ("the text", ask(of_text("release"), &text), "allow:"),
        ("in another string type", ask(of_text("release"), &holding(false, element(0x13, b"release"))), "allow:"),
        ("another text", ask(of_text("Release"), &text), "deny: not-listed"),
        ("a part of it", ask(of_text("rel"), &text), "deny: not-listed"),
        ("not a string", ask(of_text("release"), &holding(false, b"release".to_vec())), "deny: not-listed"),
        ("the bytes", ask(condition(ExtensionValue::Der(element(0x0c, b"release").into())), &text), "allow:"),
        ("other bytes", ask(condition(ExtensionValue::Der(element(0x13, b"release").into())), &text), "deny: not-listed"),
        ("a critical one", ask(condition(ExtensionValue::Present), &holding(true, element(0x0c, b"release"))), "deny: critical-extension"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_subject_is_compared_as_a_structure() {
    let authority = Shape::authority("Authority").self_signed();
    let of_authority = domain(&[&authority], &[]);
    let named = |names: &[(Nid, &str)]| {
        let names = names.iter().map(|(nid, text)| (*nid, (*text).to_owned())).collect();
        authority.issue(Shape { names, ..Shape::caller("") })
    };
    let jane = named(&[(Nid::COMMONNAME, "Users"), (Nid::COMMONNAME, "Jane Doe")]);
    let ask = |subject: &str, certificate: &Issued| {
        let subject = Condition::Subject(Name::from_rfc4514(subject).unwrap());
        outcome(vec![subject], Some(&of_authority), certificate)
    };
    let admitted = "allow: subject CN=Jane Doe,CN=Users";
    assert_rows([
        ("two common names", ask("CN=Jane Doe,CN=Users", &jane), admitted),
        ("in another case, with more blanks", ask("cn=JANE  doe,cn=users", &jane), "allow: subject CN=JANE  doe,CN=users"),
        ("in the other order", ask("CN=Users,CN=Jane Doe", &jane), "deny: not-listed"),
        ("one of them", ask("CN=Jane Doe", &jane), "deny: not-listed"),
        ("one more", ask("CN=Jane Doe,CN=Users,DC=example", &jane), "deny: not-listed"),
        ("the name in one text", ask("CN=Jane Doe\\,CN=Users", &jane), "deny: not-listed"),
        ("by a common name, of which there are two", outcome(vec![name("Jane Doe")], Some(&of_authority), &jane), "deny: common-name-ambiguous"),
    ]);
}

/// A common name in a subject is a name that constraints are weighed on, as one that is listed by itself.
#[test]
#[rustfmt::skip]
fn a_subject_is_covered_by_the_name_constraints_of_its_authorities() {
    let excluded = element(0x30, &element(0xa1, &element(0x30, &element(0x82, b"example.com"))));
    let root = Shape { extensions: vec![("2.5.29.30", true, excluded)], ..Shape::authority("Root") }.self_signed();
    let ask = |name: &str| {
        let subject = Condition::Subject(Name::from_rfc4514(&format!("CN={name}")).unwrap());
        outcome(vec![subject], Some(&domain(&[&root], &[])), &root.issue(Shape::caller(name)))
    };
    assert_rows([
        ("outside", ask("a.example.org"), "allow: subject CN=a.example.org"),
        ("in the excluded subtree", ask("a.example.com"), "deny: path-unverified"),
    ]);
}

/// The anchor's limits count down with every certificate that is not self-issued.
#[test]
#[rustfmt::skip]
fn an_explicit_policy_is_required_after_as_many_certificates_as_the_anchor_says() {
    let ask = |skip: u8, between: &str| {
        let constraints = ("2.5.29.36", true, element(0x30, &element(0x80, &[skip])));
        let root = Shape { extensions: vec![constraints], ..Shape::authority("Root") }.self_signed();
        let sub = root.issue(Shape::authority(between));
        let caller = sub.issue(Shape::caller("partner"));
        outcome(vec![name("partner")], Some(&domain(&[&root], &[&sub])), &caller)
    };
    assert_rows([
        ("three", ask(3, "Sub"), "allow: name partner"),
        ("two", ask(2, "Sub"), "deny: path-unverified"),
        ("two, and one is self-issued", ask(2, "Root"), "allow: name partner"),
        ("one, and one is self-issued", ask(1, "Root"), "deny: path-unverified"),
    ]);
}

/// A policy counts if every certificate of the path was issued under it; what the end entity claims alone is worth nothing.
#[test]
#[rustfmt::skip]
fn a_certificate_policy_is_valid_for_the_whole_path() {
    let policies = |list: &[&[u8]]| {
        let list: Vec<u8> = list.iter().flat_map(|oid| element(0x30, &element(6, oid))).collect();
        ("2.5.29.32", false, element(0x30, &list))
    };
    let (high, low): (&[u8], &[u8]) = (b"\x2a\x03\x01", b"\x2a\x03\x02");
    let root = Shape::authority("Root").self_signed();
    let ask = |of_sub: &[&[u8]], of_caller: &[&[u8]], required: &str| {
        let issued = |list: &[&[u8]]| if list.is_empty() { Vec::new() } else { vec![policies(list)] };
        let sub = root.issue(Shape { extensions: issued(of_sub), ..Shape::authority("Sub") });
        let caller = sub.issue(Shape { extensions: issued(of_caller), ..Shape::caller("partner") });
        let conditions = vec![name("partner"), Condition::CertificatePolicy(required.parse().unwrap())];
        outcome(conditions, Some(&domain(&[&root], &[&sub])), &caller)
    };
    let any: &[u8] = b"\x55\x1d\x20\x00";
    let admitted = "allow: name partner and certificate policy 1.2.3.1";
    assert_rows([
        ("both were issued under it", ask(&[high], &[high], "1.2.3.1"), admitted),
        ("beside another", ask(&[high, low], &[high], "1.2.3.1"), admitted),
        ("the authority may issue under any", ask(&[any], &[high], "1.2.3.1"), admitted),
        ("another is required", ask(&[high], &[high], "1.2.3.2"), "deny: path-unverified"),
        ("the end entity claims it alone", ask(&[low], &[high], "1.2.3.1"), "deny: path-unverified"),
        ("its authority was issued under none", ask(&[], &[high], "1.2.3.1"), "deny: path-unverified"),
        ("the end entity does not claim it", ask(&[high], &[], "1.2.3.1"), "deny: not-listed"),
    ]);
}
