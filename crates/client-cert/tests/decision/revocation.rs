//! Revocation: what lists say of the certificates on a path, and what a domain does where they say nothing.

use std::sync::Arc;

use client_cert::{
    Caller, Condition, Crl, CrlError, CrlSet, Decider, Decision, DomainRevocation, FrontEnd,
    ListSigner, OnUncertain, Policy, Revocation, RevocationRule, Rule, SignerError, TrustDomain,
    Window,
};
use test_support::crl::{List, element, extension, sequence};
use test_support::{DAY, Issued, NOW, Shape};

use crate::table::{assert_rows, decide_value, domain, text};

const ISSUING_POINT: &[u8] = b"\x55\x1d\x1c";
const NUMBER: &[u8] = b"\x55\x1d\x14";
const DELTA: &[u8] = b"\x55\x1d\x1b";
const REASON: &[u8] = b"\x55\x1d\x15";
const AUTHORITY_KEY: &[u8] = b"\x55\x1d\x23";
const FRESHEST: &[u8] = b"\x55\x1d\x2e";

/// A root, an intermediate below it, and callers of both.
struct Authorities {
    root: Issued,
    sub: Issued,
    of_sub: Issued,
    of_root: Issued,
    domain: Arc<TrustDomain>,
}

fn authorities() -> Authorities {
    let root = Shape::authority("Root").self_signed();
    let sub = root.issue(Shape::authority("Sub"));
    Authorities {
        of_sub: sub.issue(Shape::caller("partner")),
        of_root: root.issue(Shape::caller("partner")),
        domain: domain(&[&root], &[&sub]),
        root,
        sub,
    }
}

pub(crate) const STRICT: RevocationRule = RevocationRule {
    unknown: OnUncertain::Deny,
    stale: OnUncertain::Deny,
};
const LENIENT: RevocationRule = RevocationRule {
    unknown: OnUncertain::Allow,
    stale: OnUncertain::Allow,
};

fn decider(domain: &Arc<TrustDomain>, rule: RevocationRule, lists: Vec<Vec<u8>>) -> Decider {
    let lists = lists.iter().map(|der| Crl::parse(der).unwrap());
    let (lists, _) = CrlSet::new(domain, lists);
    let caller = Caller::of_lists([Rule::common_name("partner", domain)]);
    let policy = Policy::new(FrontEnd::Development, Default::default(), [caller]).unwrap();
    Decider::new(policy.with_revocation([DomainRevocation {
        domain: Arc::clone(domain),
        rule,
        lists: Arc::new(lists),
    }]))
}

/// What becomes of a caller at an instant, and what is known of revocation.
pub(crate) fn ask_at(
    domain: &Arc<TrustDomain>,
    rule: RevocationRule,
    lists: Vec<Vec<u8>>,
    certificate: &Issued,
    now: i64,
) -> String {
    outcome(&decider(domain, rule, lists), certificate, now)
}

fn outcome(decider: &Decider, certificate: &Issued, now: i64) -> String {
    let decision = decide_value(decider, &certificate.header(), now);
    match &decision {
        Decision::Allow(permit) => format!("allow, {}", permit.revocation()),
        Decision::Deny(refusal) => {
            let decided = text(&decision);
            let known = match decided.as_str() {
                "deny: certificate-revoked" => Some(Revocation::Revoked),
                "deny: revocation-unknown" => Some(Revocation::Unknown),
                "deny: revocation-stale" => Some(Revocation::Stale),
                _ => None,
            };
            assert_eq!(refusal.denial().revocation(), known, "{decided}");
            decided
        }
    }
}

#[test]
#[rustfmt::skip]
fn every_certificate_of_a_path_but_the_anchors_is_looked_up() {
    let Authorities { root, sub, of_sub, of_root, domain } = authorities();
    let clean = |authority: &Issued| List::of(&[]).signed_by(authority);
    let revokes = |authority: &Issued, certificate: &Issued| List::of(&[certificate]).signed_by(authority);
    let strict = |lists: Vec<Vec<u8>>, certificate: &Issued| ask_at(&domain, STRICT, lists, certificate, NOW);
    let lenient = |lists: Vec<Vec<u8>>, certificate: &Issued| ask_at(&domain, LENIENT, lists, certificate, NOW);
    assert_rows([
        ("lists of both", strict(vec![clean(&root), clean(&sub)], &of_sub), "allow, good"),
        ("the caller is revoked", strict(vec![clean(&root), revokes(&sub, &of_sub)], &of_sub), "deny: certificate-revoked"),
        ("another is", strict(vec![clean(&root), revokes(&sub, &sub)], &of_sub), "allow, good"),
        ("the intermediate is", strict(vec![revokes(&root, &sub), clean(&sub)], &of_sub), "deny: certificate-revoked"),
        ("the intermediate is, whatever is allowed", lenient(vec![revokes(&root, &sub)], &of_sub), "deny: certificate-revoked"),
        ("the anchor by itself", strict(vec![revokes(&root, &root)], &of_root), "allow, good"),
        ("no list of the intermediate", strict(vec![clean(&root)], &of_sub), "deny: revocation-unknown"),
        ("no list of the root", strict(vec![clean(&sub)], &of_sub), "deny: revocation-unknown"),
        ("no list", strict(vec![], &of_sub), "deny: revocation-unknown"),
        ("no list, and that is allowed", lenient(vec![], &of_sub), "allow, unknown"),
        ("the number, revoked by another issuer", strict(vec![List::of(&[&of_sub]).signed_by(&root), clean(&sub)], &of_sub), "allow, good"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_list_counts_from_its_beginning_to_its_next_update() {
    let Authorities { root, of_root, domain, .. } = authorities();
    let from = |this_update: i64, next_update: i64, revoked: &[&Issued]| List { this_update, next_update: Some(next_update), ..List::of(revoked) }.signed_by(&root);
    let strict = |lists: Vec<Vec<u8>>, now| ask_at(&domain, STRICT, lists, &of_root, now);
    let lenient = |lists: Vec<Vec<u8>>, now| ask_at(&domain, LENIENT, lists, &of_root, now);
    let fresh = || from(NOW, NOW + DAY, &[]);
    let old = || from(NOW - DAY, NOW + DAY, &[]);
    assert_rows([
        ("its first second", strict(vec![fresh()], NOW), "allow, good"),
        ("a second before", strict(vec![fresh()], NOW - 1), "deny: revocation-unknown"),
        ("its last second", strict(vec![fresh()], NOW + DAY), "allow, good"),
        ("a second after", strict(vec![fresh()], NOW + DAY + 1), "deny: revocation-stale"),
        ("a second after, and that is allowed", lenient(vec![fresh()], NOW + DAY + 1), "allow, stale"),
        ("stale, and it lists the caller", lenient(vec![from(NOW - DAY, NOW - 1, &[&of_root])], NOW), "deny: certificate-revoked"),
        ("the newer list revokes", strict(vec![old(), from(NOW, NOW + DAY, &[&of_root])], NOW), "deny: certificate-revoked"),
        ("only the older list did", strict(vec![from(NOW - DAY, NOW + DAY, &[&of_root]), fresh()], NOW), "allow, good"),
        ("the newer list is not there yet", strict(vec![old(), from(NOW + 1, NOW + DAY, &[&of_root])], NOW), "allow, good"),
    ]);
    // What is kept of a caller ends with the list, and when the next one begins.
    let kept = decider(&domain, STRICT, vec![old(), from(NOW + 10, NOW + 5 * DAY, &[&of_root])]);
    assert_rows([
        ("admitted", outcome(&kept, &of_root, NOW), "allow, good"),
        ("until the next list", outcome(&kept, &of_root, NOW + 9), "allow, good"),
        ("from then on", outcome(&kept, &of_root, NOW + 10), "deny: certificate-revoked"),
    ]);
    let ends = decider(&domain, STRICT, vec![old()]);
    assert_rows([
        ("admitted", outcome(&ends, &of_root, NOW + DAY), "allow, good"),
        ("a second later", outcome(&ends, &of_root, NOW + DAY + 1), "deny: revocation-stale"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_list_covers_what_it_says_it_covers() {
    let Authorities { root, sub, of_sub, of_root, domain } = authorities();
    let scoped = |authority: &Issued, fields: &[Vec<u8>], revoked: &[&Issued]| {
        let extensions = vec![extension(ISSUING_POINT, true, &sequence(fields))];
        List { extensions, ..List::of(revoked) }.signed_by(authority)
    };
    let clean = |authority: &Issued| List::of(&[]).signed_by(authority);
    let (users, authorities) = (element(0x81, &[0xff]), element(0x82, &[0xff]));
    let some_reasons = element(0x83, &[6, 0x40]);
    let other_reasons = element(0x83, &[0, 0x3f, 0x80].map(|byte| byte));
    let elsewhere = element(0xa0, &element(0xa0, &element(0x86, b"http://crl.example/1")));
    let strict = |lists: Vec<Vec<u8>>, certificate: &Issued| ask_at(&domain, STRICT, lists, certificate, NOW);
    assert_rows([
        ("end entities alone, for one", strict(vec![scoped(&root, std::slice::from_ref(&users), &[])], &of_root), "allow, good"),
        ("end entities alone, revoked", strict(vec![scoped(&root, std::slice::from_ref(&users), &[&of_root])], &of_root), "deny: certificate-revoked"),
        ("authorities alone, for an end entity", strict(vec![scoped(&root, std::slice::from_ref(&authorities), &[])], &of_root), "deny: revocation-unknown"),
        ("each alone, for a path of both", strict(vec![scoped(&root, std::slice::from_ref(&authorities), &[]), scoped(&sub, std::slice::from_ref(&users), &[])], &of_sub), "allow, good"),
        ("the wrong way round", strict(vec![scoped(&root, &[users], &[]), scoped(&sub, &[authorities], &[])], &of_sub), "deny: revocation-unknown"),
        ("some reasons", strict(vec![scoped(&root, std::slice::from_ref(&some_reasons), &[])], &of_root), "deny: revocation-unknown"),
        ("some reasons, revoked", strict(vec![scoped(&root, std::slice::from_ref(&some_reasons), &[&of_root])], &of_root), "deny: certificate-revoked"),
        ("all reasons in two lists", strict(vec![scoped(&root, &[some_reasons], &[]), scoped(&root, &[other_reasons], &[])], &of_root), "allow, good"),
        ("another distribution point", strict(vec![scoped(&root, &[elsewhere], &[&of_root])], &of_root), "deny: revocation-unknown"),
        ("a list of everything beside it", strict(vec![clean(&root)], &of_root), "allow, good"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_partitioned_list_covers_the_certificates_that_point_to_it() {
    let root = Shape::authority("Root").self_signed();
    let point = |uri: &[u8]| element(0xa0, &element(0xa0, &element(0x86, uri)));
    let pointing = |uri: &[u8]| {
        let value = sequence(&[sequence(&[point(uri)])]);
        root.issue(Shape { extensions: vec![("2.5.29.31", false, value)], ..Shape::caller("partner") })
    };
    let (first, second) = (pointing(b"http://crl.example/1"), pointing(b"http://crl.example/2"));
    let domain = domain(&[&root], &[]);
    let list = |uri: &[u8], revoked: &[&Issued]| {
        let extensions = vec![extension(ISSUING_POINT, true, &sequence(&[point(uri)]))];
        List { extensions, ..List::of(revoked) }.signed_by(&root)
    };
    let lists = || vec![list(b"http://crl.example/1", &[&first, &second]), list(b"http://crl.example/2", &[])];
    assert_rows([
        ("in its own list", ask_at(&domain, STRICT, lists(), &first, NOW), "deny: certificate-revoked"),
        ("in another's list", ask_at(&domain, STRICT, lists(), &second, NOW), "allow, good"),
        ("without its list", ask_at(&domain, STRICT, vec![list(b"http://crl.example/1", &[])], &second, NOW), "deny: revocation-unknown"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_delta_brings_its_base_up_to_date() {
    let Authorities { root, of_root, domain, .. } = authorities();
    let numbered = |number: u8, more: Vec<Vec<u8>>| [vec![extension(NUMBER, false, &element(2, &[number]))], more].concat();
    let base_with = |more: Vec<Vec<u8>>, revoked: &[&Issued]| List { extensions: numbered(5, more), ..List::of(revoked) }.signed_by(&root);
    let base = |revoked: &[&Issued]| base_with(vec![], revoked);
    let delta_with = |number: u8, base: u8, more: Vec<Vec<u8>>, entries: Vec<(Vec<u8>, Vec<Vec<u8>>)>| {
        let more = [vec![extension(DELTA, true, &element(2, &[base]))], more].concat();
        List { extensions: numbered(number, more), entries, ..List::of(&[]) }.signed_by(&root)
    };
    let delta = |number: u8, base: u8, entries: Vec<(Vec<u8>, Vec<Vec<u8>>)>| delta_with(number, base, vec![], entries);
    let users = || vec![extension(ISSUING_POINT, true, &sequence(&[element(0x81, &[0xff])]))];
    let key = |octet: u8| vec![extension(AUTHORITY_KEY, false, &sequence(&[element(0x80, &[octet])]))];
    let revoked = || vec![(of_root.serial(), vec![])];
    let removed = || vec![(of_root.serial(), vec![extension(REASON, false, &element(10, &[8]))])];
    let strict = |lists: Vec<Vec<u8>>| ask_at(&domain, STRICT, lists, &of_root, NOW);
    assert_rows([
        ("the base alone", strict(vec![base(&[])]), "allow, good"),
        ("revoked since", strict(vec![base(&[]), delta(6, 5, revoked())]), "deny: certificate-revoked"),
        ("no longer on hold", strict(vec![base(&[&of_root]), delta(6, 5, removed())]), "allow, good"),
        ("a delta without its base", strict(vec![delta(6, 5, vec![])]), "deny: revocation-unknown"),
        ("a delta of a later base", strict(vec![base(&[&of_root]), delta(7, 6, removed())]), "deny: certificate-revoked"),
        ("a delta older than the base", strict(vec![base(&[&of_root]), delta(4, 3, removed())]), "deny: certificate-revoked"),
        ("a delta of another scope", strict(vec![base(&[&of_root]), delta_with(6, 5, users(), removed())]), "deny: certificate-revoked"),
        ("a delta of the same scope", strict(vec![base_with(users(), &[&of_root]), delta_with(6, 5, users(), removed())]), "allow, good"),
        ("a delta by another key", strict(vec![base_with(key(1), &[&of_root]), delta_with(6, 5, key(2), removed())]), "deny: certificate-revoked"),
        ("a delta by a key that the base does not name", strict(vec![base(&[&of_root]), delta_with(6, 5, key(1), removed())]), "deny: certificate-revoked"),
        ("a delta by the same key", strict(vec![base_with(key(1), &[&of_root]), delta_with(6, 5, key(1), removed())]), "allow, good"),
        ("removed in a base", strict(vec![List { extensions: numbered(5, vec![]), entries: removed(), ..List::of(&[]) }.signed_by(&root)]), "deny: certificate-revoked"),
    ]);
}

/// What is kept of a caller ends with whatever the look-up was made from: each pair of lists says another thing ten seconds later.
#[test]
#[rustfmt::skip]
fn an_admission_is_kept_no_longer_than_what_lists_say() {
    let root = Shape::authority("Root").self_signed();
    let caller = root.issue(Shape::caller("partner"));
    let signer = |not_before: i64, not_after: i64| root.issue(Shape { not_before, not_after, key_usage: Some(vec!["cRLSign"]), extended_key_usage: None, ..Shape::caller("Root") });
    let (ends, begins) = (signer(NOW - DAY, NOW + 9), signer(NOW + 10, NOW + DAY));
    let signers = [&ends, &begins].map(|signer| ListSigner::new(&signer.der()).unwrap());
    let anchor = client_cert::Anchor::new(&root.der()).unwrap();
    let domain = Arc::new(TrustDomain::of_several_subjects(vec![anchor], vec![]).unwrap().with_list_signers(signers.to_vec()));
    let base = List { extensions: vec![extension(NUMBER, false, &element(2, &[5]))], ..List::of(&[]) };
    let delta = |from: i64, to: i64, entries: Vec<(Vec<u8>, Vec<Vec<u8>>)>| List {
        this_update: from,
        next_update: Some(to),
        extensions: vec![extension(NUMBER, false, &element(2, &[6])), extension(DELTA, true, &element(2, &[5]))],
        entries,
        ..List::of(&[])
    };
    let revoked = vec![(caller.serial(), vec![])];
    let removed = vec![(caller.serial(), vec![extension(REASON, false, &element(10, &[8]))])];
    let held = List { entries: revoked.clone(), ..base.clone() };
    for (what, lists, later) in [
        ("a delta begins", vec![base.signed_by(&root), delta(NOW + 10, NOW + DAY, revoked).signed_by(&root)], "deny: certificate-revoked"),
        ("a delta ends", vec![held.signed_by(&root), delta(NOW - DAY, NOW + 9, removed).signed_by(&root)], "deny: certificate-revoked"),
        ("a signer ends", vec![List::of(&[]).signed_by(&ends)], "deny: revocation-unknown"),
        ("a signer begins", vec![List::of(&[]).signed_by(&root), List { this_update: NOW - 60, ..List::of(&[&caller]) }.signed_by(&begins)], "deny: certificate-revoked"),
    ] {
        let kept = decider(&domain, STRICT, lists);
        let outcomes = [NOW, NOW + 9, NOW + 10].map(|now| outcome(&kept, &caller, now));
        assert_eq!(outcomes, ["allow, good", "allow, good", later], "{what}");
    }
}

#[test]
#[rustfmt::skip]
fn a_list_counts_if_an_authority_of_the_domain_signed_it() {
    let Authorities { root, domain, .. } = authorities();
    let stranger = Shape::authority("Stranger").self_signed();
    let namesake = Shape::authority("Root").self_signed();
    let silent = Shape { key_usage: Some(vec!["keyCertSign"]), ..Shape::authority("Silent") }.self_signed();
    let mut forged = List::of(&[]).signed_by(&root);
    *forged.last_mut().unwrap() ^= 1;
    let error = |domain: &TrustDomain, der: &[u8]| {
        let (set, unusable) = CrlSet::new(domain, [Crl::parse(der).unwrap()]);
        assert_eq!(set.lists().count() + unusable.len(), 1);
        unusable.first().map(|list| list.error)
    };
    assert_eq!(error(&domain, &List::of(&[]).signed_by(&root)), None);
    assert_eq!(error(&domain, &List::of(&[]).signed_by(&stranger)), Some(SignerError::UnknownIssuer));
    assert_eq!(error(&domain, &List::of(&[]).signed_by(&namesake)), Some(SignerError::Signature));
    assert_eq!(error(&domain, &forged), Some(SignerError::Signature));
    assert_eq!(error(&crate::table::domain(&[&silent], &[]), &List::of(&[]).signed_by(&silent)), Some(SignerError::KeyUsage));
}

#[test]
#[rustfmt::skip]
fn a_list_that_cannot_be_read_whole_is_refused() {
    let Authorities { root, of_root, .. } = authorities();
    let read = |list: List| Crl::parse(&list.signed_by(&root)).err();
    let with = |extensions: Vec<Vec<u8>>| read(List { extensions, ..List::of(&[]) });
    let with_entry = |extensions: Vec<Vec<u8>>| read(List { entries: vec![(of_root.serial(), extensions)], ..List::of(&[]) });
    let critical = |found: &str| Some(CrlError::CriticalExtension { found: found.to_owned() });
    assert_eq!(read(List::of(&[&of_root])), None);
    assert_eq!(read(List { next_update: None, ..List::of(&[]) }), Some(CrlError::NoNextUpdate));
    assert_eq!(read(List { next_update: None, ..List::of(&[&of_root]) }), Some(CrlError::NoNextUpdate));
    assert_eq!(with(vec![extension(b"\x2a\x03", true, &[5, 0])]), critical("1.2.3"));
    assert_eq!(with(vec![extension(b"\x2a\x03", false, &[5, 0])]), None);
    assert_eq!(with_entry(vec![extension(b"\x2a\x03", true, &[5, 0])]), critical("1.2.3"));
    assert_eq!(with_entry(vec![extension(b"\x2a\x03", false, &[5, 0])]), None);
    assert!(matches!(with(vec![extension(NUMBER, false, &[5, 0])]), Some(CrlError::Malformed(_))));
    assert!(matches!(with(vec![extension(NUMBER, false, &[2, 1, 1]), extension(NUMBER, false, &[2, 1, 1])]), Some(CrlError::Malformed(_))));
    assert!(matches!(with(vec![extension(NUMBER, false, &element(4, &[1]))]), Some(CrlError::Malformed(_))));
    let of_attributes = |flag: &[u8]| with(vec![extension(ISSUING_POINT, true, &sequence(&[element(0x85, flag)]))]);
    assert_eq!(of_attributes(&[0xff]), Some(CrlError::AttributeCertificates));
    assert_eq!(of_attributes(&[0]), None);
    assert!(matches!(of_attributes(&[1]), Some(CrlError::Malformed(_))));
    // Critical ones that say nothing here, or are understood.
    assert_eq!(with(vec![extension(FRESHEST, true, &[5, 0])]), None);
    assert_eq!(with(vec![extension(AUTHORITY_KEY, true, &sequence(&[element(0x80, &[1])]))]), None);
    for fields in [
        [element(4, b"\x2a\x03"), element(4, &[])],
        [element(6, b"\x2a\x03"), element(3, &[0])],
        [element(4, b"\x2a\x03"), element(3, &[0])],
    ] {
        assert!(matches!(with(vec![sequence(&fields)]), Some(CrlError::Malformed(_))));
    }
    let der = List::of(&[&of_root]).signed_by(&root);
    for end in 0..der.len() {
        assert!(Crl::parse(&der[..end]).is_err(), "{end} bytes");
    }
    assert!(Crl::parse(&[&der[..], &[0]].concat()).is_err());
}

/// Numbers of every length, with prefixes in common and lengths of their own, listed backwards: each is found, its neighbours are not.
#[test]
fn each_number_of_a_long_list_is_found_and_no_other() {
    let root = Shape::authority("Root").self_signed();
    let number = |prefix: usize, number: u16| {
        let mut serial = vec![0x11; prefix];
        serial.extend(number.to_be_bytes());
        serial
    };
    let prefixes = [1, 14, 18, 130];
    let listed = prefixes.iter().flat_map(|prefix| {
        let numbers = (0..700_u16).rev().map(|odd| number(*prefix, 2 * odd + 1));
        numbers.map(|serial| (serial, Vec::new()))
    });
    let entries = listed.collect();
    let der = List {
        entries,
        ..List::of(&[])
    }
    .signed_by(&root);
    let crl = Crl::parse(&der).unwrap();
    assert_eq!(crl.len(), 2_800);
    for prefix in prefixes {
        for candidate in 0..1_402 {
            let serial = number(prefix, candidate);
            let expected = candidate % 2 == 1 && candidate < 1_400;
            assert_eq!(crl.lists(crl.issuer(), &serial), expected, "{serial:?}");
        }
    }
    assert!(crl.lists(crl.issuer(), &[&[0, 0][..], &number(1, 1)].concat()));
    assert!(!crl.lists(crl.issuer(), &[]));
}

/// A pin names one certificate and asks no authority; with a domain beside it, it is looked up there.
#[test]
#[rustfmt::skip]
fn a_pin_is_looked_up_in_the_domain_beside_it_alone() {
    let Authorities { root, of_root, domain, .. } = authorities();
    let ask = |beside: Option<&Arc<TrustDomain>>| {
        let pin = Condition::Thumbprint(of_root.sha256().parse().unwrap());
        let rules = [Rule::new(vec![pin], beside.cloned(), Window::ALWAYS).unwrap()];
        let policy = Policy::new(FrontEnd::Development, Default::default(), [Caller::of_lists(rules)]).unwrap();
        let (lists, _) = CrlSet::new(&domain, [Crl::parse(&List::of(&[&of_root]).signed_by(&root)).unwrap()]);
        let revocation = DomainRevocation { domain: Arc::clone(&domain), rule: STRICT, lists: Arc::new(lists) };
        outcome(&Decider::new(policy.with_revocation([revocation])), &of_root, NOW)
    };
    assert_eq!(ask(None), "allow, not-configured");
    assert_eq!(ask(Some(&domain)), "deny: certificate-revoked");
}

/// An indirect list is another authority's: it counts for certificates that name that authority as the issuer of their lists.
#[test]
#[rustfmt::skip]
fn an_indirect_list_covers_the_certificates_that_name_its_issuer() {
    let root = Shape::authority("Root").self_signed();
    let lister = root.issue(Shape::authority("Lists"));
    let name = |of: &Issued| of.certificate.subject_name().to_der().unwrap();
    let directory = |of: &Issued| element(0xa4, &name(of));
    let naming = |of: &Issued| {
        let point = sequence(&[element(0xa2, &directory(of))]);
        root.issue(Shape { extensions: vec![("2.5.29.31", false, sequence(&[point]))], ..Shape::caller("partner") })
    };
    let (named, unnamed) = (naming(&lister), root.issue(Shape::caller("partner")));
    let domain = domain(&[&root], &[&lister]);
    let list = |indirect: bool, entries: Vec<(Vec<u8>, Vec<Vec<u8>>)>| {
        let fields = if indirect { vec![element(0x84, &[0xff])] } else { vec![] };
        let extensions = vec![extension(ISSUING_POINT, true, &sequence(&fields))];
        List { extensions, entries, ..List::of(&[]) }.signed_by(&lister)
    };
    let of_root = extension(b"\x55\x1d\x1d", true, &sequence(&[directory(&root)]));
    let revoked = || vec![(named.serial(), vec![of_root.clone()])];
    let strict = |lists: Vec<Vec<u8>>, certificate: &Issued| ask_at(&domain, STRICT, lists, certificate, NOW);
    assert_rows([
        ("lists nobody", strict(vec![list(true, vec![])], &named), "allow, good"),
        ("lists the certificate of its issuer", strict(vec![list(true, revoked())], &named), "deny: certificate-revoked"),
        ("lists the number as one of its own", strict(vec![list(true, vec![(named.serial(), vec![])])], &named), "allow, good"),
        ("an issuer holds for the entries after it", strict(vec![list(true, vec![(vec![1], vec![of_root.clone()]), (named.serial(), vec![])])], &named), "deny: certificate-revoked"),
        ("is not indirect", strict(vec![list(false, vec![])], &named), "deny: revocation-unknown"),
        ("a certificate that names nobody", strict(vec![list(true, vec![])], &unnamed), "deny: revocation-unknown"),
    ]);
}

/// Lists may be signed by a certificate that signs nothing else, which can be revoked itself.
#[test]
#[rustfmt::skip]
fn a_signer_of_lists_counts_while_it_is_valid_and_not_revoked() {
    let root = Shape::authority("Root").self_signed();
    let partner = root.issue(Shape::caller("partner"));
    let signer = |shape: Shape| root.issue(Shape { key_usage: Some(vec!["cRLSign"]), extended_key_usage: None, ..shape });
    let usual = signer(Shape::caller("Root"));
    let ended = signer(Shape { not_after: NOW - 1, ..Shape::caller("Root") });
    let stranger = Shape { key_usage: Some(vec!["cRLSign"]), ..Shape::caller("Root") }.self_signed();
    let ask = |signer: &Issued, revoked: &[&Issued], by_root: Option<&[&Issued]>| {
        let domain = (*domain(&[&root], &[])).clone().with_list_signers(vec![ListSigner::new(&signer.der()).unwrap()]);
        let older = |revoked: &[&Issued]| {
            let users = extension(ISSUING_POINT, true, &sequence(&[element(0x83, &[6, 0x40])]));
            List { extensions: vec![users], ..List::of(revoked) }.signed_by(&root)
        };
        let lists = [Some(List::of(revoked).signed_by(signer)), by_root.map(older)];
        ask_at(&Arc::new(domain), STRICT, lists.into_iter().flatten().collect(), &partner, NOW)
    };
    assert_rows([
        ("lists nobody", ask(&usual, &[], None), "allow, good"),
        ("lists the caller", ask(&usual, &[&partner], None), "deny: certificate-revoked"),
        ("no longer valid", ask(&ended, &[], None), "deny: revocation-unknown"),
        ("issued by nobody of the domain", ask(&stranger, &[], None), "deny: revocation-unknown"),
        ("not revoked by the authority", ask(&usual, &[], Some(&[])), "allow, good"),
        ("revoked by the authority", ask(&usual, &[], Some(&[&usual])), "deny: revocation-unknown"),
        ("revoked by itself, which is nobody's word", ask(&usual, &[&usual], None), "allow, good"),
    ]);
    assert!(ListSigner::new(&partner.der()).is_err(), "no cRLSign");
}
