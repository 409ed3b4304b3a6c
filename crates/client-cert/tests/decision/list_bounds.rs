//! Revocation lists before anybody knows who signed them: how much of what is read, and what they say that they cover.

use client_cert::{Crl, CrlError, MAX_CRL_BYTES, Name};
use test_support::crl::{List, element, extension, sequence};
use test_support::{Issued, KeyKind, Shape};

const ISSUING_POINT: &[u8] = b"\x55\x1d\x1c";
const CERTIFICATE_ISSUER: &[u8] = b"\x55\x1d\x1d";
const DELTA: &[u8] = b"\x55\x1d\x1b";

fn read(list: &List) -> Result<Crl, CrlError> {
    // A key that signs quickly: what it signs is not looked at here.
    let root: Issued = Shape::authority("Root").self_signed();
    Crl::parse(&list.signed_by(&root))
}

/// A directory name: `CN=` and a number.
fn name(number: usize) -> Vec<u8> {
    let attribute = sequence(&[
        element(6, b"\x55\x04\x03"),
        element(0x0c, number.to_string().as_bytes()),
    ]);
    sequence(&[element(0x31, &attribute)])
}

/// An entry that says whose certificates follow.
fn entry_of(serial: Vec<u8>, issuer: &[u8]) -> (Vec<u8>, Vec<Vec<u8>>) {
    let names = sequence(&[element(0xa4, issuer)]);
    (serial, vec![extension(CERTIFICATE_ISSUER, true, &names)])
}

fn long_number(length: usize, number: usize) -> Vec<u8> {
    [&vec![1; length - 8][..], &number.to_be_bytes()].concat()
}

/// Whoever is on the way of an http URL can show any bytes: what they cost is bounded, and real lists are far below.
#[test]
#[rustfmt::skip]
fn what_is_read_of_a_list_is_bounded() {
    let issuers = |count: usize| List { entries: (0..count).map(|n| entry_of(vec![1], &name(n))).collect(), ..List::of(&[]) };
    let numbers = |length: usize, count: usize| List { entries: (0..count).map(|n| (long_number(length, n), vec![])).collect(), ..List::of(&[]) };
    let entry = |bytes: usize| List { entries: vec![(vec![1], vec![extension(b"\x2a\x03", false, &vec![0; bytes])])], ..List::of(&[]) };
    let extensions = |bytes: usize| List { extensions: vec![extension(b"\x2a\x03", false, &vec![0; bytes])], ..List::of(&[]) };
    let issuer = |count: usize| List { issuer: Some(sequence(&(0..count).map(|n| name(n)[2..].to_vec()).collect::<Vec<_>>())), ..List::of(&[]) };
    let too_many = |what, most| Some(CrlError::TooMany { what, most });
    for (what, list, expected) in [
        ("issuers", issuers(1_024), None),
        ("issuers", issuers(1_025), too_many("issuers of certificates", 1_024)),
        ("numbers of 24 octets", numbers(24, 10_001), None),
        ("numbers of 25 octets", numbers(25, 10_000), None),
        ("numbers of 25 octets", numbers(25, 10_001), too_many("serial numbers of more than 24 octets", 10_000)),
        ("an entry", entry(8_000), None),
        ("an entry", entry(8_192), too_many("bytes in an entry", 8_192)),
        ("extensions", extensions(60_000), None),
        ("extensions", extensions(65_536), too_many("bytes beside its entries", 65_536)),
        ("a name", issuer(5_000), too_many("bytes beside its entries", 65_536)),
    ] {
        assert_eq!(read(&list).err(), expected, "{what}");
    }
}

/// Each bound is the most that is read.
#[test]
fn what_is_exactly_as_long_as_a_bound_is_read() {
    let filler = |bytes: usize| extension(b"\x2a\x03", false, &vec![0; bytes]);
    let time = element(0x18, b"20200101000000Z");
    let entry = |bytes: usize| {
        let fields = [element(2, &[1]), time.clone(), sequence(&[filler(bytes)])];
        let list = List {
            entries: vec![(vec![1], vec![filler(bytes)])],
            ..List::of(&[])
        };
        (sequence(&fields).len(), read(&list).is_ok())
    };
    let (length, _) = entry(8_000);
    let room = 8 * 1024 - length;
    assert_eq!(entry(8_000 + room), (8 * 1024, true));
    assert_eq!(entry(8_001 + room), (8 * 1024 + 1, false));
    // Signatures of RSA are all equally long.
    let root = Shape {
        key: KeyKind::Rsa2048,
        ..Shape::authority("Root")
    }
    .self_signed();
    let without_entries = |bytes: usize| {
        let list = List {
            extensions: vec![filler(bytes)],
            ..List::of(&[])
        };
        let der = list.signed_by(&root);
        (der.len(), Crl::parse(&der).is_ok())
    };
    let (length, _) = without_entries(60_000);
    let room = 64 * 1024 - length;
    assert_eq!(without_entries(60_000 + room), (64 * 1024, true));
    assert_eq!(without_entries(60_001 + room), (64 * 1024 + 1, false));
    // Nothing is looked at of what is longer: zeros are no list either.
    let zeros = |bytes: usize| Crl::parse(&vec![0; bytes]).err();
    let found = MAX_CRL_BYTES + 1;
    assert_eq!(zeros(found), Some(CrlError::TooLong { found }));
    assert!(matches!(zeros(MAX_CRL_BYTES), Some(CrlError::Malformed(_))));
}

/// However many elements are in the place of three, no more are looked at.
#[test]
fn a_list_of_a_million_elements_is_refused_by_its_first() {
    let nulls = [5, 0].repeat(1_000_000);
    for bytes in [element(0x30, &nulls), element(0x30, &element(0x30, &nulls))] {
        assert!(matches!(Crl::parse(&bytes), Err(CrlError::Malformed(_))));
    }
}

/// Entries of two issuers take turns as often as they like, and each number is found under its own issuer alone.
#[test]
fn issuers_that_take_turns_are_told_apart() {
    let serial = |number: u16| [&[1][..], &number.to_be_bytes()].concat();
    let entries = (0..4_000).map(|number| entry_of(serial(number), &name(usize::from(number % 2))));
    let crl = read(&List {
        entries: entries.collect(),
        ..List::of(&[])
    })
    .unwrap();
    let names = [0, 1].map(|number| Name::from_der(&name(number)).unwrap());
    for number in 0..4_000 {
        let listed = [0, 1].map(|issuer| crl.lists(&names[issuer], &serial(number)));
        assert_eq!(listed, [number % 2 == 0, number % 2 == 1], "{number}");
    }
}

/// Numbers that begin alike, and end with zeros or go on: each is found, and no other.
#[test]
fn numbers_that_begin_alike_are_told_apart() {
    let numbers: Vec<Vec<u8>> = (1..60)
        .map(|length| [&[1][..], &vec![0; length]].concat())
        .collect();
    let even = numbers.iter().skip(1).step_by(2);
    let crl = read(&List {
        entries: even.map(|number| (number.clone(), Vec::new())).collect(),
        ..List::of(&[])
    })
    .unwrap();
    assert!(!crl.is_empty());
    assert!(read(&List::of(&[])).unwrap().is_empty());
    for (index, number) in numbers.iter().enumerate() {
        assert_eq!(crl.lists(crl.issuer(), number), index % 2 == 1, "{index}");
    }
}

#[test]
#[rustfmt::skip]
fn a_list_says_what_it_covers() {
    let uri = element(0x86, b"http://crl.example/sub.crl?secret");
    let point = |name: &[u8]| element(0xa0, &element(0xa0, name));
    let flag = |number: u8| element(0x80 | number, &[0xff]);
    let scope = |fields: &[Vec<u8>]| vec![extension(ISSUING_POINT, true, &sequence(fields))];
    let delta = extension(DELTA, true, &element(2, &[1]));
    for (extensions, expected) in [
        (vec![], "all certificates"),
        (vec![delta], "changes, all certificates"),
        (scope(&[flag(1)]), "end entities"),
        (scope(&[point(&uri), flag(2)]), "authorities, http://crl.example/sub.crl"),
        (scope(&[point(&element(0xa4, &name(7))), element(0x83, &[6, 0x40]), flag(4)]), "all certificates, some reasons, also of other issuers, CN=7"),
        (scope(&[point(&element(0x86, b"\x1b[31m"))]), "all certificates, [31m"),
    ] {
        let crl = read(&List { extensions, ..List::of(&[]) }).unwrap();
        assert_eq!(crl.coverage(), expected);
    }
}
