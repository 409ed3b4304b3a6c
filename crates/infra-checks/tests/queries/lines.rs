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
