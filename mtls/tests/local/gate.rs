//! An app whose program is the gate, and behind it a server in another language.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::x509::X509;
use serde_json::json;
use test_support::process::gate;

use crate::project::Project;

/// The processes of a served app besides `mtls`, at least: the gate, the server, and the process that the server started.
const PROCESSES: usize = 3;

/// How long they have to end.
const END_TIMEOUT: Duration = Duration::from_secs(20);

#[test]
fn a_gated_server_gets_requests_of_admitted_callers_alone_and_their_names() {
    let project = gated();
    let pem = std::fs::read(project.folder.path().join("certs/allowed.pem")).unwrap();
    let allowed = STANDARD.encode(X509::from_pem(&pem).unwrap().to_der().unwrap());
    for host in ["forwarding", "proxying"] {
        let mut running = project.start(&["--host", host]);
        let caller = running.caller();
        assert_eq!(caller.get("/api/Secured").status, 401, "{host}");
        assert_eq!(
            running.request("/api/Secured")["reason"],
            "certificate-absent"
        );
        assert_eq!(
            caller.named("denied").get("/api/Secured").status,
            401,
            "{host}"
        );

        let forged = [
            ("Client-Cert", ":Zm9yZ2Vk:"),
            ("X-Client-Cert-Caller", "forged"),
        ];
        let admitted = caller
            .named("allowed")
            .send("GET", "/api/Secured?a=b", &forged, "");
        assert_eq!(admitted.status, 200, "{host}: {admitted:?}");
        assert!(
            admitted
                .body
                .starts_with("GET /api/Secured?a=b HTTP/1.1\r\n"),
            "{host}: {admitted:?}"
        );
        assert_eq!(
            named(&admitted.body, "client-cert"),
            [format!(":{allowed}:")],
            "{host}"
        );
        assert_eq!(
            named(&admitted.body, "x-client-cert-caller"),
            [""; 0],
            "{host}"
        );

        let public = caller
            .named("allowed")
            .send("GET", "/api/echo/x", &forged, "");
        assert_eq!(public.status, 200, "{host}: {public:?}");
        assert_eq!(named(&public.body, "client-cert"), [""; 0], "{host}");
    }
}

#[test]
fn a_gated_server_ends_with_the_tool_and_so_does_what_it_started() {
    for signal in ["INT", "TERM", "KILL"] {
        let project = gated();
        let running = project.start(&[]);
        assert_eq!(running.caller().get("/api/echo/x").status, 200, "{signal}");
        let served = processes_in(project.folder.path());
        assert!(served.len() > PROCESSES, "{signal}: {served:?}");
        running.signal(signal);
        let deadline = Instant::now() + END_TIMEOUT;
        while !processes_in(project.folder.path()).is_empty() {
            let left = processes_in(project.folder.path());
            assert!(
                Instant::now() < deadline,
                "{signal}: {left:?} of {served:?}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// A public function `Echo` and a secured one, answered by a server in Perl, as `mtls init` makes it of an app without
/// a gate.
fn gated() -> Project {
    let project = Project::with_program("perl", &["server.pl"]);
    let folder = project.folder.path();
    std::fs::write(folder.join("server.pl"), include_str!("gate/server.pl")).unwrap();
    project.function("Secured", "required", json!({}));
    let status = Command::new(env!("CARGO_BIN_EXE_mtls"))
        .args(["init", "--yes", "--gate"])
        .arg(gate())
        .current_dir(folder)
        .stdout(Stdio::null())
        .status();
    assert!(status.unwrap().success());
    project
}

/// The values of a header, by its name in lower case.
fn named<'a>(head: &'a str, name: &str) -> Vec<&'a str> {
    let fields = head.lines().filter_map(|line| line.split_once(": "));
    let found = fields.filter(|(found, _)| found.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value).collect()
}

/// The processes that have a folder as their working directory: `mtls` and all that it started.
fn processes_in(folder: &Path) -> BTreeSet<String> {
    let folder = folder.canonicalize().unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().map(Result::unwrap);
    let inside = processes.filter(|process| {
        std::fs::read_link(process.path().join("cwd")).is_ok_and(|place| place == folder)
    });
    inside
        .map(|process| process.file_name().to_string_lossy().into_owned())
        .collect()
}
