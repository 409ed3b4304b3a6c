//! A side that leaves, or answers, before the other is done.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::stage::{Stage, within};

const GET: &str = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

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
                while write.write_all(&chunk).await.is_ok() {}
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
            read.read_exact(&mut answer).await.unwrap();
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
        caller.stream.shutdown().await.unwrap();
        let mut upstream = stage.accept().await;
        upstream.message().await;
        upstream.send(OK).await;
        assert!(caller.rest().await.ends_with("ok"));
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
