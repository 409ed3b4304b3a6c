//! Every recorded request of the real Functions host through the gate: what reaches the server is what the host sent, but
//! for what the gate removes and adds.

use std::io::Write as _;
use std::net::Shutdown;

use test_support::host_recordings::{self, Recording, Request, app};
use test_support::process::{Handler, final_status};

use crate::app::program;
use crate::logging::{Arrived, LoggingServer};
use crate::trials;

trials!(every_recorded_request_reaches_the_server_as_the_host_sent_it);

/// Headers that the gate removes or replaces, by how their names begin, any sign in a name as a hyphen.
const NOT_PASSED_ON: [(&str, &str); 19] = [
    ("connection", "for one connection"),
    ("keep-alive", "for one connection"),
    ("proxy-connection", "for one connection"),
    ("proxy-authenticate", "for one connection"),
    ("proxy-authorization", "for one connection"),
    ("te", "for one connection"),
    ("upgrade", "for one connection"),
    ("transfer-encoding", "written anew"),
    ("content-length", "written anew"),
    ("expect", "answered by the gate"),
    ("host", "the caller's, or the server's own"),
    ("x-arr-clientcert", "an identity"),
    ("client-cert", "an identity"),
    ("x-ms-client-principal", "an identity"),
    ("forwarded", "written anew"),
    ("x-forwarded", "written anew"),
    (
        "x-original-",
        "another path than the one that was decided on",
    ),
    (
        "x-rewrite-",
        "another path than the one that was decided on",
    ),
    ("via", "with the gate's name at its end"),
];

/// Requests that the gate answers itself: cases by a part of their names, and why.
const KEPT_BACK: [(&str, &str); 7] = [
    (
        "TRACE",
        "its answer would show what the gate adds (RFC 9110, section 9.3.8)",
    ),
    (
        "route-keyed",
        "the one function with a lock; the refusal of an envelope is in a 200",
    ),
    ("hop-upgrade", "no protocol is switched to"),
    ("answer-101-asked", "no protocol is switched to"),
    ("header-bell", "a control character is no part of a value"),
    ("header-del", "a control character is no part of a value"),
    ("method-CONNECT", "no tunnel is opened"),
];

fn every_recorded_request_reaches_the_server_as_the_host_sent_it() {
    let Some(folder) = host_recordings::folder() else {
        return;
    };
    let mut faults = Vec::new();
    let mut arrived = 0;
    for recording in host_recordings::all(&folder) {
        let gated = Gated::start(&recording);
        for case in &recording.cases {
            for request in &case.arrived {
                let Some(bytes) = request.bytes(gated.gate.port) else {
                    continue;
                };
                let is_kept_back = KEPT_BACK.iter().any(|(name, _)| case.name.contains(name));
                let (status, got) = gated.send(&bytes, request.is_cut());
                arrived += usize::from(got.is_some());
                let found = fault(request, gated.gate.port, status, got, is_kept_back);
                faults.extend(
                    found.map(|fault| format!("{} {}: {fault}", recording.name, case.name)),
                );
            }
        }
    }
    println!("{arrived} reached the server");
    assert!(arrived > 0, "a request reaches the server");
    faults.dedup();
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// What is wrong with how a request was passed on and answered.
fn fault(
    request: &Request,
    port: u16,
    status: Option<u16>,
    got: Option<Arrived>,
    is_kept_back: bool,
) -> Option<String> {
    let Some(status) = status else {
        return (!request.is_cut()).then(|| "closed without an answer".to_owned());
    };
    if request.is_cut() {
        return None;
    }
    let Some(got) = got else {
        // A path with two meanings, or a function with a lock.
        let is_refusal = matches!(status, 401 | 403 | 404) || is_kept_back;
        return (!is_refusal).then(|| format!("{status}, and nothing reached the server"));
    };
    if status != 200 {
        return Some(format!("{status}, although the server answered 200"));
    }
    let line = format!("{} {} HTTP/1.1", request.method(), request.target());
    let (sent, got_headers) = (compared(request.headers(port)), compared(got.headers));
    // An envelope is written anew without what a caller may not say.
    let same_content = request.is_envelope() || got.body == request.content();
    match (
        got.line == line.as_bytes(),
        sent == got_headers,
        same_content,
    ) {
        (true, true, true) => None,
        (false, ..) => Some(format!("{line} arrived as {}", got.line.escape_ascii())),
        (_, false, _) => Some(format!(
            "headers {}\nsent    {}",
            shown(&got_headers),
            shown(&sent)
        )),
        (.., false) => Some(format!(
            "a body of {} bytes arrived as {}",
            request.content().len(),
            got.body.len()
        )),
    }
}

/// The headers that are the same on both sides, sorted, names in lower case.
fn compared(headers: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let named: Vec<String> = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("connection"))
        .flat_map(|(_, value)| {
            String::from_utf8_lossy(value)
                .split(',')
                .map(|one| one.trim().to_ascii_lowercase())
                .collect::<Vec<_>>()
        })
        .collect();
    let folded = |name: &str| name.replace(|sign: char| !sign.is_ascii_alphanumeric(), "-");
    let mut kept: Vec<_> = headers
        .into_iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .filter(|(name, _)| !named.contains(name) && !name.contains('_'))
        .filter(|(name, _)| {
            !NOT_PASSED_ON.iter().any(|(start, _)| {
                let exact = !start.ends_with('-')
                    && !["x-forwarded", "x-ms-client-principal"].contains(start);
                if exact {
                    folded(name) == *start
                } else {
                    folded(name).starts_with(start)
                }
            })
        })
        .filter(|(name, _)| !name.starts_with("x-client-cert"))
        .collect();
    kept.sort();
    kept
}

fn shown(headers: &[(String, Vec<u8>)]) -> String {
    let lines = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.escape_ascii()));
    lines
        .collect::<Vec<_>>()
        .join(" | ")
        .chars()
        .take(600)
        .collect()
}

/// The gate in front of a server that notes what arrives, on the recorded app's functions.
struct Gated {
    gate: Handler,
    server: LoggingServer,
}

impl Gated {
    fn start(recording: &Recording) -> Self {
        let server = LoggingServer::start();
        let root = tempfile::tempdir().unwrap();
        let host = app::host_json(&recording.dialect).to_string();
        std::fs::write(root.path().join("host.json"), host).unwrap();
        let public = |_: &str| serde_json::json!("none");
        for (name, function) in app::functions(&recording.dialect, public) {
            let folder = root.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join("function.json"), function.to_string()).unwrap();
        }
        let url = format!("http://127.0.0.1:{}", server.port);
        let settings = [
            ("CLIENT_CERT_FRONT_END", "app-service"),
            ("CLIENT_CERT_UPSTREAM", url.as_str()),
        ];
        Self {
            gate: program().start_in(root, &settings),
            server,
        }
    }

    /// The final status, `None` if the connection ended without one, and what reached the server.
    fn send(&self, bytes: &[u8], is_cut: bool) -> (Option<u16>, Option<Arrived>) {
        let mut stream = self.gate.connect();
        let _ = stream.write_all(bytes);
        if is_cut {
            let _ = stream.shutdown(Shutdown::Write);
        }
        let status = final_status(&mut stream);
        (status, self.server.arrived())
    }
}
