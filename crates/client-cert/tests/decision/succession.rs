//! Which list takes the place of another that was published at the same place.

use client_cert::{Crl, NoSuccessor};
use rustls_pki_types::UnixTime;
use test_support::crl::{List, element, extension};
use test_support::{DAY, Issued, NOW, Shape};

const ISSUING_POINT: &[u8] = b"\x55\x1d\x1c";
const NUMBER: &[u8] = b"\x55\x1d\x14";
const DELTA: &[u8] = b"\x55\x1d\x1b";

fn number(content: &[u8]) -> Vec<u8> {
    extension(NUMBER, false, &element(2, content))
}

/// The list with number 256 of an authority.
fn held() -> List {
    List {
        extensions: vec![number(&[1, 0])],
        ..List::of(&[])
    }
}

fn parse(list: &List, authority: &Issued) -> Crl {
    Crl::parse(&list.signed_by(authority)).unwrap()
}

/// Fresh: nothing but a newer list of the same. Stale: whatever is no older.
#[test]
#[rustfmt::skip]
fn a_list_takes_the_place_of_an_older_one_of_the_same_issuer_and_scope() {
    use NoSuccessor::{NotYet, Older, OtherScope};
    let [root, other] = ["Root", "Other"].map(|name| Shape::authority(name).self_signed());
    let with = |extensions: Vec<Vec<u8>>| List { extensions, ..held() };
    let at = |seconds: i64| List { this_update: held().this_update + seconds, next_update: Some(NOW + 9 * DAY), ..held() };
    let end_entities = extension(ISSUING_POINT, true, &element(0x30, &element(0x81, &[0xff])));
    let delta = extension(DELTA, true, &element(2, &[1]));
    let number_257 = || number(&[1, 1]);
    for (what, list, signer, fresh, stale) in [
        ("itself", held(), &root, Ok(()), Ok(())),
        ("newer", at(1), &root, Ok(()), Ok(())),
        ("older", at(-1), &root, Err(Older), Err(Older)),
        ("older, with a higher number", List { extensions: vec![number_257()], ..at(-1) }, &root, Err(Older), Err(Older)),
        ("a higher number", with(vec![number_257()]), &root, Ok(()), Ok(())),
        ("a lower number", with(vec![number(&[0, 0xff])]), &root, Err(Older), Ok(())),
        ("a lower number, newer", List { extensions: vec![number(&[0, 0xff])], ..at(1) }, &root, Err(Older), Ok(())),
        ("without a number", with(vec![]), &root, Ok(()), Ok(())),
        ("of another issuer", at(1), &other, Err(OtherScope), Ok(())),
        ("of another scope", with(vec![number_257(), end_entities]), &root, Err(OtherScope), Ok(())),
        ("a delta", with(vec![number_257(), delta]), &root, Err(OtherScope), Ok(())),
        ("of this second", at(DAY), &root, Ok(()), Ok(())),
        ("in the future", at(DAY + 1), &root, Err(NotYet), Ok(())),
        ("in the future of both", at(4 * DAY), &root, Err(NotYet), Err(NotYet)),
    ] {
        let (held, list) = (parse(&held(), &root), parse(&list, signer));
        for (now, expected) in [(NOW, fresh), (NOW + DAY + 1, stale)] {
            let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(now.unsigned_abs()));
            assert_eq!(list.succeeds(&held, now), expected, "{what}");
        }
    }
}

/// In the second of its nextUpdate a list is not past it.
#[test]
fn a_list_keeps_its_place_until_its_next_update_is_past() {
    let [root, other] = ["Root", "Other"].map(|name| Shape::authority(name).self_signed());
    let (held, list) = (parse(&held(), &root), parse(&held(), &other));
    let at = |seconds: i64| {
        UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds.unsigned_abs()))
    };
    let succeeds = [0, 1].map(|second| list.succeeds(&held, at(NOW + DAY + second)));
    assert_eq!(succeeds, [Err(NoSuccessor::OtherScope), Ok(())]);
}
