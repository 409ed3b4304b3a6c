//! Lines that the handler really wrote: a start, decisions, a policy that is replaced, lists that end, lines that are lost.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write};
use std::path::Path;
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, Sender, channel};

use functions_handler::server::Log;
use serde_json::{Value, json};
use test_support::crl::List;
use test_support::process::{Handler, Program, free_port};
use test_support::{DAY, Issued, Shape, today};

const SECURED: &str = "/api/SecuredFunction";

/// The lines, which are written once for each test program.
pub(crate) fn written() -> Vec<Value> {
    static LINES: LazyLock<Vec<Value>> = LazyLock::new(|| {
        let mut lines = of_a_handler();
        lines.push(of_a_start());
        lines.extend(of_a_log_that_nobody_reads());
        lines.extend(of_calls("refusals"));
        lines
    });
    LINES.clone()
}

/// The handler's lines from its start to its end.
fn of_a_handler() -> Vec<Value> {
    let root = Shape::authority("Root").valid_today().self_signed();
    let [partner, stranger] =
        ["partner", "stranger"].map(|name| root.issue(Shape::caller(name).valid_today()));
    let app = Program::fixture();
    let folder = app.app_root();
    let path = folder.path().to_owned();
    fs::create_dir(path.join("trust")).unwrap();
    put(&path, "trust/root.pem", root.pem());
    // In the last tenth of its time, which is a notice.
    put(&path, "trust/root.crl", list(&root, -36_000, 3600));
    put(&path, "policy.json", document(&["partner"]).to_string());
    put(&path, "next.json", trial(&stranger).to_string());
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("CLIENT_CERT_POLICY", "policy.json"),
    ];
    let handler = app.start_in(folder, &settings);
    let mut lines = calls(&handler, &[&partner, &stranger]);
    put(&path, "policy.json", "{");
    lines.extend(handler.lines_until(event("policy-refused")));
    put(
        &path,
        "policy.json",
        document(&["partner", "other"]).to_string(),
    );
    lines.extend(handler.lines_until(event("policy-loaded")));
    put(&path, "trust/root.crl", list(&root, -60, 7200));
    lines.extend(handler.lines_until(event("revocation-lists-loaded")));
    lines.extend(handler.end().0);
    lines
}

/// The lines about the same calls, with this value of `CLIENT_CERT_AUDIT`: of callers of a policy document and of one of the lists, admitted and
/// refused, and of public functions. All come in as from App Service, with Application Insights on.
pub(crate) fn of_calls(audit: &str) -> Vec<Value> {
    let authority = certificate("root");
    let [partner, other, stranger, listed] =
        ["partner", "other", "stranger", "listed"].map(certificate);
    let app = Program::fixture();
    let folder = app.app_root();
    let path = folder.path().to_owned();
    fs::create_dir(path.join("trust")).unwrap();
    put(&path, "trust/root.pem", authority.pem());
    put(&path, "trust/root.crl", list(authority, -60, 36_000));
    let callers = [("billing-service", "partner"), ("shipping", "other")];
    let callers = callers.map(|(name, common_name)| {
        json!({"name": name, "roles": ["clerk"], "any": [{"domain": "partners", "commonName": common_name}]})
    });
    let domain = json!({"anchors": ["trust/root.pem"], "revocation": {"crls": ["trust/root.crl"]}});
    let document = json!({"version": 1, "trustDomains": {"partners": domain}, "callers": callers});
    put(&path, "policy.json", document.to_string());
    let common = [
        ("CLIENT_CERT_FRONT_END", "app-service"),
        ("CLIENT_CERT_AUDIT", audit),
    ];
    let of_document = [&common[..], &[("CLIENT_CERT_POLICY", "policy.json")]].concat();
    let calls = [
        (SECURED, Some(partner), 3),
        ("/api/cert-info", Some(partner), 1),
        (SECURED, Some(other), 2),
        (SECURED, Some(stranger), 2),
        (SECURED, None, 1),
        ("/api/health", None, 2),
    ];
    let mut lines = lines_of(app.start_in(folder, &of_document), &calls);
    let pin = listed.sha256();
    let of_lists = [&common[..], &[("ALLOWED_CLIENT_CERT_THUMBPRINTS", &pin)]].concat();
    let calls = [(SECURED, Some(listed), 2), (SECURED, Some(partner), 1)];
    lines.extend(lines_of(app.start(&of_lists), &calls));
    lines
}

/// A certificate of this test program: it ends in five days, which is soon, and is the same in all calls.
fn certificate(name: &str) -> &'static Issued {
    static ISSUED: LazyLock<Vec<(&str, Issued)>> = LazyLock::new(|| {
        let root = Shape::authority("Root").valid_today().self_signed();
        let callers = ["partner", "other", "stranger", "listed"].map(|name| {
            let shape = Shape {
                not_after: today() + 5 * DAY,
                ..Shape::caller(name).valid_today()
            };
            (name, root.issue(shape))
        });
        callers.into_iter().chain([("root", root)]).collect()
    });
    let found = ISSUED.iter().find(|(known, _)| *known == name);
    &found.unwrap().1
}

/// Calls as the host passes them on, and the lines that are written until the handler has ended.
fn lines_of(handler: Handler, calls: &[(&str, Option<&Issued>, usize)]) -> Vec<Value> {
    for (path, caller, times) in calls {
        let certificate = caller.map(|caller| format!("X-ARR-ClientCert: {}\r\n", caller.header()));
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: app.example\r\nX-Forwarded-Proto: https\r\nCLIENT-IP: 203.0.113.107:51234\r\n\
             X-Azure-Functions-InvocationId: 3d0f54fc-b987-47b3-b57f-4544f0f61e2b\r\n\
             traceparent: 00-fcd93cadb9adabcf5d1f028c4d86390c-df1d692664e9744d-00\r\n{}\r\n",
            certificate.unwrap_or_default()
        );
        for _ in 0..*times {
            assert!(handler.exchange(request.as_bytes()).is_some());
        }
    }
    handler.end().0
}

/// The line about a start, which other tests wait for and do not keep.
fn of_a_start() -> Value {
    let app = Program::fixture();
    let folder = app.app_root();
    put(
        folder.path(),
        "policy.json",
        json!({"version": 1, "callers": []}).to_string(),
    );
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("CLIENT_CERT_POLICY", "policy.json"),
    ];
    let mut child = app
        .command(folder.path(), free_port(), &settings)
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = lines.map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());
    let start = lines.find(event("start"));
    child.kill().unwrap();
    child.wait().unwrap();
    start.unwrap()
}

fn event(name: &'static str) -> impl Fn(&Value) -> bool {
    move |line| line["event"] == name
}

/// Calls the secured function, and takes the lines up to that of the last call.
fn calls(handler: &Handler, callers: &[&Issued]) -> Vec<Value> {
    let mut lines = Vec::new();
    for caller in callers {
        handler.get(SECURED, Some(&caller.header()));
        lines.extend(handler.lines_until(event("decision")));
    }
    lines
}

/// A document of callers with a common name under one authority, whose lists are a file and a URL that nobody answers at.
fn document(names: &[&str]) -> Value {
    let rules = names
        .iter()
        .map(|name| json!({"domain": "partners", "commonName": name}));
    json!({
        "version": 1,
        "reportOnly": "next.json",
        "trustDomains": {"partners": {
            "anchors": ["trust/root.pem"],
            "revocation": {"crls": ["trust/root.crl", "https://localhost:1/root.crl"]},
        }},
        "callers": [{"name": "partner", "roles": ["clerk"], "until": client_cert::rfc3339(today() + 10 * DAY), "any": rules.collect::<Vec<_>>()}],
    })
}

/// A document that admits somebody else.
fn trial(caller: &Issued) -> Value {
    json!({"version": 1, "callers": [{"name": "other", "roles": ["clerk"], "any": [{"sha256": caller.sha256()}]}]})
}

/// An empty list of revoked certificates, from one time to another in seconds from now.
fn list(authority: &Issued, this_update: i64, next_update: i64) -> Vec<u8> {
    let list = List {
        this_update: today() + this_update,
        next_update: Some(today() + next_update),
        ..List::of(&[])
    };
    list.signed_by(authority)
}

/// Puts a file in place as a deployment does: whole, under its name.
fn put(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    let beside = folder.join(format!("{name}.new"));
    fs::write(&beside, content).unwrap();
    fs::rename(&beside, folder.join(name)).unwrap();
}

/// An output that takes nothing before it may.
struct Slow(Receiver<()>, Sender<Vec<u8>>);

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.recv().map_err(io::Error::other)?;
        self.1.send(bytes.to_vec()).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The line about lines that were lost, for which more are written than wait for a reader.
fn of_a_log_that_nobody_reads() -> Vec<Value> {
    let (allow, allowed) = channel();
    let (sent, received) = channel();
    let log = Log::start(Slow(allowed, sent)).unwrap();
    let line = "x".repeat(64 * 1024);
    for _ in 0..200 {
        log.write(&line);
    }
    for _ in 0..10 {
        allow.send(()).unwrap();
    }
    log.close();
    let bytes: Vec<u8> = received.try_iter().flatten().collect();
    let text = String::from_utf8(bytes).unwrap();
    let lines = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(Value::is_object).collect()
}
