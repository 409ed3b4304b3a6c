//! Revocation lists of a document: applied apart from it.

use std::sync::Arc;
use std::time::SystemTime;

use client_cert::{Certificate, Crl, FrontEnd, Policy};
use policy_source::{FetchedList, FetchedLists, ListedPolicy, LoadedDocument, PolicyFile};
use test_support::crl::List;
use test_support::{Issued, Shape};

use crate::place::{FITNESS, Place, admitted_by};

const URL: &str = "http://crl.partner.example/sub.crl?sig=hunter2";

/// A document whose domain has these lists, and one for trial with others.
fn document(lists: &str, report_only: Option<&str>) -> String {
    let report_only =
        report_only.map_or_else(String::new, |name| format!(r#""reportOnly": "{name}","#));
    format!(
        r#"{{ "version": 1, {report_only} "trustDomains": {{ "p": {{ "anchors": ["trust/root.pem"], "intermediates": ["trust/sub.der"],
"revocation": {{ "crls": [{lists}] }} }} }},
"callers": [{{ "name": "c", "any": [{{ "domain": "p", "commonName": "c" }}] }}] }}"#
    )
}

fn file(place: &Place) -> PolicyFile {
    PolicyFile::new(&place.folder.path().join("policy.json"))
}

fn load(place: &Place) -> LoadedDocument {
    let attempt = file(place).load(FrontEnd::AppService, FITNESS);
    attempt.outcome.unwrap()
}

fn is_admitted(policy: &ListedPolicy, fetched: &FetchedLists, certificate: &Issued) -> bool {
    admitted_by(&policy.policy(fetched).0, certificate, 0).is_some()
}

fn fetched(der: &[u8]) -> FetchedLists {
    let list = FetchedList {
        list: Arc::new(Crl::parse(der).unwrap()),
        confirmed: SystemTime::UNIX_EPOCH,
    };
    FetchedLists::from_iter([(URL.parse().unwrap(), list)])
}

/// Each policy has the lists that its own document names, from wherever each comes; what is missing is noted without the
/// URL's query.
#[test]
fn a_document_and_the_one_for_trial_have_each_their_own_lists() {
    let place = Place::new();
    let caller = place.intermediate.issue(Shape::caller("c"));
    let of_sub = List::of(&[]).signed_by(&place.intermediate);
    place.write("trust/root.crl", List::of(&[]).signed_by(&place.root));
    let both = format!(r#""trust/root.crl", "{URL}""#);
    place.write("policy.json", document(&both, Some("next.json")));
    place.write(
        "next.json",
        document(r#""trust/root.crl", "trust/sub.crl""#, None),
    );
    let loaded = load(&place);
    let tried = loaded.report_only.clone().unwrap().unwrap();
    let wanted = loaded.wanted_lists();
    let wanted: Vec<&str> = wanted.urls().map(|url| url.exposed()).collect();
    assert_eq!(wanted, [URL]);
    assert!(tried.wanted_lists().is_empty());
    let none = FetchedLists::default();
    let (_, notes) = loaded.policy.policy(&none);
    assert_eq!(
        notes,
        [
            "trust domain p: the revocation list at http://crl.partner.example/sub.crl has not been fetched; what it covers is unknown"
        ]
    );
    assert!(!is_admitted(&loaded.policy, &none, &caller));
    let (policy, notes) = loaded.policy.policy(&fetched(&of_sub));
    assert!(notes.is_empty(), "{notes:?}");
    assert!(admitted_by(&policy, &caller, 0).is_some());
    assert!(!is_admitted(&tried, &fetched(&of_sub), &caller));
    place.write("trust/sub.crl", &of_sub);
    let (loaded, _) = file(&place).load_lists(&loaded);
    let tried = loaded.report_only.unwrap().unwrap();
    assert!(is_admitted(&tried, &none, &caller));
}

/// Revoking a caller must not wait until somebody mends the document.
#[test]
fn a_list_takes_effect_while_the_document_does_not_load() {
    let place = Place::new();
    let caller = place.intermediate.issue(Shape::caller("c"));
    place.write("trust/root.crl", List::of(&[]).signed_by(&place.root));
    place.write(
        "trust/sub.crl",
        List::of(&[]).signed_by(&place.intermediate),
    );
    place.write(
        "policy.json",
        document(r#""trust/root.crl", "trust/sub.crl""#, None),
    );
    let attempt = file(&place).load(FrontEnd::AppService, FITNESS);
    let loaded = attempt.outcome.unwrap();
    let none = FetchedLists::default();
    assert!(is_admitted(&loaded.policy, &none, &caller));

    place.write("policy.json", "nonsense");
    assert!(
        file(&place)
            .load(FrontEnd::AppService, FITNESS)
            .outcome
            .is_err()
    );
    assert_eq!(file(&place).look(&attempt.lists), attempt.lists);
    place.write("policy.json", document(r#""trust/root.crl""#, None));
    let seen = file(&place).load(FrontEnd::AppService, FITNESS).fingerprint;

    place.write(
        "trust/sub.crl",
        List::of(&[&caller]).signed_by(&place.intermediate),
    );
    assert_ne!(file(&place).look(&attempt.lists), attempt.lists);
    assert_eq!(file(&place).look(&seen), seen);
    let (revoked, lists) = file(&place).load_lists(&loaded);
    assert!(!is_admitted(&revoked.policy, &none, &caller));
    assert_eq!(file(&place).look(&lists), lists);
    // What is in force elsewhere is not changed under it.
    assert!(is_admitted(&loaded.policy, &none, &caller));
}

#[test]
fn a_list_that_is_nonsense_keeps_nothing_from_taking_effect() {
    let place = Place::new();
    let caller = place.intermediate.issue(Shape::caller("c"));
    let pinned = format!(
        r#"{{ "version": 1, "trustDomains": {{ "p": {{ "anchors": ["trust/root.pem"], "intermediates": ["trust/sub.der"],
"revocation": {{ "crls": ["html.crl", "missing.crl", "other.crl", "trust/sub.der"], "unknown": "allow" }} }} }},
"callers": [{{ "name": "c", "any": [{{ "domain": "p", "sha256": "{}" }}] }}] }}"#,
        caller.sha256()
    );
    let stranger = Shape::authority("Stranger").self_signed();
    place.write("html.crl", "<html>maintenance</html>");
    place.write("other.crl", List::of(&[]).signed_by(&stranger));
    place.write("policy.json", pinned);
    let (policy, notes) = load(&place).policy.policy(&FetchedLists::default());
    assert!(admitted_by(&policy, &caller, 0).is_some());
    for (index, part) in [
        "\"html.crl\": expected a revocation list, found neither DER nor a PEM section X509 CRL;",
        "\"missing.crl\": expected a revocation list, found no such file;",
        "\"trust/sub.der\": expected the DER encoding",
        "the revocation list of CN=Stranger: expected a list that an authority of the trust domain signed",
    ]
    .into_iter()
    .enumerate()
    {
        assert!(notes[index].contains(part), "{notes:#?}");
    }
    assert_eq!(notes.len(), 4);
}

/// An authority may leave its lists to a key of its own, which issues nothing.
#[test]
fn a_certificate_that_signs_lists_alone_is_named_among_the_intermediates() {
    let place = Place::new();
    let caller = place.root.issue(Shape::caller("c"));
    let signer = place.root.issue(Shape {
        key_usage: Some(vec!["cRLSign"]),
        extended_key_usage: None,
        ..Shape::caller("Partners Root")
    });
    let sub = [place.intermediate.pem(), signer.pem()].concat();
    place.write("trust/sub.der", sub);
    place.write("trust/root.crl", List::of(&[]).signed_by(&signer));
    place.write("policy.json", document(r#""trust/root.crl""#, None));
    let loaded = load(&place);
    assert!(loaded.notes.is_empty(), "{:?}", loaded.notes);
    let (policy, notes) = loaded.policy.policy(&FetchedLists::default());
    assert!(notes.is_empty(), "{notes:?}");
    assert!(admitted_by(&policy, &caller, 0).is_some());
    place.write("trust/root.crl", List::of(&[&caller]).signed_by(&signer));
    let (loaded, _) = file(&place).load_lists(&loaded);
    assert!(!is_admitted(
        &loaded.policy,
        &FetchedLists::default(),
        &caller
    ));
}

/// A list that stays is the same one after another has changed, and after its document has: nothing of it is read again.
#[test]
fn a_list_that_stays_is_not_read_again_when_another_changes() {
    let place = Place::new();
    let caller = place.intermediate.issue(Shape::caller("c"));
    let none = FetchedLists::default();
    let of_sub = |revoked: &[&Issued]| List::of(revoked).signed_by(&place.intermediate);
    let of_root = |revoked: &[&Issued]| List::of(revoked).signed_by(&place.root);
    place.write("trust/root.crl", of_root(&[]));
    place.write("trust/sub.crl", of_sub(&[]));
    let both = document(r#""trust/root.crl", "trust/sub.crl""#, None);
    place.write("policy.json", &both);
    let loaded = load(&place);
    let held = |policy: &Policy| -> Vec<*const Crl> {
        let lists = policy.revocation()[0].lists.lists();
        let root = Certificate::parse(&place.root.der()).unwrap();
        let of_root = lists.filter(|list| list.issuer() == root.subject());
        of_root.map(std::ptr::from_ref).collect()
    };
    let first = held(&loaded.policy.policy(&none).0);
    assert_eq!(first.len(), 1);
    place.write("trust/sub.crl", of_sub(&[&caller]));
    let (changed, _) = file(&place).load_lists(&loaded);
    let (policy, _) = changed.policy.policy(&none);
    assert_eq!(held(&policy), first);
    assert!(!is_admitted(&changed.policy, &none, &caller));
    // Another document that trusts the same authorities, and one that trusts others.
    let more = both.replace(
        "\"callers\": [",
        "\"callers\": [{ \"name\": \"d\", \"any\": [] }, ",
    );
    place.write("policy.json", more);
    let other = load(&place);
    other.take_over(&changed);
    assert_eq!(held(&other.policy.policy(&none).0), first);
    let fewer = both.replace(r#""intermediates": ["trust/sub.der"],"#, "");
    place.write("policy.json", fewer);
    let fewer = load(&place);
    fewer.take_over(&other);
    let (policy, notes) = fewer.policy.policy(&none);
    assert_ne!(held(&policy), first);
    assert_eq!(notes.len(), 1, "{notes:?}");
}
