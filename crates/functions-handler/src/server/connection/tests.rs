use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::*;
use crate::server::connections::Connections;
use crate::server::in_flight::Beginning;

/// Far enough apart for a busy machine.
const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(2);

/// A connection over loopback, and its peer.
async fn accepted(timeouts: Timeouts) -> (Connection, Beginning, TcpStream) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let peer = TcpStream::connect(address).await.unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    let requests = Requests::default();
    let beginning = requests.beginning();
    let place = Connections::new(8, 1000).place(&requests).await;
    let connection = Connection::new(stream, place, requests, timeouts);
    (connection, beginning, peer)
}

/// How long a connection lives after its peer has sent some bytes.
fn life(timeouts: Timeouts, bytes: &'static [u8]) -> Duration {
    Runtime::new().unwrap().block_on(async move {
        let (mut connection, _requests, mut peer) = accepted(timeouts).await;
        let begin = Instant::now();
        peer.write_all(bytes).await.unwrap();
        let mut buffer = Vec::new();
        let error = connection.read_to_end(&mut buffer).await.unwrap_err();
        assert_eq!(
            (error.kind(), buffer.as_slice()),
            (io::ErrorKind::TimedOut, bytes)
        );
        begin.elapsed()
    })
}

#[test]
fn a_head_that_does_not_go_on_and_a_request_that_does_not_come_have_times_of_their_own() {
    let head = Timeouts {
        head: SHORT,
        idle: LONG,
    };
    assert!(
        life(head, b"GET").as_secs_f32() < 1.0,
        "a head is waited for as long as a head"
    );
    assert!(
        life(head, b"") >= LONG,
        "an idle connection outlives the time for a head"
    );
    let idle = Timeouts {
        head: LONG,
        idle: SHORT,
    };
    assert!(life(idle, b"GET") >= LONG, "a head under way is not idle");
    assert!(
        life(idle, b"").as_secs_f32() < 1.0,
        "nothing at all is idle"
    );
}

#[test]
fn a_request_that_is_answered_between_two_reads_leaves_an_idle_connection() {
    let timeouts = Timeouts {
        head: SHORT,
        idle: LONG,
    };
    Runtime::new().unwrap().block_on(async move {
        let (mut connection, requests, mut peer) = accepted(timeouts).await;
        peer.write_all(b"GET").await.unwrap();
        let mut buffer = [0; 8];
        assert_eq!(connection.read(&mut buffer).await.unwrap(), 3);
        drop(requests.begin());
        let begin = Instant::now();
        let error = connection.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(
            begin.elapsed() >= LONG,
            "the time for the head has ended with it"
        );
    });
}

#[test]
fn a_request_under_way_is_waited_for_and_the_time_begins_anew_after_it() {
    let timeouts = Timeouts {
        head: SHORT,
        idle: SHORT,
    };
    Runtime::new().unwrap().block_on(async move {
        let (mut connection, requests, mut peer) = accepted(timeouts).await;
        let request = requests.begin();
        let mut buffer = [0; 8];
        let waiting = tokio::time::timeout(3 * SHORT, connection.read(&mut buffer)).await;
        assert!(
            waiting.is_err(),
            "no time runs while a request is under way"
        );
        drop(request);
        let begin = Instant::now();
        let error = connection.read(&mut buffer).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(
            begin.elapsed() >= SHORT,
            "the time began with the end of the request"
        );
        peer.write_all(b"x").await.unwrap();
        drop(requests);
    });
}
