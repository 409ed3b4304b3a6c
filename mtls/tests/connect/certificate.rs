//! The certificate: presented, renewed, ending.

use openssl::hash::MessageDigest;
use test_support::hierarchy::{Issued, client, client_until, expired_client, p256, server};
use test_support::pfx;

use crate::stage::{App, OURS, Stage, Started, note, port_of, write};

const GET: &str = "GET /x HTTP/1.1\r\nHost: HOST\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

fn digest(issued: &Issued) -> Option<Vec<u8>> {
    let digest = issued.certificate.digest(MessageDigest::sha256()).unwrap();
    Some(digest.to_vec())
}

#[test]
fn a_renewed_certificate_is_presented_and_a_bad_one_is_not() {
    let mut stage = Stage::new();
    let mut caller = stage.call(GET);
    let mut app = stage.accept();
    assert_eq!(app.presented(), digest(&stage.family.client));
    app.head();
    app.send(OK);
    caller.until("ok");

    write(&stage.folder, OURS, b"no certificate");
    let said = stage.note("the old certificate stays in use");
    assert!(said.contains(OURS), "{said}");
    let mut caller = stage.call(GET);
    let mut app = stage.accept();
    assert_eq!(app.presented(), digest(&stage.family.client));
    app.head();
    app.send(OK);
    caller.until("ok");

    let renewed = client(&stage.family.root, "renewed", p256());
    write(&stage.folder, OURS, &pfx::ordinary(&renewed, &[]));
    let said = stage.note("is presented from now on");
    assert!(said.contains("renewed"), "{said}");
    let mut caller = stage.call(GET);
    let mut app = stage.accept();
    assert_eq!(app.presented(), digest(&renewed));
    app.head();
    app.send(OK);
    caller.until("ok");
}

#[test]
fn a_request_under_way_ends_with_the_certificate_that_it_began_with() {
    let mut stage = Stage::new();
    let mut caller = stage.call(GET);
    let mut app = stage.accept();
    app.head();
    let renewed = client(&stage.family.root, "renewed", p256());
    write(&stage.folder, OURS, &pfx::ordinary(&renewed, &[]));
    stage.note("is presented from now on");
    app.send(OK);
    assert!(caller.until("ok").starts_with("HTTP/1.1 200 "));
}

#[test]
fn the_end_of_a_certificate_is_named_at_the_start() {
    let started = Started::new();
    let root = &started.family.root;
    let app = App::start(&server(root), root, true);
    for (issued, says) in [
        (client_until(root, 10), "the certificate ends in "),
        (expired_client(root), "the certificate has ended"),
    ] {
        started.write(OURS, &pfx::ordinary(&issued, &[]));
        let mut running = started.connect(&app.url(), &[]);
        port_of(&mut running);
        let said = note(&mut running, says);
        assert!(said.contains(OURS), "{said}");
    }
}
