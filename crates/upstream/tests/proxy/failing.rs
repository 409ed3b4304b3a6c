//! Upstreams that fail, lie, hang or leave, and callers that do.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use crate::stage::{ID, Stage, value, within};
use upstream::Failure;

const GET: &str = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn what_is_no_answer_becomes_502_and_reaches_no_later_request() {
    within(async {
        let mut stage = Stage::new().await;
        let huge = format!("HTTP/1.1 200 OK\r\nX-A: {}\r\n\r\n", "a".repeat(70_000));
        let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X-A: 1\r\n".repeat(200));
        let answers = [
            "",
            "garbage\r\n\r\n",
            "HTTP/1.1",
            "HTTP/1.1 200 OK\r\nContent-",
            "HTTP/2.0 200 OK\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-A: 1\r\n folded\r\n\r\n",
            "HTTP/1.1 200 OK\r\nX-A : 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello",
            &huge,
            &many,
        ];
        for answer in answers {
            let mut caller = stage.call(GET).await;
            let mut upstream = stage.accept().await;
            upstream.head().await;
            upstream.send(answer).await;
            let shown: String = answer.chars().take(80).collect();
            // An answer that is cut short ends with its connection.
            let (head, body) = if answer.ends_with("\r\n\r\n") || answer.ends_with("ok") || answer.ends_with("hello") {
                caller.message().await
            } else {
                drop(upstream);
                caller.message().await
            };
            assert!(head.starts_with("HTTP/1.1 502 Bad Gateway\r\n"), "{shown}: {head}");
            assert_eq!(value(&head, "content-type"), Some("application/problem+json"));
            assert!(body.contains(&format!("\"invocationId\":\"{ID}\"")), "{body}");
            assert!(stage.exchange().await.failure.is_some(), "{shown}");
            // On the same connection of the caller, and another to the upstream.
            caller.send(GET).await;
            let mut upstream = stage.accept().await;
            upstream.head().await;
            upstream.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok").await;
            assert_eq!(caller.message().await.1, "ok", "{shown}");
            assert!(stage.exchange().await.failure.is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn interim_answers_are_counted_and_too_many_end_the_call() {
    within(async {
        let mut stage = Stage::new().await;
        let hint = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
        let mut caller = stage.call(GET).await;
        let mut upstream = stage.accept().await;
        upstream.head().await;
        upstream.send(hint.repeat(100)).await;
        upstream.send(OK).await;
        assert_eq!(caller.message().await.1, "ok");
        assert!(stage.exchange().await.failure.is_none());
        // On the kept connection; the requests to be repeated, and those that are not.
        let post = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";
        for request in [GET, post] {
            caller.send(request).await;
            upstream.head().await;
            let endless =
                async { while upstream.stream.write_all(hint.as_bytes()).await.is_ok() {} };
            let (head, ()) = tokio::join!(caller.head(), endless);
            assert!(head.starts_with("HTTP/1.1 502 Bad Gateway\r\n"), "{head}");
            let failure = stage.exchange().await.failure;
            assert!(
                matches!(failure, Some(Failure::Malformed(_))),
                "{failure:?}"
            );
            caller = stage.call(GET).await;
            upstream = stage.accept().await;
            upstream.head().await;
            upstream.send(OK).await;
            assert_eq!(caller.message().await.1, "ok");
            assert!(stage.exchange().await.failure.is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn bytes_after_an_answer_reach_no_later_request() {
    within(async {
        let stage = Stage::new().await;
        let evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
        let table = [
            ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
            (
                "GET",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            ),
            ("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
            ("GET", "HTTP/1.1 204 No Content\r\n\r\n"),
            ("GET", "HTTP/1.1 304 Not Modified\r\n\r\n"),
            ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n"),
        ];
        for (method, answer) in table {
            let mut caller = stage
                .call(&format!("{method} /x HTTP/1.1\r\nHost: a\r\n\r\n"))
                .await;
            let mut first = stage.accept().await;
            first.head().await;
            first.send(format!("{answer}{evil}")).await;
            let head = caller.head().await;
            assert!(!head.contains("evil"));
            // The connection is ended, so the next request comes on another.
            first.rest().await;
            let mut other = stage.call(GET).await;
            let mut second = stage.accept().await;
            second.head().await;
            second
                .send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
                .await;
            assert_eq!(other.message().await.1, "ok", "{answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_upstream_that_is_not_up_is_503() {
    within(async {
        let mut stage = Stage::new().await;
        let port = stage.upstream.local_addr().unwrap();
        stage.upstream = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut caller = stage.call(GET).await;
        let (head, body) = caller.message().await;
        assert!(
            head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"),
            "{head}"
        );
        assert_eq!(value(&head, "retry-after"), Some("1"));
        assert_eq!(value(&head, "cache-control"), Some("no-store"));
        assert!(
            body.contains(&ID.to_string()) && !body.contains(&port.to_string()),
            "{body}"
        );
        let failure = stage.exchange().await.failure;
        assert!(
            matches!(failure, Some(Failure::Unreachable(_))),
            "{failure:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn an_upstream_that_hangs_is_504_and_one_whose_request_still_moves_is_not() {
    const LIMIT: Duration = Duration::from_millis(200);
    within(async {
        let mut stage = Stage::with(
            |options| options,
            |outside| outside.idle_timeout = Some(LIMIT),
        )
        .await;
        let mut caller = stage.call(GET).await;
        let mut upstream = stage.accept().await;
        upstream.head().await;
        assert!(
            caller
                .head()
                .await
                .starts_with("HTTP/1.1 504 Gateway Timeout\r\n")
        );
        assert_eq!(upstream.rest().await, "");
        assert!(matches!(
            stage.exchange().await.failure,
            Some(Failure::TimedOut(LIMIT))
        ));
        // Nine parts, each after half the limit: more than four limits together.
        let mut caller = stage
            .call("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
            .await;
        let mut upstream = stage.accept().await;
        upstream.head().await;
        let mut pace = tokio::time::interval(LIMIT / 2);
        for part in "123456789".chars() {
            pace.tick().await;
            caller.send(part.to_string()).await;
            upstream.exactly(1).await;
        }
        upstream.send(OK).await;
        caller.until("ok").await;
        // The same after an answer has begun.
        let mut caller = stage
            .call("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
            .await;
        upstream.head().await;
        upstream
            .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
            .await;
        caller.head().await;
        for part in "123456789".chars() {
            pace.tick().await;
            caller.send(part.to_string()).await;
            upstream.exactly(1).await;
        }
        upstream.send("ok").await;
        assert_eq!(caller.exactly(2).await, "ok");
        // An answer that stops is broken off.
        caller.send(GET).await;
        upstream.head().await;
        upstream
            .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
            .await;
        assert!(caller.rest().await.ends_with("half"));
    })
    .await;
}

#[tokio::test]
async fn the_head_of_an_answer_arrives_although_its_body_breaks_off_with_it() {
    within(async {
        let stage = Stage::new().await;
        for body in ["zz\r\nab", "ffffffffffffffffff\r\nab"] {
            let mut caller = stage.call(GET).await;
            let mut upstream = stage.accept().await;
            upstream.head().await;
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
            upstream.send(format!("{head}{body}")).await;
            let head = caller.head().await;
            assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{body}: {head}");
            // No last chunk: the caller sees that it is not whole.
            assert_eq!(caller.rest().await, "", "{body}");
        }
    })
    .await;
}
