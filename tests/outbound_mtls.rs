//! `OutboundMtls` in the real handler: a caller whom we admit makes us call a partner who demands our certificate.

#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use common::app;
use serde_json::{Value, json};
use tempfile::TempDir;

use test_support::hierarchy::{
    Family, Issued, client, client_until, der, expired_client, p256, root, self_signed_client,
};
use test_support::partner::{Manner, Partner, redirect, status};
use test_support::pfx::{self, PASSWORD};
use test_support::process::{Answer, Handler, PATIENCE, free_port, get, wait};
use test_support::{Shape, hex};

const FUNCTION: &str = "/api/outbound-mtls";

/// An app root with our identity in it, the caller whom it admits, and the settings.
struct Setup {
    root: TempDir,
    family: Family,
    caller: test_support::Issued,
    settings: Vec<(&'static str, String)>,
}

impl Setup {
    fn new(url: impl FnOnce(&Family) -> String) -> Self {
        let family = Family::new();
        let caller = Shape::caller("caller").valid_today().self_signed();
        let settings = vec![
            ("CLIENT_CERT_FRONT_END", "development".to_owned()),
            ("ALLOWED_CLIENT_CERT_THUMBPRINTS", caller.sha256()),
            ("OUTBOUND_CLIENT_CERT_PATH", "certs/partner.p12".to_owned()),
            ("OUTBOUND_CLIENT_CERT_PASSWORD", PASSWORD.to_owned()),
            ("OUTBOUND_TRUST_ANCHORS", "certs/ca.pem".to_owned()),
            ("OUTBOUND_TRUST_ANCHORS_ONLY", "true".to_owned()),
            ("REMOTE_API_URL", url(&family)),
        ];
        let setup = Self {
            root: app().app_root(),
            family,
            caller,
            settings,
        };
        fs::create_dir(setup.root.path().join("certs")).unwrap();
        let anchor = setup.family.root.certificate.to_pem().unwrap();
        fs::write(setup.root.path().join("certs/ca.pem"), anchor).unwrap();
        setup.present(&setup.family.client);
        setup
    }

    /// Puts a client certificate of the family in place, as renewals do.
    fn present(&self, issued: &Issued) {
        let bytes = pfx::ordinary(issued, &self.family.intermediates());
        install(self.root.path(), &bytes);
    }

    fn set(&mut self, name: &'static str, value: &str) {
        self.settings.retain(|(key, _)| *key != name);
        self.settings.push((name, value.to_owned()));
    }

    fn unset(&mut self, prefix: &str) {
        self.settings.retain(|(key, _)| !key.starts_with(prefix));
    }

    /// The handler, at least until its first answer about the identity is in the log.
    fn start(self) -> Running {
        let running = self.start_unloaded();
        running.handler.line(|line| {
            line["event"] == "outbound-identity-loaded"
                || line["event"] == "outbound-identity-failed"
        });
        running
    }

    fn start_unloaded(self) -> Running {
        let settings: Vec<_> = self
            .settings
            .iter()
            .map(|(k, v)| (*k, v.as_str()))
            .collect();
        let root = self.root.path().to_owned();
        Running {
            handler: app().start_in(self.root, &settings),
            root,
            family: self.family,
            certificate: self.caller.header(),
        }
    }
}

/// Written beside, then renamed: nobody ever reads a half.
fn install(root: &Path, bytes: &[u8]) {
    let next = root.join("certs/.next");
    fs::write(&next, bytes).unwrap();
    fs::rename(next, root.join("certs/partner.p12")).unwrap();
}

struct Running {
    handler: Handler,
    root: std::path::PathBuf,
    family: Family,
    certificate: String,
}

impl Running {
    fn call(&self) -> Answer {
        self.handler.get(FUNCTION, Some(&self.certificate))
    }

    /// Makes sure that a call is answered by a problem document with this status and reason.
    #[track_caller]
    fn refuses(&self, status: u16, reason: &str) -> Value {
        let answer = self.call();
        let problem = answer.json();
        assert_eq!(answer.status, status, "{problem}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(problem["status"], status);
        assert_eq!(problem["reason"], reason);
        assert_eq!(problem["invocationId"].as_str().unwrap().len(), 36);
        problem
    }

    /// Everything but the outbound call works: the handler answers the host's probe, and decides about callers.
    #[track_caller]
    fn serves_the_rest(&self) {
        assert_eq!(self.handler.get("/", None).status, 200);
        assert_eq!(self.handler.get(FUNCTION, None).status, 401);
    }

    /// Ends the handler; nothing that it ever wrote may hold a secret.
    fn end(self) -> (Vec<Value>, String) {
        let (lines, errors) = self.handler.end();
        let all = format!("{lines:?}{errors}");
        assert!(
            !all.contains(PASSWORD) && !all.contains("PRIVATE KEY"),
            "{all}"
        );
        (lines, errors)
    }
}

#[test]
fn a_call_answers_as_the_sample_does_with_our_thumbprint() {
    let (setup, partner) = with_partner(|_| status("200 OK"));
    let running = setup.start();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = get(FUNCTION, Some(&running.certificate))
        .replace("Host:", &format!("traceparent: {trace}\r\nHost:"));
    let answer = running.handler.exchange(request.as_bytes()).unwrap();
    let thumbprint = openssl::sha::sha256(&der(&running.family.client));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(
        answer.json(),
        json!({
            "upstreamStatus": 200,
            "clientCertificatePath": "partner.p12",
            "clientCertificateThumbprint": format!("sha256:{}", hex(&thumbprint)),
        })
    );
    let request = partner.seen(|seen| seen.requests[0].clone());
    assert_eq!(request.chain, running.family.chain_der());
    assert!(request.head.contains(trace), "{}", request.head);
    running.end();
}

/// A setup whose partner trusts its root and answers so.
fn with_partner(
    answer: impl Fn(&test_support::partner::Request) -> String + Send + Sync + 'static,
) -> (Setup, Arc<Partner>) {
    let mut partner = None;
    let setup = Setup::new(|family| {
        let started = Arc::new(Partner::start(Manner {
            answer: Arc::new(answer),
            ..Manner::strict(&family.root)
        }));
        let url = started.url("/");
        partner = Some(started);
        url
    });
    (setup, partner.unwrap())
}

#[test]
fn whoever_is_not_admitted_makes_us_call_nobody() {
    let (setup, partner) = with_partner(|_| status("200 OK"));
    let running = setup.start();
    let stranger = Shape::caller("stranger")
        .valid_today()
        .self_signed()
        .header();
    for certificate in [None, Some(stranger.as_str())] {
        assert_eq!(running.handler.get(FUNCTION, certificate).status, 401);
    }
    assert_eq!(partner.seen(|seen| seen.connections), 0);
    running.end();
}

#[test]
fn a_certificate_that_the_partner_refuses_is_a_refused_handshake() {
    for refused in [
        |_: &Family| client(&root("Stranger"), "client", p256()),
        |_: &Family| self_signed_client(),
        |family: &Family| expired_client(&family.second),
    ] {
        let (setup, partner) = with_partner(|_| status("200 OK"));
        setup.present(&refused(&setup.family));
        let running = setup.start();
        let problem = running.refuses(502, "handshake-refused");
        let line = running
            .handler
            .line(|line| line["event"] == "outbound-call-failed");
        assert_eq!(line["level"], "error");
        assert_eq!(line["reason"], "handshake-refused");
        assert_eq!(line["invocationId"], problem["invocationId"]);
        assert!(
            line["detail"]
                .as_str()
                .unwrap()
                .contains("the server sent alert"),
            "{line}"
        );
        assert!(partner.seen(|seen| seen.requests.is_empty()));
        running.serves_the_rest();
        running.end();
    }
}

#[test]
fn a_partner_whom_we_do_not_trust_is_told_as_such() {
    let (setup, partner) = with_partner(|_| status("200 OK"));
    let other = root("Other").certificate.to_pem().unwrap();
    fs::write(setup.root.path().join("certs/ca.pem"), other).unwrap();
    let running = setup.start();
    running.refuses(502, "untrusted-server");
    assert!(partner.seen(|seen| seen.requests.is_empty()));
    running.end();
}

#[test]
fn an_answer_without_success_is_passed_on_as_its_status() {
    for (line, upstream) in [
        ("403 Forbidden", 403),
        ("500 Oops", 500),
        ("404 Not Found", 404),
    ] {
        let (setup, _partner) = with_partner(move |_| status(line));
        let running = setup.start();
        let problem = running.refuses(502, "upstream-status");
        assert_eq!(problem["upstreamStatus"], upstream);
        running.end();
    }
    let (setup, _partner) = with_partner(|_| redirect("https://elsewhere.example/"));
    let running = setup.start();
    let problem = running.refuses(502, "upstream-status");
    assert_eq!(problem["upstreamStatus"], 302);
    running.end();
}

#[test]
fn nobody_there_is_unreachable() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let running = Setup::new(|_| format!("https://{address}/")).start();
    let problem = running.refuses(502, "unreachable");
    assert_eq!(problem.get("upstreamStatus"), None);
    running.end();
}

/// Takes the ten seconds that the handler gives a connection.
#[test]
fn a_partner_that_says_nothing_is_timed_out() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let running = Setup::new(|_| format!("https://{address}/")).start();
    running.refuses(504, "timed-out");
    running.end();
}

#[test]
fn without_settings_the_function_is_not_configured_and_the_rest_works() {
    for prefix in ["OUTBOUND_", "REMOTE_API_URL"] {
        let mut setup = Setup::new(|_| "https://127.0.0.1:1/".to_owned());
        setup.unset(prefix);
        let running = setup.start_unloaded();
        running.refuses(503, "not-configured");
        running.serves_the_rest();
        // The signal that reloads must not end a handler that has nothing to reload.
        running.handler.signal("HUP");
        running.serves_the_rest();
        let (lines, errors) = running.end();
        assert_eq!(errors, "");
        assert!(
            !lines
                .iter()
                .any(|line| line["event"] == "outbound-identity-failed")
        );
    }
}

#[test]
fn a_file_that_does_not_load_closes_one_function_until_it_is_repaired() {
    let (setup, _partner) = with_partner(|_| status("200 OK"));
    let good = pfx::ordinary(&setup.family.client, &setup.family.intermediates());
    let cases: [(&str, Option<&[u8]>); 3] = [
        ("no such file", None),
        ("", Some(b"no such format")),
        (
            "password",
            Some(&pfx::made(&setup.family.client, &[], "another", |_| {})),
        ),
    ];
    let path = setup.root.path().join("certs/partner.p12");
    fs::remove_file(&path).unwrap();
    let running = setup.start_unloaded();
    for (index, (says, bytes)) in cases.into_iter().enumerate() {
        if let Some(bytes) = bytes {
            install(&running.root, bytes);
            running.handler.signal("HUP");
        }
        let line = running
            .handler
            .line(|line| line["event"] == "outbound-identity-failed");
        assert_eq!(line["level"], "error");
        assert_eq!(line["previousInUse"], false);
        let detail = line["detail"].as_str().unwrap();
        assert!(
            detail.contains("partner.p12") && detail.contains(says),
            "{index} {detail}"
        );
        running.refuses(503, "not-configured");
        running.serves_the_rest();
    }
    install(&running.root, &good);
    running.handler.signal("HUP");
    running
        .handler
        .line(|line| line["event"] == "outbound-identity-loaded");
    assert_eq!(running.call().status, 200);
    let (_, errors) = running.end();
    assert_eq!(
        errors.matches("outbound identity not loaded").count(),
        3,
        "{errors}"
    );
}

/// Takes up to the ten seconds between two looks at the file.
#[test]
fn a_repaired_file_is_picked_up_without_a_signal() {
    let (setup, _partner) = with_partner(|_| status("200 OK"));
    install(setup.root.path(), b"broken");
    let running = setup.start();
    running.refuses(503, "not-configured");
    let good = pfx::ordinary(&running.family.client, &running.family.intermediates());
    install(&running.root, &good);
    running
        .handler
        .line(|line| line["event"] == "outbound-identity-loaded");
    assert_eq!(running.call().status, 200);
    running.end();
}

#[test]
fn a_call_that_comes_while_the_file_is_first_read_waits_for_it() {
    let (setup, _partner) = with_partner(|_| status("200 OK"));
    // Slow to decrypt, as files of careful partners are.
    let bytes = pfx::made(
        &setup.family.client,
        &setup.family.intermediates(),
        PASSWORD,
        |builder| {
            builder.key_iter(400_000);
        },
    );
    install(setup.root.path(), &bytes);
    let running = setup.start_unloaded();
    // Neither must the signal that reloads end what has just begun.
    running.handler.signal("HUP");
    assert_eq!(running.call().status, 200);
    running.end();
}

#[test]
fn a_certificate_renewed_under_load_fails_no_call() {
    let (setup, partner) = with_partner(|_| status("200 OK"));
    let running = setup.start();
    let (stop, calls) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (port, certificate) = (running.handler.port, running.certificate.as_str());
    let mut leaves = Vec::new();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let end = Instant::now() + PATIENCE;
                while !stop.load(Ordering::SeqCst) && Instant::now() < end {
                    let answer = exchange(port, certificate);
                    if answer.status != 200 {
                        stop.store(true, Ordering::SeqCst);
                        panic!("{} {}", answer.status, answer.json());
                    }
                    calls.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for _ in 0..5 {
            let next = client(&running.family.second, "client", p256());
            install(
                &running.root,
                &pfx::ordinary(&next, &running.family.intermediates()),
            );
            running.handler.signal("HUP");
            let before = calls.load(Ordering::SeqCst);
            let end = Instant::now() + PATIENCE;
            // Loaded, and then used by some calls.
            while !partner.seen(|seen| seen.requests.iter().any(|r| r.chain[0] == der(&next)))
                || calls.load(Ordering::SeqCst) < before + 8
            {
                assert!(
                    Instant::now() < end && !stop.load(Ordering::SeqCst),
                    "it was not used"
                );
                thread::yield_now();
            }
            leaves.push(der(&next));
        }
        stop.store(true, Ordering::SeqCst);
    });
    let answer = running.call().json();
    let last = openssl::sha::sha256(leaves.last().unwrap());
    assert_eq!(
        answer["clientCertificateThumbprint"],
        format!("sha256:{}", hex(&last))
    );
    let (lines, errors) = running.end();
    assert!(
        !lines
            .iter()
            .any(|line| line["event"] == "outbound-call-failed"),
        "{lines:?}"
    );
    assert_eq!(errors, "");
}

/// A call from another thread than the one that reads the log.
fn exchange(port: u16, certificate: &str) -> Answer {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = get(FUNCTION, Some(certificate));
    stream.write_all(request.as_bytes()).unwrap();
    Answer::read(&mut stream).unwrap()
}

#[test]
fn the_end_of_our_certificate_is_warned_about() {
    let (mut setup, _partner) = with_partner(|_| status("200 OK"));
    let short = client_until(&setup.family.second, 10);
    setup.present(&short);
    setup.set(
        "OUTBOUND_CLIENT_CERT_SELECT",
        &hex(&openssl::sha::sha256(&der(&short))),
    );
    let running = setup.start_unloaded();
    let loaded = running
        .handler
        .line(|line| line["event"] == "outbound-identity-loaded");
    assert_eq!(loaded["level"], "information");
    assert_eq!(loaded["chainLength"], 3);
    assert_eq!(
        loaded["thumbprint"],
        hex(&openssl::sha::sha256(&der(&short)))
    );
    assert_eq!(
        loaded["notAfter"].as_str().unwrap().len(),
        "2026-01-01T00:00:00Z".len()
    );
    let warning = running
        .handler
        .line(|line| line["event"] == "outbound-identity-expires");
    assert_eq!(warning["level"], "warning");
    let days = warning["expiresInDays"].as_i64().unwrap();
    assert!(
        (9..=10).contains(&days),
        "ten days, less the moment since: {days}"
    );
    assert_eq!(running.call().status, 200);
    running.end();
}

#[test]
fn wrong_text_in_a_setting_stops_the_start() {
    let unresolved = "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/x)";
    for (name, value, says) in [
        ("REMOTE_API_URL", "http://partner.example/", "https://"),
        ("REMOTE_API_URL", "partner", "https://"),
        (
            "REMOTE_API_URL",
            "https://me:secret@partner.example/",
            "up to the @",
        ),
        (
            "OUTBOUND_CLIENT_CERT_PASSWORD",
            unresolved,
            "unresolved Key Vault reference",
        ),
        ("OUTBOUND_CLIENT_CERT_PFX", "MIIK", "expected one source"),
        (
            "OUTBOUND_CLIENT_CERT_FOLDER",
            "/var/ssl/private",
            "no effect",
        ),
        (
            "OUTBOUND_TRUST_ANCHORS_ONLY",
            "perhaps",
            "expected true, false, 1 or 0",
        ),
        (
            "OUTBOUND_CLIENT_CERT_PASWORD",
            "x",
            "nearest known one is OUTBOUND_CLIENT_CERT_PASSWORD",
        ),
    ] {
        let mut setup = Setup::new(|_| "https://127.0.0.1:1/".to_owned());
        setup.set(name, value);
        let settings: Vec<_> = setup
            .settings
            .iter()
            .map(|(k, v)| (*k, v.as_str()))
            .collect();
        let mut child = app()
            .command(setup.root.path(), free_port(), &settings)
            .spawn()
            .unwrap();
        let status = wait(&mut child);
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(status.code(), Some(64), "{name}={value}: {errors}");
        assert_eq!(output.stdout, b"", "nothing was started");
        assert!(errors.contains(says), "{name}={value}: {errors}");
        assert!(
            !errors.contains(PASSWORD) && !errors.contains("secret@"),
            "{errors}"
        );
        assert_eq!(errors.lines().count(), 1, "{errors}");
    }
}

/// A pipe that nobody writes to holds neither the start nor a reload up, and is reported as what it is.
#[test]
fn a_pipe_in_place_of_our_certificate_is_reported_at_the_start_and_at_a_reload() {
    let (setup, _partner) = with_partner(|_| status("200 OK"));
    let good = pfx::ordinary(&setup.family.client, &setup.family.intermediates());
    let path = setup.root.path().join("certs/partner.p12");
    make_pipe(&path);
    let running = setup.start_unloaded();
    let failed = |previous: bool| {
        let line = running
            .handler
            .line(|line| line["event"] == "outbound-identity-failed");
        assert!(
            line["detail"].as_str().unwrap().contains("a pipe"),
            "{line}"
        );
        assert_eq!(line["previousInUse"], previous);
    };
    failed(false);
    running.refuses(503, "not-configured");
    install(&running.root, &good);
    running.handler.signal("HUP");
    running
        .handler
        .line(|line| line["event"] == "outbound-identity-loaded");
    make_pipe(&path);
    running.handler.signal("HUP");
    failed(true);
    assert_eq!(running.call().status, 200);
    running.end();
}

fn make_pipe(path: &Path) {
    fs::remove_file(path).unwrap();
    let status = std::process::Command::new("mkfifo")
        .arg(path)
        .status()
        .unwrap();
    assert!(status.success());
}
