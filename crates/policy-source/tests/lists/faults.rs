//! Servers that hang, redirect, lie and fail, and whoever is on the way: the last list stays.

use std::time::Duration;

use policy_source::{FetchedLists, ListEvent};
use test_support::crl::{element, extension};
use test_support::{DAY, Issued, NOW, Shape, within};
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::place::{Awaited, Place, fetcher, short};
use crate::server::{Answer, Server, list};

const NUMBER: &[u8] = b"\x55\x1d\x14";
const DELTA: &[u8] = b"\x55\x1d\x1b";
const ISSUING_POINT: &[u8] = b"\x55\x1d\x1c";

fn number(oid: &[u8], number: u8) -> Vec<u8> {
    extension(oid, oid != NUMBER, &element(2, &[number]))
}

fn bytes(text: &str) -> Answer {
    Answer::Bytes(text.as_bytes().to_vec())
}

/// Answers that are none, and what is reported.
#[rustfmt::skip]
fn no_lists() -> Vec<(Answer, &'static str)> {
    let html = "<html>maintenance</html>";
    let head = |length: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    let der_head = format!("{}\u{30}", head(50_000_001)).into_bytes();
    vec![
        (Answer::ThenHang(Vec::new()), "Fetch(TimedOut)"),
        (Answer::ThenHang(head(9).into_bytes()), "Fetch(TimedOut)"),
        (bytes("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"), "Fetch(Redirect(302))"),
        (bytes(&format!("{}0", head(9))), "Fetch(Interrupted("),
        (bytes("garbage\r\n\r\n"), "Fetch(Interrupted("),
        (Answer::Bytes(Vec::new()), "Fetch(Interrupted("),
        (bytes("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), "Fetch(Status(500, None))"),
        (bytes("HTTP/1.1 304 No\r\n\r\n"), "Fetch(NotModified)"),
        (bytes(&format!("{}{html}", head(html.len()))), "NoList(OtherFormat)"),
        (list(b"\x30\x03\x02\x01\x01"), "NoList(Crl(Malformed("),
        (Answer::Zeros(der_head, 50_000_000), "NoList(Crl(Malformed("),
        (bytes(&head(200_000_000)), "Fetch(TooLarge(134217728))"),
        (Answer::Zeros(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), 130 * 1024 * 1024), "Fetch(TooLarge(134217728))"),
    ]
}

/// Lists that are signed or look so, and must not take the place of the one that is held.
#[rustfmt::skip]
fn other_lists(place: &Place) -> Vec<(Vec<u8>, &'static str)> {
    let stranger = Shape::authority("Stranger").self_signed();
    let namesake = Shape::authority("Root").self_signed();
    let by = |authority: &Issued| test_support::crl::List::of(&[]).signed_by(authority);
    let mut forged = place.list(|_| {});
    *forged.last_mut().unwrap() ^= 1;
    let scope = extension(ISSUING_POINT, true, &element(0x30, &element(0x81, &[0xff])));
    vec![
        (by(&stranger), "Signer(UnknownIssuer)"),
        (by(&namesake), "Signer(Signature)"),
        (forged, "Signer(Signature)"),
        (place.list(|list| list.this_update = NOW - DAY - 1), "NoSuccessor(Older)"),
        (place.list(|list| list.extensions = vec![number(NUMBER, 4)]), "NoSuccessor(Older)"),
        (place.list(|list| list.this_update = NOW + 1), "NoSuccessor(NotYet)"),
        (place.list(|list| list.extensions = vec![number(NUMBER, 9), scope]), "NoSuccessor(OtherScope)"),
        (place.list(|list| list.extensions = vec![number(NUMBER, 9), number(DELTA, 5)]), "NoSuccessor(OtherScope)"),
    ]
}

/// The list that is held lists the caller: whatever is shown in its place, the caller stays refused.
#[tokio::test]
async fn whatever_is_shown_in_its_place_the_last_list_stays() {
    let (place, server) = (Place::new(), Server::start());
    let url = server.url("/a.crl?sig=hunter2");
    let document = place.document(&[&url]);
    let mut fetcher = fetcher(&document, None);
    let good = place.list(|list| {
        list.entries = vec![(place.caller.serial(), Vec::new())];
        list.extensions = vec![number(NUMBER, 5)];
    });
    // Without validators: each answer is a whole one.
    let head = format!(
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        good.len()
    );
    let good = Answer::Bytes([head.as_bytes(), &good].concat());
    server.answers("/a.crl", good.clone());
    assert_eq!(short(&fetcher.next().await), "changed");
    let signed = other_lists(&place)
        .into_iter()
        .map(|(der, fault)| (list(&der), fault));
    for (answer, fault) in no_lists().into_iter().chain(signed) {
        server.answers("/a.crl", answer);
        let event = again(&mut fetcher).await;
        assert!(
            short(&event).starts_with(&format!("failed: {fault}")),
            "{event:?}, not {fault}"
        );
        let ListEvent::Failed { url, error } = event else {
            unreachable!()
        };
        let text = format!("{url} {url:?} {error} {error:?}");
        assert!(!text.contains("hunter2"), "{text}");
        assert!(!place.is_admitted(&document, &fetcher.lists()), "{fault}");
        assert_eq!(fetcher.lists().iter().count(), 1);
        server.answers("/a.crl", good.clone());
        assert_eq!(short(&again(&mut fetcher).await), "recovered");
    }
}

async fn again(fetcher: &mut Awaited) -> ListEvent {
    fetcher.fetch_now();
    fetcher.next().await
}

/// Trouble is reported once, until it is other trouble.
#[tokio::test]
async fn the_same_trouble_is_reported_once() {
    let (place, server) = (Place::new(), Server::start());
    let urls = ["/a.crl", "/b.crl"].map(|path| server.url(path));
    let mut fetcher = fetcher(&place.document(&[&urls[0], &urls[1]]), None);
    let mut seconds_ago = 100;
    for (status, expected) in [
        (500, "failed: Fetch(Status(500, None))"),
        (500, "changed"),
        (403, "failed: Fetch(Status(403, None))"),
        (403, "changed"),
        (500, "failed: Fetch(Status(500, None))"),
    ] {
        let answer = format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n");
        server.answers("/a.crl", bytes(&answer));
        // One at a time, in their order: where nothing is said of the first, the second has a new list.
        seconds_ago -= 1;
        let newer = place.list(|list| list.this_update = NOW - seconds_ago);
        server.answers("/b.crl", list(&newer));
        let event = again(&mut fetcher).await;
        assert_eq!(short(&event), expected);
        if expected != "changed" {
            assert_eq!(short(&fetcher.next().await), "changed");
        }
    }
}

/// One server that hangs keeps no other list.
#[tokio::test]
async fn a_server_that_hangs_keeps_no_other_list() {
    let (place, server) = (Place::new(), Server::start());
    let urls = [server.url("/hangs.crl"), server.url("/works.crl")];
    let document = place.document(&[&urls[0], &urls[1]]);
    let mut fetcher = fetcher(&document, None);
    server.answers("/hangs.crl", Answer::ThenHang(Vec::new()));
    server.answers("/works.crl", list(&place.list(|_| {})));
    assert!(!place.is_admitted(&document, &FetchedLists::default()));
    let mut events = [fetcher.next().await, fetcher.next().await].map(|event| short(&event));
    events.sort();
    assert_eq!(events, ["changed", "failed: Fetch(TimedOut)"]);
    assert!(place.is_admitted(&document, &fetcher.lists()));
}

/// A list is held that is fresh and that nobody in the domain signed, since the document was changed: it keeps nothing out.
#[tokio::test]
async fn a_document_that_trusts_another_authority_has_its_list_at_once() {
    let (before, after) = (Place::new(), Place::of("Successor"));
    let server = Server::start();
    let url = server.url("/a.crl");
    let mut fetcher = fetcher(&before.document(&[&url]), None);
    server.answers("/a.crl", list(&before.list(|_| {})));
    assert_eq!(short(&fetcher.next().await), "changed");
    server.answers("/a.crl", list(&after.list(|_| {})));
    let refused = again(&mut fetcher).await;
    assert_eq!(short(&refused), "failed: Signer(UnknownIssuer)");
    let document = after.document(&[&url]);
    fetcher.want(document.wanted_lists());
    let events = [fetcher.next().await, fetcher.next().await].map(|event| short(&event));
    assert_eq!(events, ["recovered", "changed"]);
    assert!(after.is_admitted(&document, &fetcher.lists()));
}

/// The list of the authority before was fetched well and is due in an hour; under the authority of now it says nothing.
#[tokio::test]
async fn a_list_that_others_judge_now_is_asked_for_at_once_and_as_a_whole() {
    let (before, after) = (Place::new(), Place::of("Successor"));
    let server = Server::start();
    let url = server.url("/a.crl");
    let mut fetcher = fetcher(&before.document(&[&url]), None);
    server.answers("/a.crl", list(&before.list(|_| {})));
    assert_eq!(short(&fetcher.next().await), "changed");
    // The same authorities again: nothing is asked for, or the next event would not be the other list's.
    fetcher.want(before.document(&[&url]).wanted_lists());
    let document = after.document(&[&url]);
    // Nobody has a new list yet.
    fetcher.want(document.wanted_lists());
    let event = fetcher.next().await;
    assert_eq!(short(&event), "failed: Signer(UnknownIssuer)");
    server.answers("/a.crl", list(&after.list(|_| {})));
    fetcher.fetch_now();
    let events = [fetcher.next().await, fetcher.next().await].map(|event| short(&event));
    assert_eq!(events, ["recovered", "changed"]);
    assert!(after.is_admitted(&document, &fetcher.lists()));
    let heads = server.heads();
    assert_eq!(heads.len(), 3);
    assert!(!heads.iter().any(|head| head.contains("if-none-match")));
}

/// What an attempt comes to that began under the authorities before is not taken under those of now.
#[tokio::test]
async fn an_attempt_that_began_under_other_authorities_is_made_again() {
    let (before, after) = (Place::new(), Place::of("Successor"));
    let server = Server::start();
    let url = server.url("/a.crl");
    for answer in [Answer::ThenHang(Vec::new()), list(&before.list(|_| {}))] {
        let mut fetcher = fetcher(&before.document(&[&url]), None);
        server.answers("/a.crl", answer);
        let asked = server.heads().len();
        let begun = async {
            while server.heads().len() == asked {
                tokio::select! {
                    biased;
                    event = fetcher.next() => panic!("{event:?}"),
                    () = yield_now() => {}
                }
            }
        };
        within("a request", begun).await;
        // The second one ends meanwhile, and nobody has seen to what.
        sleep(Duration::from_millis(100)).await;
        server.answers("/a.crl", list(&after.list(|_| {})));
        let document = after.document(&[&url]);
        fetcher.want(document.wanted_lists());
        assert_eq!(short(&fetcher.next().await), "changed");
        assert!(after.is_admitted(&document, &fetcher.lists()));
    }
}
