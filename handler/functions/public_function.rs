//! `PublicFunction`: answers anyone.

use serde::Serialize;

use functions_handler::functions::{Invocation, Reply};

#[derive(Serialize)]
struct Answer {
    #[serde(rename = "Msg")]
    msg: &'static str,
}

pub(super) async fn run(_: Invocation) -> Reply {
    Reply::ok(&Answer {
        msg: "Public Azure Function called",
    })
}
