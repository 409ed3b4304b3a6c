//! The deployed binary: the Functions host starts it, and it serves until it is asked to end.

mod functions;
mod outgoing;
mod remote_api;

use std::process::ExitCode;

use functions_handler::Handler;

fn main() -> ExitCode {
    Handler::new()
        .declare(outbound_mtls::DECLARED)
        .declare(remote_api::DECLARED)
        .run(|start| {
            let remote = outgoing::remote(start)?;
            Ok(functions::registry(remote))
        })
}
