//! `Expect: 100-continue`: asked of the caller when the upstream asks.

use crate::stage::{Stage, value, within};

const POST: &str =
    "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";

#[tokio::test]
async fn the_caller_is_asked_for_the_body_when_the_upstream_asks() {
    within(async {
        let stage = Stage::new().await;
        let mut caller = stage.call(POST).await;
        let mut upstream = stage.accept().await;
        assert_eq!(
            value(&upstream.head().await, "expect"),
            Some("100-continue")
        );
        upstream.send("HTTP/1.1 100 Continue\r\n\r\n").await;
        assert_eq!(caller.head().await, "HTTP/1.1 100 Continue\r\n\r\n");
        caller.send("body").await;
        assert_eq!(upstream.exactly(4).await, "body");
        upstream
            .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            .await;
        assert_eq!(caller.message().await.1, "ok");
    })
    .await;
}

#[tokio::test]
async fn a_caller_whom_the_upstream_refuses_is_not_asked() {
    within(async {
        let stage = Stage::new().await;
        let mut caller = stage.call(POST).await;
        let mut upstream = stage.accept().await;
        upstream.head().await;
        upstream
            .send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno")
            .await;
        let (head, body) = caller.message().await;
        assert!(head.starts_with("HTTP/1.1 417 "), "{head}");
        assert_eq!(body, "no");
        // The request was never whole, so its connection ends.
        assert_eq!(upstream.rest().await, "");
    })
    .await;
}

#[tokio::test]
async fn an_upstream_that_never_asks_gets_the_body_all_the_same() {
    within(async {
        let stage = Stage::new().await;
        let mut caller = stage.call(POST).await;
        let mut upstream = stage.accept().await;
        upstream.head().await;
        assert_eq!(caller.head().await, "HTTP/1.1 100 Continue\r\n\r\n");
        caller.send("body").await;
        assert_eq!(upstream.exactly(4).await, "body");
    })
    .await;
}
