//! How it ends.

use std::net::TcpStream;

use crate::stage::Stage;

#[test]
fn ctrl_c_lets_requests_under_way_end_and_takes_no_more() {
    for signal in ["INT", "TERM"] {
        let stage = Stage::new();
        let mut client = stage.call("GET /x HTTP/1.1\r\nHost: HOST\r\n\r\n");
        let mut app = stage.accept();
        app.head();
        stage.running.signal(signal);
        // Until nobody listens any more.
        while TcpStream::connect(("127.0.0.1", stage.port)).is_ok() {
            std::thread::yield_now();
        }
        app.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        let answer = client.until("ok");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let (status, errors) = stage.running.end();
        assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
    }
}

#[test]
fn a_stream_that_does_not_end_is_cut_off() {
    let stage = Stage::new();
    let mut client = stage.call("GET /x HTTP/1.1\r\nHost: HOST\r\n\r\n");
    let mut app = stage.accept();
    app.head();
    app.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.head();
    let mut unanswered = stage.call("GET /y HTTP/1.1\r\nHost: HOST\r\n\r\n");
    let mut app = stage.accept();
    app.head();
    stage.running.signal("INT");
    client.rest();
    unanswered.rest();
    let (status, errors) = stage.running.end();
    assert_eq!((status.code(), errors.as_str()), (Some(0), ""));
}
