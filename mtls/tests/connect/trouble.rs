//! What is wrong is said once, where people and clients look for it, and nothing secret with it.

use test_support::hierarchy::{root, server, server_named};
use test_support::pfx::PASSWORD;

use crate::running::Running;
use crate::stage::{App, Stage, Started, client, note, port_of};

const GET: &str = "GET /x HTTP/1.1\r\nHost: HOST\r\n\r\n";

/// The status and the body for a client.
fn answered(port: u16) -> (String, String) {
    let mut client = client(port);
    client.send(&GET.replace("HOST", &format!("127.0.0.1:{port}")));
    let head = client.head();
    (head, client.rest())
}

#[track_caller]
fn says(mut running: Running, note_says: &str, client_says: &str) {
    let port = port_of(&mut running);
    let said = note(&mut running, note_says);
    assert!(said.contains("what to do"), "{said}");
    let (head, body) = answered(port);
    assert!(head.starts_with("HTTP/1.1 502 "), "{head}");
    let line = running.request("/x");
    assert!(line["thumbprint"].is_null(), "{line}");
    assert!(head.contains("application/problem+json"), "{head}");
    assert!(body.contains(client_says), "{body}");
    assert!(!said.contains(PASSWORD) && !body.contains(PASSWORD));
}

#[test]
fn an_app_that_is_not_there_is_502() {
    let started = Started::new();
    let app = App::start(&server(&started.family.root), &started.family.root, true);
    let url = app.url();
    drop(app);
    let running = started.connect(&url, &[]);
    says(
        running,
        "no connection to the server",
        "check the host and the port",
    );
}

#[test]
fn an_app_with_another_name_or_authority_gets_no_request() {
    let started = Started::new();
    let ours = &started.family.root;
    let stranger = root("stranger");
    for (identity, note_says) in [
        (server_named(ours, "other.example"), "does not verify"),
        (server(&stranger), "does not verify"),
    ] {
        let app = App::start(&identity, ours, true);
        let url = app.url();
        let refusing = std::thread::spawn(move || {
            for _ in 0..2 {
                app.refuse();
            }
        });
        says(started.connect(&url, &[]), note_says, "no request was sent");
        refusing.join().unwrap();
    }
}

#[test]
fn a_refusal_of_the_app_is_passed_on_as_it_is_and_explained_once() {
    for (is_asked, says) in [
        (true, "mtls explain"),
        (false, "did not ask for our certificate"),
    ] {
        let mut stage = Stage::with(is_asked, &[]);
        if !is_asked {
            stage.note("did not ask for a certificate in its first handshake");
        }
        let refusal = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ClientCertificate\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno";
        for _ in 0..2 {
            let (_, answer) = stage.exchange(GET, refusal);
            assert!(
                answer.starts_with("HTTP/1.1 401 Unauthorized\r\n"),
                "{answer}"
            );
            assert!(
                answer.contains("www-authenticate: ClientCertificate\r\n"),
                "{answer}"
            );
            stage.running.request("/x");
        }
        let told = stage.running.seen.iter().filter(|event| {
            let text = event["text"].as_str().unwrap_or_default();
            text.contains("the app refused a request") && text.contains(says)
        });
        assert_eq!(told.count(), 1, "{:#?}", stage.running.seen);
    }
}

#[test]
fn a_refusal_is_explained_by_a_connection_that_was_made() {
    let mut stage = Stage::new();
    let mut client = stage.call(GET);
    let mut app = stage.accept();
    app.head();
    // Another connection begins meanwhile, and nothing is known of it.
    let _other = stage.call(GET);
    let _silent = stage.accept_silently();
    app.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    assert!(client.head().starts_with("HTTP/1.1 401 "));
    let said = stage.note("the app refused a request");
    assert!(said.contains("it was sent our certificate"), "{said}");
}

#[test]
fn an_app_that_breaks_off_is_502() {
    let mut stage = Stage::new();
    let mut client = stage.call("POST /x HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n");
    let mut app = stage.accept();
    app.head();
    drop(app);
    let head = client.head();
    assert!(head.starts_with("HTTP/1.1 502 "), "{head}");
    stage.note("after our certificate was sent");
    assert!(!stage.running.request("/x")["thumbprint"].is_null());
}

#[test]
fn what_is_wrong_with_the_command_line_is_said_at_once() {
    let started = Started::new();
    started.write("bad.p12", b"no certificate");
    for (url, more, expected) in [
        (
            "http://127.0.0.1:1",
            &[][..],
            "expected an address such as https://",
        ),
        (
            "https://127.0.0.1:1/api",
            &[],
            "expected the app's address alone",
        ),
        (
            "https://127.0.0.1:1",
            &["--listen", "0.0.0.0:80"],
            "--listen: expected a loopback address",
        ),
        (
            "https://127.0.0.1:1",
            &["--token-env", "PATH_THAT_IS_NOT_SET"],
            "PATH_THAT_IS_NOT_SET",
        ),
    ] {
        let (status, errors) = started.connect(url, more).end();
        assert_eq!(status.code(), Some(64), "{errors}");
        assert!(errors.contains(expected), "{errors}");
        assert!(!errors.contains(PASSWORD), "{errors}");
    }
    let all = ["--listen", "8080", "--token-env", "PATH_THAT_IS_NOT_SET"];
    let (_, errors) = started.connect("http://127.0.0.1:1", &all).end();
    assert_eq!(errors.lines().count(), 3, "{errors}");
}
