//! `SecuredFunction`: answers callers whose certificate is admitted.

use serde_json::json;

use crate::auth::Permit;

use super::{Invocation, Reply};

pub(super) async fn run(_: Permit, _: Invocation) -> Reply {
    Reply::ok(&json!({ "Msg": "Secured Azure Function called" }))
}
