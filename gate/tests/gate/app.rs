//! The gate on its app, with one caller who is admitted.

use std::path::{Path, PathBuf};

use serde_json::Value;
use test_support::Issued;
use test_support::Shape;
use test_support::process::{Answer, Handler, Program};

pub(crate) const PUBLIC: &str = "/api/PublicFunction";
pub(crate) const SECURED: &str = "/api/SecuredFunction";

pub(crate) fn program() -> Program {
    Program {
        binary: PathBuf::from(env!("CARGO_BIN_EXE_gate")),
        folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/app"),
    }
}

/// A gate in front of a server of this program's, and a caller who is admitted.
pub(crate) struct Gated {
    pub(crate) handler: Handler,
    pub(crate) caller: Issued,
}

impl Gated {
    pub(crate) fn start(kind: &str, more: &[(&str, &str)]) -> Self {
        let itself = std::env::current_exe().unwrap();
        Self::run(&["--", itself.to_str().unwrap(), "serve", kind], more)
    }

    /// In front of a server that somebody else starts.
    pub(crate) fn attached(port: u16, more: &[(&str, &str)]) -> Self {
        let address = format!("http://127.0.0.1:{port}");
        let mut settings = vec![("CLIENT_CERT_UPSTREAM", address.as_str())];
        settings.extend(more);
        Self::run(&[], &settings)
    }

    fn run(arguments: &[&str], more: &[(&str, &str)]) -> Self {
        let caller = Shape::caller("partner").valid_today().self_signed();
        let pin = caller.sha256();
        let mut settings = vec![
            ("CLIENT_CERT_FRONT_END", "development"),
            ("ALLOWED_CLIENT_CERT_THUMBPRINTS", pin.as_str()),
        ];
        settings.extend(more);
        let program = program();
        let handler = program.start_with(program.app_root(), &settings, arguments);
        Self { handler, caller }
    }

    /// A request of the admitted caller, with more lines in its head.
    pub(crate) fn secured(&self, target: &str, lines: &str) -> Answer {
        let header = format!("X-ARR-ClientCert: {}\r\n{lines}", self.caller.header());
        self.get(target, &header)
    }

    pub(crate) fn get(&self, target: &str, lines: &str) -> Answer {
        let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n");
        self.handler.exchange(request.as_bytes()).unwrap()
    }
}

/// What the host posts for an invocation, and the answer.
pub(crate) fn post_envelope(handler: &Handler, function: &str, envelope: &Value) -> Answer {
    let (port, envelope) = (handler.port, envelope.to_string());
    let request = format!(
        "POST /{function} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Azure-Functions-HostVersion: 4.1037.0.0\r\n\
         X-Azure-Functions-InvocationId: 01234567-89ab-cdef-0123-456789abcdef\r\nUser-Agent: Azure-Functions-Host/4.1037.0.0\r\n\
         Content-Type: application/json; charset=utf-8\r\n\
         Content-Length: {}\r\n\r\n{envelope}",
        envelope.len()
    );
    handler.exchange(request.as_bytes()).unwrap()
}

/// The lines of a head that the server got, by the name in lower case, in the order in which they came.
pub(crate) fn lines<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let text = std::str::from_utf8(&answer.body).unwrap();
    let pairs = text.lines().filter_map(|line| line.split_once(": "));
    let found = pairs.filter(|(found, _)| found.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim()).collect()
}

/// The server's process.
pub(crate) fn pid(answer: &Answer) -> u32 {
    lines(answer, "pid")[0].parse().unwrap()
}
