//! What passes, both ways.

use crate::stage::Stage;

const GET: &str = "GET /x HTTP/1.1\r\nHost: HOST\r\n\r\n";
const CLOSING: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[test]
fn every_part_passes_at_once_in_both_directions() {
    let stage = Stage::new();
    let mut client = stage.call(
        "POST /a//b%2F?q=%41 HTTP/1.1\r\nHost: HOST\r\nTE: trailers\r\nConnection: te, x-hop\r\nX-Hop: 1\r\n\
         Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n",
    );
    let mut app = stage.accept();
    let head = app.head();
    assert!(
        head.starts_with("POST /a//b%2F?q=%41 HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(!head.to_lowercase().contains("x-hop"), "{head}");
    assert!(head.contains("te: trailers\r\n"), "{head}");
    // The app has the first part while the rest is not sent, and the client the first event while the next is not there.
    app.until("5\r\nfirst\r\n");
    app.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTrailer: X-End\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    for number in 1..=3 {
        app.send(&format!("9\r\ndata: {number}\n\n\r\n"));
        client.until(&format!("data: {number}\n\n"));
    }
    client.send("0\r\nX-Sum: 1\r\n\r\n");
    app.until("0\r\nx-sum: 1\r\n\r\n");
    app.send("0\r\nX-End: 2\r\n\r\n");
    client.until("0\r\nx-end: 2\r\n\r\n");
}

#[test]
fn the_app_is_addressed_by_its_own_name_and_names_ours_to_the_client() {
    let stage = Stage::new();
    let (head, answer) = stage.exchange(
        "GET /x HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\nX-Kept: 1\r\nX_Kept: 2\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: https://APP/next\r\nSet-Cookie: a=1; Secure; Domain=app.example\r\n\
         Keep-Alive: timeout=5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    );
    let ours = format!("127.0.0.1:{}", stage.port);
    let host = head.lines().find_map(|line| line.strip_prefix("host: "));
    let app = host.unwrap().to_owned();
    assert_ne!(app, ours);
    for line in [
        format!("origin: https://{app}"),
        "x-kept: 1".to_owned(),
        "x_kept: 2".to_owned(),
        "via: 1.1 mtls".to_owned(),
    ] {
        assert!(head.lines().any(|found| found == line), "{line}: {head}");
    }
    // This one names another app, and stays.
    assert!(
        answer.contains("location: https://APP/next\r\n"),
        "{answer}"
    );
    assert!(answer.contains("set-cookie: a=1\r\n"), "{answer}");
    assert!(!answer.contains("keep-alive"), "{answer}");
    let redirect =
        format!("HTTP/1.1 302 Found\r\nLocation: https://{app}/next\r\nContent-Length: 0\r\n\r\n");
    let (_, answer) = stage.exchange(GET, &redirect);
    assert!(
        answer.contains(&format!("location: http://{ours}/next\r\n")),
        "{answer}"
    );
}

#[test]
fn a_head_is_answered_without_a_body_and_early_answers_pass() {
    let stage = Stage::new();
    let (head, answer) = stage.exchange(
        "HEAD /x HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n",
    );
    assert!(head.starts_with("HEAD /x "), "{head}");
    assert!(answer.contains("content-length: 5\r\n"), "{answer}");
    let mut client =
        stage.call("POST /x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 100000000\r\n\r\nbegin");
    let mut app = stage.accept();
    app.until("begin");
    app.send("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig");
    assert!(client.until("big").starts_with("HTTP/1.1 413 "));
}

#[test]
fn a_body_that_is_held_back_is_sent_once_the_app_asks() {
    const HELD_BACK: &str =
        "POST /x HTTP/1.1\r\nHost: HOST\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    let stage = Stage::new();
    let mut client = stage.call(HELD_BACK);
    let mut app = stage.accept();
    assert!(app.head().contains("expect: 100-continue\r\n"));
    app.send("HTTP/1.1 100 Continue\r\n\r\n");
    assert_eq!(client.head(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body");
    app.until("body");
    app.send(CLOSING);
    assert!(client.until("ok").starts_with("HTTP/1.1 200 "));
    // One that is refused is never sent.
    let mut client = stage.call(HELD_BACK);
    let mut app = stage.accept();
    app.head();
    app.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
    assert!(client.until("no").starts_with("HTTP/1.1 403 "));
}

#[test]
fn a_client_that_leaves_ends_the_apps_work() {
    let mut stage = Stage::new();
    let client = stage.call(GET);
    let mut app = stage.accept();
    app.head();
    drop(client);
    assert_eq!(app.rest(), "");
    let line = stage.running.request("/x");
    assert_eq!(line["stopped"], "client-left");
    assert!(line["status"].is_null(), "{line}");
    // In the answer's body.
    let mut client = stage.call(GET);
    let mut app = stage.accept();
    app.head();
    app.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.head();
    drop(client);
    assert_eq!(app.rest(), "");
    let line = stage.running.request("/x");
    assert_eq!(line["status"], 200);
    assert!(line["stopped"].is_null(), "{line}");
}

#[test]
fn a_connection_is_used_again_by_the_next_client() {
    let stage = Stage::new();
    let mut client = stage.call(GET);
    let mut app = stage.accept();
    app.head();
    app.send(OK);
    client.until("ok");
    // Now and then a request is there before the connection is free again.
    for _ in 0..20 {
        let mut client = stage.call(GET);
        let new = stage.accept_unless_used(&app);
        let is_used = new.is_none();
        app = new.unwrap_or(app);
        app.head();
        app.send(OK);
        client.until("ok");
        if is_used {
            return;
        }
    }
    panic!("no connection is used again");
}

#[test]
fn another_protocol_is_refused_with_an_answer() {
    let stage = Stage::new();
    for (request, status) in [
        (
            "GET /x HTTP/1.1\r\nHost: HOST\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
            501,
        ),
        ("TRACE /x HTTP/1.1\r\nHost: HOST\r\n\r\n", 501),
        ("CONNECT HOST HTTP/1.1\r\nHost: HOST\r\n\r\n", 501),
        (
            "CONNECT app.example:443 HTTP/1.1\r\nHost: app.example:443\r\n\r\n",
            421,
        ),
        (
            "CONNECT app.example:443 HTTP/1.1\r\nHost: HOST\r\n\r\n",
            421,
        ),
    ] {
        let mut client = stage.call(request);
        let head = client.head();
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} ")),
            "{request}: {head}"
        );
        assert!(head.contains("application/problem+json"), "{head}");
    }
    stage.is_untouched();
}
