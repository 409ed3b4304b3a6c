//! The real handler on a real socket: hostile bytes, and what becomes of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;

mod bodies;
mod callers;
mod front_ends;
mod header;
mod lines;
mod many;
mod outlived;
mod refused;
mod requests;

use std::io::Read as _;
use std::net::TcpStream;

use common::process::Handler;
use common::{Issued, Shape};

const SECURED: &str = "/api/SecuredFunction";

const SECURED_BODY: &[u8] = br#"{"Msg":"Secured Azure Function called"}"#;

/// A handler that admits one caller by pin and another by name, and both of them.
struct Gate {
    handler: Handler,
    pinned: Issued,
    named: Issued,
    authority: Issued,
}

impl Gate {
    fn open() -> Self {
        Self::open_with(&[])
    }

    fn open_with(more: &[(&str, &str)]) -> Self {
        let pinned = Shape::caller("pinned").valid_today().self_signed();
        let authority = Shape::authority("Authority").valid_today().self_signed();
        let named = authority.issue(Shape::caller("named").valid_today());
        let root = common::fixture().app_root();
        std::fs::write(root.path().join("authority.pem"), authority.pem()).unwrap();
        let thumbprint = pinned.sha256();
        let mut settings = vec![
            ("CLIENT_CERT_FRONT_END", "development"),
            ("ALLOWED_CLIENT_CERT_THUMBPRINTS", thumbprint.as_str()),
            ("ALLOWED_CLIENT_CERT_COMMON_NAMES", "named"),
            ("CLIENT_CERT_TRUST_ANCHORS", "authority.pem"),
        ];
        settings.extend_from_slice(more);
        let handler = common::fixture().start_in(root, &settings);
        Self {
            handler,
            pinned,
            named,
            authority,
        }
    }

    /// The next good request gets its 200.
    #[track_caller]
    fn assert_open(&self) {
        for caller in [&self.pinned, &self.named] {
            let answer = self.handler.get(SECURED, Some(&caller.header()));
            assert_eq!((answer.status, answer.body.as_slice()), (200, SECURED_BODY));
        }
    }
}

/// Reads until the peer closes; a reset is a close as well.
#[track_caller]
fn assert_closed(stream: &mut TcpStream) {
    let mut rest = Vec::new();
    if let Err(error) = stream.read_to_end(&mut rest) {
        let kind = error.kind();
        assert!(
            kind == std::io::ErrorKind::ConnectionReset,
            "expected the end of the connection, found {error}"
        );
    }
}
