//! Upstreams that fail, lie, hang or leave, and callers that do.

use std::time::Duration;

use crate::stage::{ID, Peer, Stage, value, within};
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
async fn an_answer_that_breaks_off_ends_the_callers_connection() {
    within(async {
        let stage = Stage::new().await;
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n",
        ] {
            let mut caller = stage.call(GET).await;
            let mut upstream = stage.accept().await;
            upstream.head().await;
            upstream.send(answer).await;
            caller.until("half").await;
            drop(upstream);
            let rest = caller.rest().await;
            assert!(!rest.contains("0\r\n\r\n"), "{answer}: {rest:?}");
        }
    })
    .await;
}

/// An exchange that leaves a kept connection, of which this is the upstream's end.
async fn kept(stage: &mut Stage) -> (Peer, Peer) {
    let mut caller = stage.call(GET).await;
    let mut upstream = stage.accept().await;
    upstream.head().await;
    upstream.send(OK).await;
    caller.until("ok").await;
    stage.exchange().await;
    (caller, upstream)
}

#[tokio::test]
async fn a_request_is_repeated_once_where_nothing_can_happen_twice() {
    within(async {
        // What was sent on the kept connection, what came back, and whether it is repeated.
        let table = [
            ("GET /y HTTP/1.1\r\nHost: a\r\n\r\n", "", true),
            ("DELETE /y HTTP/1.1\r\nHost: a\r\n\r\n", "", true),
            (
                "PUT /y HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
                "",
                true,
            ),
            ("GET /y HTTP/1.1\r\nHost: a\r\n\r\n", "H", false),
            (
                "GET /y HTTP/1.1\r\nHost: a\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n",
                false,
            ),
            ("POST /y HTTP/1.1\r\nHost: a\r\n\r\n", "", false),
            (
                "POST /y HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nb",
                "",
                false,
            ),
            (
                "PUT /y HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nb",
                "",
                false,
            ),
        ];
        for (request, came_back, is_repeated) in table {
            for is_reset in [false, true] {
                let mut stage = Stage::new().await;
                let (mut caller, mut upstream) = kept(&mut stage).await;
                caller.send(request).await;
                upstream.message().await;
                upstream.send(came_back).await;
                if is_reset {
                    upstream.stream.set_zero_linger().unwrap();
                }
                drop(upstream);
                if is_repeated {
                    let mut second = stage.accept().await;
                    let head = second.head().await;
                    assert_eq!(head.lines().next(), request.lines().next());
                    second.send(OK).await;
                    caller.until("ok").await;
                } else {
                    assert!(caller.head().await.starts_with("HTTP/1.1 502"), "{request}");
                }
                assert_eq!(stage.exchange().await.is_repeated, is_repeated, "{request}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_connection_that_ends_is_no_reason_to_repeat() {
    within(async {
        let mut stage = Stage::new().await;
        let mut caller = stage.call(GET).await;
        let mut upstream = stage.accept().await;
        upstream.head().await;
        drop(upstream);
        assert!(caller.head().await.starts_with("HTTP/1.1 502"));
        assert!(!stage.exchange().await.is_repeated);
    })
    .await;
}

#[tokio::test]
async fn a_request_that_meets_an_ended_connection_goes_to_a_new_one_whatever_it_is() {
    within(async {
        let mut stage = Stage::new().await;
        for round in 0..50 {
            let (mut caller, upstream) = kept(&mut stage).await;
            // It may be known by now that the connection has ended, or not.
            drop(upstream);
            caller
                .send(format!("GET /{round} HTTP/1.1\r\nHost: a\r\n\r\n"))
                .await;
            let mut second = stage.accept().await;
            second.head().await;
            second
                .send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
                .await;
            caller.until("ok").await;
            stage.exchange().await;
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
async fn an_answer_before_the_request_is_read_reaches_the_caller() {
    within(async {
        let stage = Stage::new().await;
        for is_closed in [false, true] {
            let mut caller = stage.call("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\nbegin").await;
            let mut upstream = stage.accept().await;
            upstream.head().await;
            upstream.send("HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig").await;
            if is_closed {
                // With bytes of the request unread, the system resets the connection.
                drop(upstream);
            }
            let (head, body) = caller.message().await;
            assert!(head.starts_with("HTTP/1.1 413 "), "{head}");
            assert_eq!(body, "big");
        }
    })
    .await;
}

#[tokio::test]
async fn an_upstream_that_closes_while_a_body_streams_in_has_its_answer_passed() {
    within(async {
        for _ in 0..20 {
            let stage = Stage::new().await;
            let caller = stage
                .call("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n")
                .await;
            let (mut read, mut write) = caller.stream.into_split();
            let writing = tokio::spawn(async move {
                let chunk = vec![b'x'; 65_536];
                while tokio::io::AsyncWriteExt::write_all(&mut write, &chunk)
                    .await
                    .is_ok()
                {}
            });
            let mut upstream = stage.accept().await;
            upstream.head().await;
            upstream.exactly(1_000_000).await;
            upstream
                .send(
                    "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno",
                )
                .await;
            drop(upstream);
            let mut answer = vec![0; 12];
            tokio::io::AsyncReadExt::read_exact(&mut read, &mut answer)
                .await
                .unwrap();
            assert_eq!(answer, b"HTTP/1.1 401");
            writing.abort();
        }
    })
    .await;
}

#[tokio::test]
async fn a_caller_that_leaves_ends_the_upstreams_work() {
    within(async {
        let stage = Stage::new().await;
        // Before the answer's head.
        let caller = stage.call(GET).await;
        let mut upstream = stage.accept().await;
        upstream.head().await;
        drop(caller);
        assert_eq!(upstream.rest().await, "");
        // In the answer's body.
        let mut caller = stage.call(GET).await;
        let mut upstream = stage.accept().await;
        upstream.head().await;
        upstream
            .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await;
        caller.head().await;
        drop(caller);
        assert_eq!(upstream.rest().await, "");
        // In the request's body.
        let caller = stage
            .call("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
            .await;
        let mut upstream = stage.accept().await;
        upstream.head().await;
        upstream.exactly(4).await;
        drop(caller);
        assert_eq!(upstream.rest().await, "");
    })
    .await;
}

#[tokio::test]
async fn a_caller_that_has_sent_all_and_closed_its_side_gets_the_answer() {
    within(async {
        let stage = Stage::for_half_closed_callers().await;
        let mut caller = stage
            .call("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na")
            .await;
        tokio::io::AsyncWriteExt::shutdown(&mut caller.stream)
            .await
            .unwrap();
        let mut upstream = stage.accept().await;
        upstream.message().await;
        upstream.send(OK).await;
        assert!(caller.rest().await.ends_with("ok"));
    })
    .await;
}
