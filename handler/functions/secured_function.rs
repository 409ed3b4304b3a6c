//! `SecuredFunction`: answers callers whose certificate is admitted.

use serde::Serialize;

use client_cert::Permit;

use functions_handler::functions::{Invocation, Reply};

#[derive(Serialize)]
struct Answer {
    #[serde(rename = "Msg")]
    msg: &'static str,
}

pub(super) async fn run(_: Permit, _: Invocation) -> Reply {
    Reply::ok(&Answer {
        msg: "Secured Azure Function called",
    })
}
