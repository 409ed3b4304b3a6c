//! This app, started by its own handler, and who calls it.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "each test uses its own part"
)]

use std::path::PathBuf;

use test_support::process::Program;
use test_support::{Issued, Shape};

/// This app.
pub fn app() -> Program {
    Program {
        binary: PathBuf::from(env!("CARGO_BIN_EXE_handler")),
        folder: PathBuf::from(env!("CARGO_MANIFEST_DIR")),
    }
}

/// A caller with a certificate of their own.
pub struct Caller {
    pub certificate: Issued,
    thumbprint: String,
}

/// Somebody to admit.
pub fn caller() -> Caller {
    let certificate = stranger();
    Caller {
        thumbprint: certificate.sha256(),
        certificate,
    }
}

/// The certificate of somebody whom no list names.
pub fn stranger() -> Issued {
    Shape::caller("caller").valid_today().self_signed()
}

impl Caller {
    /// The settings that admit this caller and nobody else.
    pub fn admitted(&self) -> [(&'static str, &str); 2] {
        [
            ("CLIENT_CERT_FRONT_END", "development"),
            ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &self.thumbprint),
        ]
    }
}
