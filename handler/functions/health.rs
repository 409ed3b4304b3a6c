//! `Health`: for probes. It tells nothing but that the process answers.

use serde::Serialize;

use functions_handler::functions::{Invocation, Reply};

#[derive(Serialize)]
struct Answer {
    status: &'static str,
}

pub(super) async fn run(_: Invocation) -> Reply {
    Reply::ok(&Answer { status: "ok" })
}
