//! Requests that are sent again, and those that are not.

use crate::stage::{Peer, Stage, within};

const GET: &str = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

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
async fn a_request_that_meets_an_ended_connection_goes_to_a_new_one() {
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
