//! Answers: of every shape, and without what is for our connection to the upstream.

use upstream::{HostName, UpstreamOptions};

use crate::stage::{Stage, value, within};

#[tokio::test]
async fn answers_of_every_shape_pass() {
    within(async {
        let mut stage = Stage::new().await;
        let table = [
            ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\n", Some("2"), "ok"),
            ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\n", Some("2"), "ok"),
            ("GET", "HTTP/1.1 299 As You Wish\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 299 As You Wish\r\n", Some("0"), ""),
            ("GET", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\n", Some("2"), "ok"),
            ("GET", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\n", Some("2"), "ok"),
            ("GET", "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\n", None, ""),
            ("GET", "HTTP/1.1 304 Not Modified\r\nETag: a\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n", None, ""),
            ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n", "HTTP/1.1 200 OK\r\n", Some("70"), ""),
            ("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\n", None, ""),
            ("GET", "HTTP/1.1 500 \r\nContent-Length: 2\r\n\r\nno", "HTTP/1.1 500 ", Some("2"), "no"),
        ];
        for (method, answer, line, length, body) in table {
            let request = format!("{method} /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            let mut caller = stage.call(&request).await;
            let mut upstream = stage.accept().await;
            upstream.head().await;
            upstream.send(answer).await;
            drop(upstream);
            let head = caller.head().await;
            assert!(head.starts_with(line), "{head}");
            assert_eq!(value(&head, "content-length"), length, "{answer}");
            assert_eq!(value(&head, "connection"), Some("close"));
            assert_eq!(caller.rest().await, body, "{answer}");
            let exchange = stage.exchange().await;
            assert!(exchange.status.is_some() && exchange.failure.is_none() && !exchange.is_repeated);
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_ends_with_its_connection_is_passed_to_its_end() {
    within(async {
        let stage = Stage::new().await;
        for version in ["1.0", "1.1"] {
            let mut caller = stage.call("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await;
            let mut upstream = stage.accept().await;
            upstream.head().await;
            upstream
                .send(format!("HTTP/{version} 200 OK\r\n\r\none"))
                .await;
            caller.until("one\r\n").await;
            upstream.send("two").await;
            drop(upstream);
            assert_eq!(caller.until("0\r\n\r\n").await, "3\r\ntwo\r\n0\r\n\r\n");
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_shows_nothing_of_our_connection_to_the_upstream() {
    within(async {
        let stage = Stage::with(
            |options| UpstreamOptions {
                strip: "/api".parse().ok(),
                host: HostName::Outside,
                ..options
            },
            |_| (),
        )
        .await;
        let port = stage.upstream.local_addr().unwrap().port();
        let mut caller = stage.call("GET /api/x HTTP/1.1\r\nHost: app.example\r\n\r\n").await;
        let mut upstream = stage.accept().await;
        assert_eq!(value(&upstream.head().await, "host"), Some("app.example"));
        upstream
            .send(format!(
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:{port}/x/?q\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n\
                 Upgrade: h2c\r\nX-Client-Cert-Gate-Secret: s3cret\r\nX-ARR-ClientCert: AQID\r\nX_Client_Cert_Caller: billing\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n"
            ))
            .await;
        let head = caller.head().await;
        assert_eq!(value(&head, "location"), Some("https://app.example/api/x/?q"));
        let mut names: Vec<&str> = head.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
        names.sort_unstable();
        assert_eq!(names, ["content-length", "date", "location", "set-cookie", "set-cookie"]);
    })
    .await;
}
