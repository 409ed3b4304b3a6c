//! The gate: a custom handler without functions of its own, in front of a server in any language.
//!
//! ```text
//! the host ─▶ the engine: which function? who calls? ─▶ Gate ─▶ upstream: our headers, the body as it streams ─▶ the server
//!                          └─▶ refused                   └─▶ wrapped-server: starts it, waits, starts it again, stops it
//! ```

mod events;
mod front_end;
mod gate;
mod options;
mod passing;
mod server;
mod settings;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app_settings::Problem;
use functions_handler::functions::Registry;
use functions_handler::{Handler, Start};
use tokio::runtime::{self, Runtime};

use crate::gate::Gate;
use crate::options::Options;
use crate::server::Server;

/// How long the server gets to end by itself after SIGTERM. The engine has drained by then, and platforms kill 30 s after they
/// ask.
const GRACE: Duration = Duration::from_secs(5);

/// The code where the server is given up: a handler that never ends with 0 is started again.
const HOPELESS: u8 = 1;

fn main() -> ExitCode {
    // This very program also runs as the tether, and as the stub that becomes the server.
    if let Some(code) = wrapped_server::run_if_asked() {
        return code;
    }
    // The server outlives the engine's runtime: it is stopped when the last request has been answered.
    let runtime = runtime();
    let server = Server::default();
    let ended = server.given_up();
    let handler = Handler::new().declare(settings::DECLARED).shutdown(ended);
    let code = handler.run_with(|start| {
        let runtime = runtime.as_ref().map_err(|error| {
            let text = format!("expected threads, found: {error}");
            vec![Problem::new("the runtime", text)]
        })?;
        registry(start, &server, runtime)
    });
    if let Ok(runtime) = runtime {
        runtime.block_on(server.stop(GRACE));
    }
    match server.is_given_up() {
        true => ExitCode::from(HOPELESS),
        false => code,
    }
}

fn runtime() -> std::io::Result<Runtime> {
    runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
}

/// Every function without an implementation is the server's, and there is no other.
fn registry(
    start: &mut Start<'_>,
    server: &Server,
    runtime: &Runtime,
) -> Result<Registry, Vec<Problem>> {
    let arguments = std::env::args_os().skip(1);
    let options = Options::load(start.environment(), arguments)?;
    let Options {
        source,
        ready_when,
        upstream,
        front_end,
    } = options;
    let log = start.log().clone();
    let gate = Gate::new(upstream, server.clone(), front_end, log.clone());
    let gate = Arc::new(gate);
    let (server, handle) = (server.clone(), runtime.handle().clone());
    start.in_background(async move |_| server.start(source, ready_when, &handle, log));
    Ok(Registry::new().fallback(move |call| {
        let gate = Arc::clone(&gate);
        async move { passing::pass_on(&gate, call).await }
    }))
}
