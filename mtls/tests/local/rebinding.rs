//! DNS rebinding: a page whose name was made to resolve to 127.0.0.1 reaches the front end, with a certificate if the
//! browser has one. Its name is passed on, and so the handler sees that nobody on this machine has written the address.

use openssl::hash::MessageDigest;
use openssl::x509::X509;
use test_support::process::{Program, reason};

use crate::caller::Caller;
use crate::project::Project;
use crate::running::Running;

const PATH: &str = "/api/SecuredFunction";

/// A request, and whether it is addressed to this machine.
fn requests(port: u16) -> Vec<(String, bool)> {
    let own = format!("Host: localhost:{port}");
    let lines = [
        (own.clone(), true),
        (format!("Host: 127.0.0.1:{port}"), true),
        (format!("Host: [::1]:{port}"), true),
        ("Host: LOCALHOST".to_owned(), true),
        (format!("Host: evil.example:{port}"), false),
        ("Host: localhost.evil.example".to_owned(), false),
        ("Host: 127.0.0.1.evil.example".to_owned(), false),
        (format!("{own}\r\nX-Original-Host: evil.example"), false),
    ];
    let origin_form = lines.map(|(lines, is_local)| (request(PATH, &lines), is_local));
    let target = |host: &str| format!("http://{host}{PATH}");
    let absolute_form = [
        (request(&target("evil.example"), &own), false),
        // The target counts, not Host beside it (RFC 9112, section 3.2.2). No page can have a browser write such a request.
        (request(&target("localhost"), "Host: evil.example"), true),
    ];
    origin_form.into_iter().chain(absolute_form).collect()
}

fn request(target: &str, lines: &str) -> String {
    format!("GET {target} HTTP/1.1\r\n{lines}\r\nConnection: close\r\n\r\n")
}

/// Sends each request; `reason` gives the handler's reason for the decision about it.
fn refuses_other_hosts(caller: &Caller, mut reason: impl FnMut() -> String) {
    for (request, is_local) in requests(caller.port) {
        let expected = match is_local {
            true => (200, "admitted"),
            false => (401, "host-not-local"),
        };
        let answer = caller.raw(request.as_bytes());
        assert_eq!((answer.status, reason().as_str()), expected, "{request}");
    }
}

#[test]
fn only_a_loopback_name_counts_as_the_host_of_a_local_call() {
    let project = Project::real();
    for dialect in ["forwarding", "proxying"] {
        let mut running = project.start(&["--host", dialect]);
        let caller = running.caller().named("allowed");
        refuses_other_hosts(&caller, || reason(&running.request("/api")).to_owned());
    }
}

/// The same before a handler that another host has started, as `mtls front-end` stands before `func start`.
#[test]
fn a_front_end_by_itself_passes_on_whom_the_caller_named() {
    let project = Project::new();
    let pem = std::fs::read(project.folder.path().join("certs/allowed.pem")).unwrap();
    let digest = X509::from_pem(&pem)
        .unwrap()
        .digest(MessageDigest::sha256());
    let thumbprint = test_support::hex(&digest.unwrap());
    let handler = Program::fixture().start(&[
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &thumbprint),
    ]);
    let upstream = format!("http://127.0.0.1:{}", handler.port);
    let arguments = [
        "front-end",
        "--upstream",
        &upstream,
        "--port",
        "0",
        "--log",
        "json",
    ];
    let mut running = Running::launch(project.folder.path(), &arguments);
    running.wait_until_ready();
    let caller = running.caller().named("allowed");
    refuses_other_hosts(&caller, || reason(&handler.decision()).to_owned());
}
