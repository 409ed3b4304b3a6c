//! What happens while nothing moves, on a clock that runs as fast as nobody does anything.

use crate::stage::Stage;
use tokio::time::{Duration, Instant};
use upstream::UpstreamOptions;

const GET: &str = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

async fn commented() -> Stage {
    let comments = |options| UpstreamOptions {
        event_stream_comments: true,
        ..options
    };
    Stage::with(comments, |_| ()).await
}

#[tokio::test(start_paused = true)]
async fn a_silent_event_stream_gets_a_comment_every_20_seconds_between_events() {
    let stage = commented().await;
    let mut caller = stage.call(GET).await;
    let mut upstream = stage.accept().await;
    upstream.head().await;
    upstream
        .send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        .await;
    caller.until("data: 1\n\n").await;
    let begun = Instant::now();
    for _ in 0..100 {
        caller.until("3\r\n:\n\n\r\n").await;
    }
    let passed = begun.elapsed();
    assert!(
        passed >= Duration::from_secs(1980) && passed < Duration::from_secs(2010),
        "{passed:?}"
    );
    // In an event there is none, however long it takes.
    upstream.send("data: 2\n").await;
    caller.until("data: 2\n\r\n").await;
    tokio::time::sleep(Duration::from_secs(100)).await;
    upstream.send("data: 3\n\n").await;
    assert_eq!(
        caller.until("data: 3\n\n\r\n").await,
        "9\r\ndata: 3\n\n\r\n"
    );
    caller.until(":\n\n").await;
}

#[tokio::test(start_paused = true)]
async fn no_other_answer_gets_a_comment() {
    let stage = commented().await;
    let table = [
        "Content-Type: text/plain\r\n",
        "Content-Type: text/event-stream\r\nContent-Encoding: br\r\n",
        "Content-Type: text/event-stream\r\nContent-Length: 20\r\n",
    ];
    for head in table {
        let mut caller = stage.call(GET).await;
        let mut upstream = stage.accept().await;
        upstream.head().await;
        upstream
            .send(format!("HTTP/1.1 200 OK\r\n{head}\r\n\n\n"))
            .await;
        // After 240 s of silence it is broken off.
        let rest = caller.rest().await;
        assert!(
            !rest.contains(':') || !rest.split_once("\r\n\r\n").unwrap().1.contains(':'),
            "{rest:?}"
        );
        assert_eq!(upstream.rest().await, "");
    }
}

#[tokio::test(start_paused = true)]
async fn a_kept_connection_ends_after_two_seconds() {
    let stage = Stage::new().await;
    let mut caller = stage.call(GET).await;
    let mut upstream = stage.accept().await;
    upstream.head().await;
    upstream
        .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        .await;
    caller.until("ok").await;
    let begun = Instant::now();
    assert_eq!(upstream.rest().await, "");
    let passed = begun.elapsed();
    assert!(passed <= Duration::from_millis(2010), "{passed:?}");
    assert!(passed >= Duration::from_millis(1900), "{passed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_whose_request_was_answered_early_is_not_kept() {
    let stage = Stage::new().await;
    let mut caller = stage
        .call("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
        .await;
    let mut upstream = stage.accept().await;
    upstream.head().await;
    let begun = Instant::now();
    upstream
        .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        .await;
    assert_eq!(caller.message().await.1, "ok");
    upstream.rest().await;
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_broken_off_after_240_seconds_without_a_byte_and_no_sooner() {
    let stage = Stage::new().await;
    let mut caller = stage.call(GET).await;
    let mut upstream = stage.accept().await;
    upstream.head().await;
    upstream
        .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        .await;
    caller.head().await;
    for part in ["a", "b", "c"] {
        tokio::time::sleep(Duration::from_secs(200)).await;
        upstream.send(part).await;
        caller.until(part).await;
    }
    let begun = Instant::now();
    assert_eq!(caller.rest().await, "");
    let passed = begun.elapsed();
    assert!(
        passed >= Duration::from_secs(239) && passed < Duration::from_secs(250),
        "{passed:?}"
    );
}
