//! A relay, which passes on what it gets.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Empty};
use tokio::net::TcpStream;
use upstream::{Connect, Failure, Relay};

use crate::stage::{Stage, within};

const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

struct Dialed(SocketAddr);

impl Connect for Dialed {
    type Stream = TcpStream;

    async fn connect(&self) -> io::Result<TcpStream> {
        TcpStream::connect(self.0).await
    }
}

struct Nowhere;

impl Connect for Nowhere {
    type Stream = TcpStream;

    async fn connect(&self) -> io::Result<TcpStream> {
        Err(io::Error::other("nowhere"))
    }
}

#[tokio::test]
async fn no_header_changes_but_those_of_one_connection() {
    within(async {
        let stage = Stage::new().await;
        let relay = Relay::new(Dialed(stage.upstream.local_addr().unwrap()), IDLE_TIMEOUT);
        let request = Request::get("http://elsewhere.example/a%2F?q")
            .header("host", "app.example")
            .header("x-client-cert", "theirs")
            .header("x_under", "1")
            .header("forwarded", "for=x")
            .header("connection", "x-hop")
            .header("x-hop", "1")
            .header("proxy-authorization", "secret")
            .body(Empty::<Bytes>::new());
        let call = tokio::spawn(async move { relay.call(request.unwrap(), None).await });
        let mut upstream = stage.accept().await;
        let head = upstream.head().await;
        assert!(head.starts_with("GET /a%2F?q HTTP/1.1\r\n"), "{head}");
        let mut lines: Vec<&str> = head.lines().skip(1).filter(|line| !line.is_empty()).collect();
        lines.sort_unstable();
        let expected = ["forwarded: for=x", "host: app.example", "x-client-cert: theirs", "x_under: 1"];
        assert_eq!(lines, expected);
        upstream
            .send("HTTP/1.1 200 OK\r\nX-Client-Cert: kept\r\nKeep-Alive: timeout=5\r\nTrailer: X-Client-Cert-Sum\r\n\
                   Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Client-Cert-Sum: 1\r\n\r\n")
            .await;
        let response = call.await.unwrap().unwrap();
        assert_eq!(response.headers()["x-client-cert"], "kept");
        assert!(!response.headers().contains_key("keep-alive"));
        let collected = response.into_body().collect().await.unwrap();
        assert_eq!(collected.trailers().unwrap()["x-client-cert-sum"], "1");
        assert_eq!(collected.to_bytes(), "ok");
    })
    .await;
}

#[tokio::test]
async fn why_there_is_no_connection_is_kept() {
    let relay = Relay::new(Nowhere, IDLE_TIMEOUT);
    let request = Request::get("/").body(Empty::<Bytes>::new()).unwrap();
    match relay.call(request, None).await {
        Err(Failure::Unreachable(error)) => assert_eq!(error.to_string(), "nowhere"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_never_passed_on_is_refused_before_a_connection_is_made() {
    let relay = Relay::new(Nowhere, IDLE_TIMEOUT);
    for request in [
        Request::builder().method("TRACE").uri("/"),
        Request::get("/").header("upgrade", "websocket"),
        Request::post("/").header("transfer-encoding", "gzip, chunked"),
        Request::post("/").header("transfer-encoding", "chunked, chunked"),
    ] {
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        let failure = relay.call(request, None).await.err().unwrap();
        assert_eq!(failure.status(), 501, "{failure}");
    }
}
