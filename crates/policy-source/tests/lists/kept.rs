//! What is kept: between requests, between documents and between starts.

use std::sync::Arc;
use std::time::Duration;

use openssl::ssl::SslVersion;
use policy_source::{ListEvent, StoreTrust};
use test_support::hierarchy::root;
use test_support::partner::{Manner, Partner};
use test_support::{Shape, within};
use tokio::time::timeout;

use crate::place::{Awaited, Place, fetcher, options, short};
use crate::server::{Answer, Server, list};

/// How long a server may be silent that is not given up soon.
const PATIENCE: Duration = Duration::from_secs(10);

fn pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len())
        .step_by(64)
        .map(|at| &text[at..text.len().min(at + 64)])
        .collect();
    format!(
        "-----BEGIN X509 CRL-----\n{}\n-----END X509 CRL-----\n",
        lines.join("\n")
    )
}

#[tokio::test]
async fn a_list_is_fetched_over_http_and_https_as_der_and_as_pem() {
    let (place, server) = (Place::new(), Server::start());
    let der = place.list(|_| {});
    server.answers("/der.crl", list(&der));
    server.answers("/pem.crl", list(pem(&der).as_bytes()));
    let authority = root("Server Root");
    let trust = StoreTrust::Only(authority.certificate.to_pem().unwrap());
    let text = pem(&der);
    let partner = Partner::start(Manner {
        trusts: None,
        version: SslVersion::TLS1_3,
        suite: None,
        signed_by: authority,
        answer: Arc::new(move |_| {
            format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}",
                text.len()
            )
        }),
    });
    for url in [
        server.url("/der.crl"),
        server.url("/pem.crl"),
        partner.url("/tls.crl"),
    ] {
        let document = place.document(&[&url]);
        let mut options = options(None);
        options.trust = trust.clone();
        let mut fetcher = Awaited::new(options, &document);
        assert_eq!(short(&fetcher.next().await), "changed", "{url}");
        assert!(place.is_admitted(&document, &fetcher.lists()));
    }
    // The system's authorities do not vouch for the server.
    let document = place.document(&[&partner.url("/tls.crl")]);
    let event = fetcher(&document, None).next().await;
    assert!(
        short(&event).starts_with("failed: Fetch(Unreachable("),
        "{event:?}"
    );
}

/// A list that is held is asked for by its validators, and one that is revoked by then takes effect.
#[tokio::test]
async fn an_unchanged_list_is_not_sent_again_and_a_new_one_takes_effect() {
    let (place, server) = (Place::new(), Server::start());
    let urls = ["/a.crl", "/b.crl"].map(|path| server.url(path));
    let document = place.document(&[&urls[0], &urls[1]]);
    let mut fetcher = fetcher(&document, None);
    for path in ["/a.crl", "/b.crl"] {
        server.answers(path, list(&place.list(|_| {})));
        assert_eq!(short(&fetcher.next().await), "changed");
    }
    assert!(place.is_admitted(&document, &fetcher.lists()));
    let revoked = place.list(|list| {
        list.this_update += 1;
        list.entries = vec![(place.caller.serial(), Vec::new())];
    });
    server.answers(
        "/a.crl",
        Answer::Bytes(b"HTTP/1.1 304 Same\r\nConnection: close\r\n\r\n".to_vec()),
    );
    server.answers("/b.crl", list(&revoked));
    fetcher.fetch_now();
    // One at a time, in their order: nothing is said of the first.
    let event = fetcher.next().await;
    assert!(
        matches!(&event, ListEvent::Changed { url } if url.exposed() == urls[1]),
        "{event:?}"
    );
    let heads = server.heads();
    assert_eq!(heads.len(), 4);
    for (head, is_conditional) in heads.iter().zip([false, false, true, true]) {
        for condition in [
            "if-none-match: \"1\"",
            "if-modified-since: sun, 06 nov 1994",
        ] {
            assert_eq!(head.contains(condition), is_conditional, "{head}");
        }
    }
    assert!(!place.is_admitted(&document, &fetcher.lists()));
}

/// The engine awaits several things at once: a download that takes longer than any of them is not begun again each time.
#[tokio::test]
async fn a_download_goes_on_while_nobody_awaits_it() {
    let (place, server) = (Place::new(), Server::start());
    let document = place.document(&[&server.url("/a.crl")]);
    let mut fetcher = fetcher(&document, None);
    let Answer::Bytes(answer) = list(&place.list(|_| {})) else {
        unreachable!()
    };
    server.answers("/a.crl", Answer::Slow(answer, Duration::from_millis(200)));
    let mut looks = 0;
    let looked = async {
        loop {
            looks += 1;
            if let Ok(event) = timeout(Duration::from_millis(20), fetcher.next()).await {
                break event;
            }
        }
    };
    let event = within("a download that goes on between looks", looked).await;
    assert_eq!(short(&event), "changed");
    assert!(looks > 2, "{looks}");
    assert_eq!(server.heads().len(), 1);
}

/// Another document: what it still wants is kept, what it wants no more is not, and an attempt for that is ended.
#[tokio::test]
async fn lists_of_urls_that_stay_are_kept() {
    let (place, server) = (Place::new(), Server::start());
    let urls = ["/a.crl", "/b.crl", "/c.crl"].map(|path| server.url(path));
    for path in ["/a.crl", "/b.crl"] {
        server.answers(path, list(&place.list(|_| {})));
    }
    server.answers("/c.crl", Answer::ThenHang(Vec::new()));
    let mut patient = options(None);
    patient.timeouts.read = PATIENCE;
    let mut fetcher = Awaited::new(patient, &place.document(&[&urls[0], &urls[2]]));
    assert_eq!(short(&fetcher.next().await), "changed");
    // The attempt for the third is under way.
    let begun = timeout(Duration::from_millis(50), fetcher.next()).await;
    assert!(begun.is_err(), "{begun:?}");
    fetcher.want(place.document(&[&urls[0], &urls[1]]).wanted_lists());
    // Long before the server that hangs is given up.
    let event = timeout(PATIENCE / 2, fetcher.next()).await.unwrap();
    assert!(
        matches!(&event, ListEvent::Changed { url } if url.exposed() == urls[1]),
        "{event:?}"
    );
    let lists = fetcher.lists();
    let held: Vec<&str> = lists.iter().map(|(url, _)| url.exposed()).collect();
    assert_eq!(held, [&urls[0], &urls[1]]);
    let asked = server
        .heads()
        .iter()
        .filter(|head| head.contains("/a.crl"))
        .count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_start_has_the_copies_while_the_server_is_away() {
    let (place, server) = (Place::new(), Server::start());
    let document = place.document(&[&server.url("/a.crl?ca=1")]);
    let cache = tempfile::tempdir().unwrap();
    let cache = cache.path().join("made");
    server.answers("/a.crl", list(&place.list(|_| {})));
    assert_eq!(
        short(&fetcher(&document, Some(&cache)).next().await),
        "changed"
    );
    server.answers("/a.crl", Answer::ThenHang(Vec::new()));

    let mut at_start = fetcher(&document, Some(&cache));
    at_start.load_copies();
    assert!(place.is_admitted(&document, &at_start.lists()));
    assert_eq!(short(&at_start.next().await), "failed: Fetch(TimedOut)");
    assert!(place.is_admitted(&document, &at_start.lists()));

    let mut later = fetcher(&document, Some(&cache));
    assert_eq!(short(&later.next().await), "changed");
    assert!(place.is_admitted(&document, &later.lists()));
    assert!(
        server
            .heads()
            .last()
            .unwrap()
            .contains("if-none-match: \"1\"")
    );

    // A copy that nobody in the domain signed is as good as none, and what cannot be written is said.
    let stranger = Place {
        root: Shape::authority("Root").self_signed(),
        ..Place::new()
    };
    let mut other = fetcher(
        &stranger.document(&[&server.url("/a.crl?ca=1")]),
        Some(&cache),
    );
    other.load_copies();
    assert_eq!(other.lists().iter().count(), 0);
}

/// A list is used although its copy cannot be written.
#[tokio::test]
async fn a_copy_that_cannot_be_written_is_reported_once() {
    let (place, server) = (Place::new(), Server::start());
    let document = place.document(&[&server.url("/a.crl"), &server.url("/b.crl")]);
    let cache = place.folder.path().join("root.pem");
    let mut fetcher = fetcher(&document, Some(&cache));
    for path in ["/a.crl", "/b.crl"] {
        server.answers(path, list(&place.list(|_| {})));
    }
    let mut events = Vec::new();
    for _ in 0..3 {
        events.push(fetcher.next().await);
    }
    let copies = events
        .iter()
        .filter(|event| matches!(event, ListEvent::CopyFailed(_)));
    assert_eq!(copies.count(), 1, "{events:?}");
    assert!(place.is_admitted(&document, &fetcher.lists()));
}

/// A document can be edited into anything: what is fetched is bounded, and what is left out is said.
#[tokio::test]
async fn so_many_urls_are_fetched_and_the_rest_is_reported() {
    let (place, server) = (Place::new(), Server::start());
    let urls: Vec<String> = (0..258).map(|n| server.url(&format!("/{n}"))).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let event = fetcher(&place.document(&urls), None).next().await;
    assert!(
        matches!(event, ListEvent::TooMany { left_out: 2 }),
        "{event:?}"
    );
}
