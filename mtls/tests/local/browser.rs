//! A real browser that holds a client certificate: pages of other origins cannot use it, unless theirs is listed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};
use test_support::skipped;

use crate::chromium::Browser;
use crate::project::Project;
use crate::running::Running;

const PASSWORD: &str = "Pa@@word123";

/// A page on an origin of its own; its address.
fn page() -> String {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", server.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in server.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                line.clear();
            }
            let page = "<!DOCTYPE html><title>another site</title>";
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                page.len()
            );
            let _ = reader.get_mut().write_all((head + page).as_bytes());
        }
    });
    origin
}

/// An app whose secured function takes every method, so that the host passes preflights on.
fn project() -> Project {
    let project = Project::real();
    project.function("SecuredFunction", "required", json!({}));
    project
}

fn start(project: &Project, host: &str) -> (Running, Browser, String) {
    let running = project.start(&["--host", host]);
    let origin = format!("https://localhost:{}", running.caller().port);
    let pfx = project.folder.path().join("certs/allowed.pfx");
    let browser = Browser::start(&pfx, PASSWORD, &origin);
    (running, browser, origin)
}

/// The line about the next request to the secured function that is not a preflight.
fn secured(running: &mut Running) -> Value {
    running.event(|event| event["function"] == "SecuredFunction" && event["method"] != "OPTIONS")
}

fn is_skipped() -> bool {
    let missing = Browser::missing();
    if let Some(program) = missing {
        skipped(&format!(
            "{program} is not there: apt-get install chromium libnss3-tools"
        ));
    }
    missing.is_some()
}

#[test]
fn a_page_of_another_site_cannot_use_the_certificate_of_the_browser() {
    if is_skipped() {
        return;
    }
    let project = project();
    let another_site = page();
    for host in ["forwarding", "proxying"] {
        let (mut running, mut browser, origin) = start(&project, host);
        let url = format!("{origin}/api/SecuredFunction");

        // The address typed in, then a call by the page itself.
        browser.open(&url);
        assert_eq!(secured(&mut running)["status"], 200);
        let own = browser.evaluate(
            "fetch('/api/SecuredFunction', {method: 'POST', body: 'x'}).then(r => r.status)",
        );
        assert_eq!(own, 200);
        assert_eq!(secured(&mut running)["certificate"], "Allowed Caller");

        browser.open(&another_site);
        let script = format!(
            "fetch('{url}', {{method: 'POST', mode: 'no-cors', credentials: 'include', body: 'x'}}).then(r => r.type)"
        );
        assert_eq!(browser.evaluate(&script), "opaque");
        refused(&secured(&mut running), "fetch");
        let form = format!(
            "(() => {{ const form = document.createElement('form'); form.method = 'POST'; form.action = '{url}'; \
             document.documentElement.append(form); form.submit(); }})()"
        );
        browser.evaluate(&form);
        refused(&secured(&mut running), "form");
    }
}

/// The browser has presented the certificate, and the call is refused for what it is.
#[track_caller]
fn refused(line: &Value, how: &str) {
    assert_eq!(line["method"], "POST", "{how}: {line}");
    assert_eq!(line["certificate"], "Allowed Caller", "{how}: {line}");
    assert_eq!(line["status"], 401, "{how}: {line}");
    assert_eq!(line["reason"], "cross-site", "{how}: {line}");
}

#[test]
fn a_page_of_a_listed_origin_may_call_after_its_preflight() {
    if is_skipped() {
        return;
    }
    let project = project();
    let (listed, unlisted) = (page(), page());
    project.settings(json!({"CLIENT_CERT_ALLOWED_ORIGINS": listed}));
    for host in ["forwarding", "proxying"] {
        let (mut running, mut browser, origin) = start(&project, host);
        // A type that only a preflight allows.
        let script = format!(
            "fetch('{origin}/api/SecuredFunction', {{method: 'POST', credentials: 'include', body: '{{}}', \
             headers: {{'Content-Type': 'application/json'}}}}).then(r => r.text())"
        );
        browser.open(&listed);
        assert_eq!(
            browser.evaluate(&script),
            r#"{"Msg":"Secured Azure Function called"}"#
        );
        let line = secured(&mut running);
        assert_eq!(
            (&line["status"], &line["certificate"]),
            (&json!(200), &json!("Allowed Caller"))
        );

        browser.open(&unlisted);
        assert_eq!(browser.evaluate(&script), "TypeError: Failed to fetch");
    }
}
