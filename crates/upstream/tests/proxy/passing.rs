//! What arrives: targets, methods, bodies, trailers, identities.

use crate::stage::{ID, Stage, value, within};
use upstream::{Secret, UpstreamOptions};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn every_byte_of_a_target_arrives_as_it_came_or_is_refused_before_us() {
    within(async {
        let stage = Stage::new().await;
        let mut refused: Vec<(u8, &str)> = Vec::new();
        for (byte, place) in (0x21..=0x7f_u8).flat_map(|byte| [(byte, "path"), (byte, "query")]) {
            let query = if place == "query" {
                "?q=%41&&=+'[]"
            } else {
                ""
            };
            let target = format!("/a%2F%2e/..//;x={query}{}z", char::from(byte));
            let mut caller = stage
                .call(&format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"))
                .await;
            let mut upstream = tokio::select! {
                upstream = stage.accept() => upstream,
                answer = caller.head() => {
                    assert!(answer.starts_with("HTTP/1.1 400"), "{target}: {answer}");
                    refused.push((byte, place));
                    continue;
                }
            };
            let head = upstream.head().await;
            let arrived = head.split(' ').nth(1).unwrap();
            // A fragment is cut off before anything is decided.
            assert_eq!(arrived, target.split('#').next().unwrap());
            upstream
                .send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
                .await;
            caller.until("ok").await;
        }
        // What no URL has (RFC 3986), in hyper's reading.
        assert_eq!(refused, REFUSED);
        // Beyond ASCII, UTF-8 passes and nothing else.
        let mut caller = stage
            .call("GET /gr\u{fc}n?\u{1f600} HTTP/1.1\r\nHost: a\r\n\r\n")
            .await;
        let mut upstream = stage.accept().await;
        assert!(
            upstream
                .head()
                .await
                .starts_with("GET /gr\u{fc}n?\u{1f600} ")
        );
        upstream.send(OK).await;
        caller.until("ok").await;
        caller.send(b"GET /\xfc HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(caller.head().await.starts_with("HTTP/1.1 400"));
    })
    .await;
}

/// The bytes that no target may have.
const REFUSED: &[(u8, &str)] = &[
    (b'"', "query"),
    (b'<', "path"),
    (b'<', "query"),
    (b'>', "path"),
    (b'>', "query"),
    (b'`', "path"),
    (0x7f, "path"),
    (0x7f, "query"),
];

#[tokio::test]
async fn a_method_of_any_name_passes_with_its_target() {
    within(async {
        let stage = Stage::with(
            |options| UpstreamOptions {
                strip: "/api".parse().ok(),
                ..options
            },
            |_| (),
        )
        .await;
        let table = [
            (
                "PROPFIND /api/x HTTP/1.1",
                "PROPFIND /x HTTP/1.1",
                Some("/api"),
            ),
            ("get /api?q HTTP/1.1", "get /?q HTTP/1.1", Some("/api")),
            ("OPTIONS * HTTP/1.1", "OPTIONS * HTTP/1.1", None),
            (
                "GET http://else.example/x?y HTTP/1.1",
                "GET /x?y HTTP/1.1",
                None,
            ),
            ("GET /x HTTP/1.0", "GET /x HTTP/1.1", None),
        ];
        for (sent, arrived, prefix) in table {
            let mut caller = stage.call(&format!("{sent}\r\nHost: a\r\n\r\n")).await;
            let mut upstream = stage.accept().await;
            let head = upstream.head().await;
            assert_eq!(head.lines().next(), Some(arrived));
            assert_eq!(value(&head, "x-forwarded-prefix"), prefix);
            upstream
                .send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok")
                .await;
            drop(upstream);
            caller.until("ok").await;
        }
    })
    .await;
}

#[tokio::test]
async fn chunks_pass_one_by_one_in_both_directions() {
    within(async {
        let stage = Stage::new().await;
        let mut caller = stage
            .call("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await;
        let mut upstream = stage.accept().await;
        let head = upstream.head().await;
        assert_eq!(value(&head, "transfer-encoding"), Some("chunked"));
        assert_eq!(value(&head, "content-length"), None);
        // The head of the answer comes before any byte of a body.
        upstream
            .send("HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await;
        assert!(caller.head().await.starts_with("HTTP/1.1 200 Fine\r\n"));
        for round in 0..10 {
            caller.send(format!("2\r\nc{round}\r\n")).await;
            assert_eq!(upstream.until("\r\n").await, "2\r\n");
            assert_eq!(upstream.until("\r\n").await, format!("c{round}\r\n"));
            upstream.send(format!("2\r\nu{round}\r\n")).await;
            assert_eq!(caller.until("\r\n").await, "2\r\n");
            assert_eq!(caller.until("\r\n").await, format!("u{round}\r\n"));
        }
        caller.send("0\r\n\r\n").await;
        assert_eq!(upstream.until("\r\n\r\n").await, "0\r\n\r\n");
        upstream.send("0\r\n\r\n").await;
        assert_eq!(caller.until("\r\n\r\n").await, "0\r\n\r\n");
    })
    .await;
}

#[tokio::test]
async fn a_body_keeps_its_framing() {
    within(async {
        let stage = Stage::new().await;
        let table = [
            ("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", None, None, ""),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", Some("0"), None, ""),
            ("POST /x HTTP/1.1\r\nHost: a\r\n\r\n", None, None, ""),
            ("GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", Some("3"), None, "abc"),
            ("GET /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", None, Some("chunked"), "3\r\nabc\r\n0\r\n\r\n"),
            ("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", None, Some("chunked"), "0\r\n\r\n"),
            // A length beside chunks: smuggling. One framing arrives, and one request.
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n0\r\n\r\n", None, Some("chunked"), "3\r\nabc\r\n0\r\n\r\n"),
            ("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\nConnection: transfer-encoding\r\n\r\n3\r\nabc\r\n0\r\n\r\n", None, Some("chunked"), "3\r\nabc\r\n0\r\n\r\n"),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: content-length\r\n\r\nabc", Some("3"), None, "abc"),
        ];
        for (request, length, coding, body) in table {
            let mut caller = stage.call(request).await;
            let mut upstream = stage.accept().await;
            let head = upstream.head().await;
            assert_eq!(value(&head, "content-length"), length, "{request}");
            assert_eq!(value(&head, "transfer-encoding"), coding, "{request}");
            assert_eq!(upstream.exactly(body.len()).await, body, "{request}");
            upstream.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok").await;
            caller.until("ok").await;
            // Nothing followed.
            assert_eq!(upstream.rest().await, "", "{request}");
        }
    })
    .await;
}

#[tokio::test]
async fn trailers_pass_both_ways_without_identities_and_secrets() {
    within(async {
        let stage = Stage::new().await;
        let mut caller = stage
            .call("POST /x HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nTrailer: X-Sum, X-Client-Cert-Caller, X_Client_Cert_Caller\r\nTransfer-Encoding: chunked\r\n\r\n\
                   1\r\na\r\n0\r\nX-Sum: 1\r\nX-Client-Cert-Caller: evil\r\nX_Client_Cert_Caller: evil\r\n\r\n")
            .await;
        let mut upstream = stage.accept().await;
        let head = upstream.head().await;
        assert_eq!(value(&head, "te"), Some("trailers"));
        assert_eq!(upstream.until("\r\n\r\n").await, "1\r\na\r\n0\r\nx-sum: 1\r\n\r\n");
        upstream
            .send("HTTP/1.1 200 OK\r\nTrailer: X-Sum, Client-Cert\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\nX-Sum: 2\r\nClient-Cert: :AQID:\r\n\r\n")
            .await;
        caller.head().await;
        assert_eq!(caller.until("\r\n\r\n").await, "1\r\nb\r\n0\r\nx-sum: 2\r\n\r\n");
    })
    .await;
}

#[tokio::test]
async fn each_of_several_pipelined_requests_has_its_own_identity() {
    within(async {
        let stage = Stage::with(
            |options| UpstreamOptions {
                secret: Secret::new("s3cret").ok(),
                ..options
            },
            |_| (),
        )
        .await;
        let request = |path: &str| {
            format!("GET {path} HTTP/1.1\r\nHost: app.example\r\nX-Client-Cert-Caller: evil\r\nX_Client_Cert_Caller: evil\r\n\r\n")
        };
        let paths = ["/secured/1", "/public/2", "/secured/3", "/public/4"];
        let mut caller = stage.call(&paths.map(request).concat()).await;
        let mut upstream = stage.accept().await;
        for path in paths {
            let head = upstream.head().await;
            assert!(head.starts_with(&format!("GET {path} ")), "{head}");
            let is_secured = path.starts_with("/secured");
            let expected = |text| is_secured.then_some(text);
            assert_eq!(value(&head, "x-client-cert-caller"), expected("billing"));
            assert_eq!(value(&head, "x-client-cert-roles"), expected("read"));
            assert_eq!(value(&head, "client-cert"), expected(":AQID:"));
            assert_eq!(value(&head, "x-arr-clientcert"), expected("AQID"));
            assert_eq!(value(&head, "x-client-cert-gate-secret"), Some("s3cret"));
            assert_eq!(value(&head, "x-forwarded-host"), Some("app.example"));
            assert!(!head.contains("evil"), "{head}");
            upstream.send(OK).await;
            caller.until("ok").await;
        }
    })
    .await;
}

#[tokio::test]
async fn another_protocol_is_refused_with_an_answer_and_never_passed_on() {
    within(async {
        let mut stage = Stage::new().await;
        for request in [
            "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            "GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: h2c, websocket\r\n\r\n",
            "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
            "TRACE /x HTTP/1.1\r\nHost: a\r\n\r\n",
        ] {
            let mut caller = stage.call(request).await;
            let answer = caller.rest().await;
            assert!(answer.starts_with("HTTP/1.1 501 Not Implemented\r\n"), "{answer}");
            assert!(answer.contains(&ID.to_string()), "{answer}");
            assert!(stage.exchange().await.failure.is_some());
        }
        // An offer that can be passed over is passed over.
        let mut caller = stage.call("GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n").await;
        let mut upstream = stage.accept().await;
        let head = upstream.head().await;
        assert_eq!(value(&head, "upgrade").or(value(&head, "http2-settings")), None);
        upstream.send(OK).await;
        caller.until("ok").await;
    })
    .await;
}
