//! The server's life and ours.

use std::thread;
use std::time::Instant;

use test_support::process::PATIENCE;

use crate::app::{Gated, PUBLIC, SECURED, pid};
use crate::trials;

trials!(
    a_server_that_ends_is_started_again,
    a_server_that_never_runs_is_given_up,
    nothing_is_left_when_we_are_killed,
    a_request_to_end_stops_the_server,
);

pub(crate) fn is_running(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

pub(crate) fn until_gone(pid: u32) {
    let end = Instant::now() + PATIENCE;
    while is_running(pid) {
        assert!(Instant::now() < end, "process {pid} is left");
        thread::yield_now();
    }
}

fn a_server_that_ends_is_started_again() {
    let gated = Gated::start("echo", &[]);
    let first = pid(&gated.secured(SECURED, ""));
    // The call that ends it is answered, and not repeated.
    let exit = "Content-Length: 0\r\n";
    let request = format!("POST {PUBLIC}?exit HTTP/1.1\r\nHost: localhost\r\n{exit}\r\n");
    assert_eq!(
        gated.handler.exchange(request.as_bytes()).unwrap().status,
        502
    );
    let ended = gated.handler.line(|line| line["event"] == "server-ended");
    assert_eq!(ended["level"], "error");
    let second = pid(&gated.secured(SECURED, ""));
    assert_ne!(first, second);
    assert!(!is_running(first));
}

fn a_server_that_never_runs_is_given_up() {
    let mut gated = Gated::start("ends", &[]);
    let refused = gated.get(SECURED, "");
    assert_eq!(refused.status, 401, "a refusal never waits");
    let ended = gated.handler.line(|line| line["event"] == "server-ended");
    assert_eq!(ended["lastLines"], serde_json::json!(["no database here"]));
    assert!(ended["text"].as_str().unwrap().contains('7'), "{ended}");
    gated
        .handler
        .line(|line| line["event"] == "server-given-up");
    assert_eq!(
        gated.handler.wait().code(),
        Some(1),
        "never 0, which keeps the host deaf"
    );
}

fn nothing_is_left_when_we_are_killed() {
    let gated = Gated::start("echo", &[]);
    let server = pid(&gated.secured(SECURED, ""));
    gated.handler.signal("KILL");
    until_gone(server);
}

fn a_request_to_end_stops_the_server() {
    let mut gated = Gated::start("echo", &[]);
    let server = pid(&gated.secured(SECURED, ""));
    gated.handler.signal("TERM");
    assert_eq!(gated.handler.wait().code(), Some(143));
    assert!(!is_running(server));
}
