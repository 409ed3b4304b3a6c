//! `PublicFunction`: answers anyone.

use serde_json::json;

use super::{Invocation, Reply};

pub(super) async fn run(_: Invocation) -> Reply {
    Reply::ok(&json!({ "Msg": "Public Azure Function called" }))
}
