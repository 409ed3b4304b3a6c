//! What a policy denies, whatever else admits it.

use client_cert::{Certificate, Decider, DeniedEntry, SerialNumber};
use test_support::{Issued, NOW, Shape};

use crate::table::{Lists, assert_rows, decide_value, named, pinned, text};

fn read(issued: &Issued) -> Certificate {
    Certificate::parse(&issued.der()).unwrap()
}

fn numbered(issued: &Issued, serial: &SerialNumber) -> DeniedEntry {
    DeniedEntry::Numbered {
        issuer: read(issued).issuer().clone(),
        serial: serial.clone(),
    }
}

#[test]
#[rustfmt::skip]
fn a_denial_wins_over_every_rule() {
    let authority = Shape::authority("Authority").self_signed();
    let partner = authority.issue(Shape::caller("partner"));
    let sibling = authority.issue(Shape::caller("partner"));
    let stranger = Shape::caller("stranger").self_signed();
    let serial = read(&partner).serial_number().clone();
    let ask = |lists: &dyn Fn() -> Lists, denied: Vec<DeniedEntry>, certificate: &Issued| {
        let decider = Decider::new(lists().policy().with_denied(denied));
        text(&decide_value(&decider, &certificate.header(), NOW))
    };
    let thumbprint = |text: String| vec![DeniedEntry::Thumbprint(text.parse().unwrap())];
    let key = |of: &Issued| vec![DeniedEntry::PublicKey(read(of).public_key_hash())];
    let by_pin = || pinned(&partner);
    let by_name = || named("partner", &[&authority], &[]);
    let both = || by_pin().and(by_name());
    assert_rows([
        ("nothing denied", ask(&both, vec![], &partner), "allow: pin sha256"),
        ("SHA-256, pinned", ask(&by_pin, thumbprint(partner.sha256()), &partner), "deny: denied"),
        ("SHA-1, pinned", ask(&by_pin, thumbprint(partner.sha1()), &partner), "deny: denied"),
        ("SHA-256, named", ask(&by_name, thumbprint(partner.sha256()), &partner), "deny: denied"),
        ("SHA-256, both", ask(&both, thumbprint(partner.sha256()), &partner), "deny: denied"),
        ("key, named", ask(&by_name, key(&partner), &partner), "deny: denied"),
        ("key, pinned", ask(&by_pin, key(&partner), &partner), "deny: denied"),
        ("another key", ask(&by_pin, key(&sibling), &partner), "allow: pin sha256"),
        ("number, named", ask(&by_name, vec![numbered(&partner, &serial)], &partner), "deny: denied"),
        ("number, pinned", ask(&by_pin, vec![numbered(&partner, &serial)], &partner), "deny: denied"),
        ("the number of another issuer", ask(&by_name, vec![numbered(&stranger, &serial)], &partner), "allow: name partner"),
        ("another of the same name", ask(&by_name, DeniedEntry::all_of(&read(&partner)), &sibling), "allow: name partner"),
        ("a stranger who is not listed either", ask(&by_pin, thumbprint(stranger.sha256()), &stranger), "deny: denied"),
    ]);
}

/// A denial that comes with a new policy reaches callers who were admitted under the last one: what is kept belongs to its
/// policy.
#[test]
fn a_caller_who_was_admitted_can_be_denied() {
    let partner = Shape::caller("partner").self_signed();
    let policy = pinned(&partner).policy();
    let ask = |decider: &Decider| text(&decide_value(decider, &partner.header(), NOW));
    let before = Decider::new(policy.clone());
    assert_eq!(ask(&before), "allow: pin sha256");
    let after = Decider::new(policy.with_denied(DeniedEntry::all_of(&read(&partner))));
    assert_eq!(ask(&after), "deny: denied");
}

/// Denying an authority denies what it issued, as far as no other path leads to an anchor.
#[test]
#[rustfmt::skip]
fn a_denied_authority_is_on_no_path() {
    let root = Shape::authority("Root").self_signed();
    let sub = root.issue(Shape::authority("Sub"));
    let other = root.issue(Shape::authority("Other"));
    let ask = |denied: Vec<DeniedEntry>, issuer: &Issued| {
        let partner = issuer.issue(Shape::caller("partner"));
        let policy = named("partner", &[&root], &[&sub, &other]).policy();
        let decider = Decider::new(policy.with_denied(denied));
        text(&decide_value(&decider, &partner.header(), NOW))
    };
    let thumbprint = |of: &Issued| vec![DeniedEntry::Thumbprint(of.sha256().parse().unwrap())];
    assert_rows([
        ("nothing denied", ask(vec![], &sub), "allow: name partner"),
        ("its issuer", ask(thumbprint(&sub), &sub), "deny: denied"),
        ("its issuer, by all that it is", ask(DeniedEntry::all_of(&read(&sub)), &sub), "deny: denied"),
        ("another authority", ask(thumbprint(&other), &sub), "allow: name partner"),
        ("the anchor", ask(thumbprint(&root), &sub), "deny: denied"),
    ]);
}
