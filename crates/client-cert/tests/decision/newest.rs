//! The lists of a set whose renewal is waited for.

use client_cert::{Crl, CrlSet};
use test_support::crl::{List, element, extension, sequence};
use test_support::{DAY, NOW, Shape};

use super::table::{at, domain};

const ISSUING_POINT: &[u8] = b"\x55\x1d\x1c";
const DELTA: &[u8] = b"\x55\x1d\x1b";

/// Lists from words such as `root-2`: whose, what kind, and how many seconds before now it begins.
#[test]
#[rustfmt::skip]
fn the_newest_list_of_each_issuer_and_scope_is_waited_for() {
    let root = Shape::authority("Root").self_signed();
    let sub = root.issue(Shape::authority("Sub"));
    let domain = domain(&[&root], &[&sub]);
    let users = || extension(ISSUING_POINT, true, &sequence(&[element(0x81, &[0xff])]));
    let delta = || extension(DELTA, true, &element(2, &[1]));
    let make = |word: &str| {
        let (kind, place) = word.split_at(word.find(['-', '+']).unwrap());
        let (signer, extensions) = match kind {
            "root" => (&root, vec![]),
            "sub" => (&sub, vec![]),
            "users" => (&root, vec![users()]),
            "delta" => (&root, vec![delta()]),
            _ => (&sub, vec![delta()]),
        };
        let this_update = NOW + place.parse::<i64>().unwrap();
        let list = List { this_update, next_update: Some(NOW + DAY), extensions, ..List::of(&[]) };
        list.signed_by(signer)
    };
    for (words, expected) in [
        ("", ""),
        ("root-1", "root-1"),
        ("root-0", "root-0"),
        ("root+1", ""),
        ("root-1 root-2 root-3", "root-1"),
        ("root+1 root-2 root-3", "root-2"),
        ("root-1 sub-2", "root-1 sub-2"),
        ("root-1 users-2", "root-1 users-2"),
        ("delta-1 root-2", "delta-1 root-2"),
        ("root-1 delta-2", "root-1"),
        ("delta-1 delta-2 root-3", "delta-1 root-3"),
        ("delta-1 root-2 root-3", "delta-1 root-2"),
        ("delta-1 delta-2", "delta-1"),
        ("subdelta-1 root-2 sub-3", "subdelta-1 root-2 sub-3"),
        ("root-1 subdelta-2", "root-1 subdelta-2"),
    ] {
        let made: Vec<(&str, Vec<u8>)> = words.split_whitespace().map(|word| (word, make(word))).collect();
        let lists = made.iter().map(|(_, der)| Crl::parse(der).unwrap());
        let (set, unusable) = CrlSet::new(&domain, lists);
        assert!(unusable.is_empty());
        let word = |crl: &Crl| made.iter().find(|(_, der)| der == crl.encoding()).unwrap().0;
        let newest: Vec<&str> = set.newest(at(NOW)).map(word).collect();
        assert_eq!(newest.join(" "), expected, "{words}");
    }
}
