//! `Greeting`: greets whom the path names.

use functions_handler::functions::{Invocation, Reply};
use http::StatusCode;

pub(super) async fn run(invocation: Invocation) -> Reply {
    let name = invocation.route_values.get("name").unwrap_or("stranger");
    Reply::text(StatusCode::OK, format!("Hello, {name}"))
}
