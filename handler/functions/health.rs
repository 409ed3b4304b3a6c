//! `Health`: for probes. It tells nothing but that the process answers.

use serde_json::json;

use super::{Invocation, Reply};

pub(super) async fn run(_: Invocation) -> Reply {
    Reply::ok(&json!({ "status": "ok" }))
}
