//! The functions: one file each, and the registry that names them.
//!
//! To add one: a folder with a `function.json`, a file here with a `run`, a line in [`registry`]. A secured
//! implementation takes a [`Permit`](client_cert::Permit), which only the decision can make.

mod cert_info;
mod health;
mod outbound_mtls;
mod public;
mod secured;

pub(crate) use outbound_mtls::Remote;

use functions_handler::functions::{FunctionBody, Registry};

/// The implementations by the name of their function: one line each.
pub(crate) fn registry(remote: Remote) -> Registry {
    Registry::from([
        ("CertInfo", FunctionBody::secured(cert_info::run)),
        ("Health", FunctionBody::public(health::run)),
        (
            "OutboundMtls",
            FunctionBody::secured(move |permit, invocation| {
                outbound_mtls::run(remote.clone(), permit, invocation)
            }),
        ),
        ("PublicFunction", FunctionBody::public(public::run)),
        ("SecuredFunction", FunctionBody::secured(secured::run)),
    ])
}
