//! Requests and answers that end before their time, through `mtls front-end`: there is always an answer and always a line.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use serde_json::json;

use crate::project::Project;
use crate::upstream::read_head;

/// A server that does this with each of its connections, once their head has come.
fn server(serve: impl Fn(TcpStream) + Send + 'static) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            read_head(&mut stream);
            serve(stream);
        }
    });
    address
}

#[test]
fn an_answer_that_breaks_off_with_its_head_is_passed_on_up_to_there() {
    let project = Project::new();
    for (answer, body) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "abc"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ""),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "abc",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n",
            "abc",
        ),
    ] {
        let address = server(move |mut stream| stream.write_all(answer.as_bytes()).unwrap());
        let running = project.front_end(address, &[]);
        for _ in 0..20 {
            let got = running.caller().get("/x");
            assert_eq!((got.status, got.body.as_str()), (200, body), "{answer:?}");
        }
    }
}

#[test]
fn a_request_that_breaks_off_gets_an_answer_and_a_line() {
    let project = Project::new();
    let address = server(|mut stream| {
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let mut running = project.front_end(address, &[]);
    let head = "POST /x HTTP/1.1\r\nHost: a\r\n";
    for rest in [
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n-1\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        "Content-Length: 10\r\n\r\nab",
    ] {
        let mut stream = running.caller().connect().unwrap();
        stream
            .write_all(format!("{head}{rest}").as_bytes())
            .unwrap();
        // It has said all that it will say, and waits.
        stream.get_ref().shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{rest:?}: {answer:?}");
        let line = running.request("/x");
        assert_eq!(line["status"], 400, "{rest:?}");
        assert_eq!(line["stopped"], "request-broken-off", "{rest:?}");
    }
}

#[test]
fn a_client_that_leaves_before_an_answer_leaves_a_line() {
    let project = Project::new();
    let (seen, arrived) = std::sync::mpsc::channel();
    let address = server(move |mut stream| {
        seen.send(()).unwrap();
        // Until the front end gives up.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let mut running = project.front_end(address, &[]);
    let caller = running.caller().named("allowed");
    let mut stream = caller.connect().unwrap();
    stream
        .write_all(b"GET /left HTTP/1.1\r\nHost: a\r\n\r\n")
        .unwrap();
    arrived.recv().unwrap();
    drop(stream);
    let line = running.request("/left");
    assert_eq!(line["stopped"], "client-left", "{line}");
    assert_eq!(
        (&line["status"], &line["method"]),
        (&json!(null), &json!("GET"))
    );
    assert!(line["certificate"].is_string(), "{line}");
}

#[test]
fn a_coding_of_the_transfer_that_nobody_asked_for_is_not_passed_on() {
    let project = Project::new();
    let chunks = "3\r\nabc\r\n0\r\n\r\n";
    for (codings, body, status) in [
        ("Transfer-Encoding: chunked\r\n", chunks, 200),
        ("Transfer-Encoding: Chunked\r\n", chunks, 200),
        ("Transfer-Encoding: gzip, chunked\r\n", chunks, 502),
        (
            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
            chunks,
            502,
        ),
        ("Transfer-Encoding: gzip\r\n", "abc", 502),
        ("Transfer-Encoding: identity\r\n", "abc", 502),
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{codings}\r\n{body}");
        let address = server(move |mut stream| stream.write_all(answer.as_bytes()).unwrap());
        let mut running = project.front_end(address, &[]);
        let got = running.caller().get("/x");
        assert_eq!(got.status, status, "{codings}");
        assert_eq!(got.body == "abc", status == 200, "{codings}: {got:?}");
        let stopped = running.request("/x")["stopped"].clone();
        let expected = "upstream: unasked another transfer coding than chunked";
        assert_eq!(
            stopped,
            if status == 200 {
                json!(null)
            } else {
                json!(expected)
            }
        );
    }
}

#[test]
fn a_new_folder_in_an_app_is_announced_and_one_that_is_there_is_not() {
    let app = tempfile::tempdir().unwrap();
    std::fs::write(app.path().join("host.json"), "{}").unwrap();
    let arguments = [
        "front-end",
        "--upstream",
        "http://127.0.0.1:1",
        "--port",
        "0",
        "--log",
        "json",
    ];
    let notes = |folder: &std::path::Path| {
        let mut running = crate::running::Running::launch(folder, &arguments);
        running.wait_until_ready();
        let notes = running.seen.iter().filter(|event| event["event"] == "note");
        let restarts = notes.filter(|note| note["text"].as_str().unwrap().contains("restarts"));
        restarts.count()
    };
    assert_eq!(notes(app.path()), 1);
    assert_eq!(notes(app.path()), 0);
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(notes(elsewhere.path()), 0);
}
