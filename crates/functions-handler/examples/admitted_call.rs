//! What the decision about a caller who comes again costs, with its line of the log and the note that its rule is used.
//!
//! `cargo run --release -p functions-handler --example admitted_call` prints nanoseconds for each call, on one thread and on two
//! at once. The caller is the same on both: whatever they share is contended.

use std::convert::Infallible;
use std::hint::black_box;
use std::io::{self, Write as _};
use std::thread;
use std::time::Instant;

use bytes::Bytes;
use client_cert::{Caller, Fitness, FrontEnd, Policy, Rule};
use functions_handler::server::Log;
use functions_handler::{Guard, GuardLayer, Requirement};
use http::{Request, Response};
use test_support::Shape;
use tower::{Layer as _, ServiceExt as _};

const CALLS: u32 = 200_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let caller = Shape::caller("partner").valid_today().self_signed();
    let rule = Rule::pin(caller.sha256().parse()?);
    let lists = Caller::of_lists([rule]);
    let policy = Policy::new(FrontEnd::Development, Fitness::default(), [lists])?;
    let guard = Guard::new(policy, Log::start(io::sink())?);
    let header = caller.header();
    for threads in [1, 2, 1, 2] {
        let started = Instant::now();
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| call(&guard, &header));
            }
        });
        let each = started.elapsed().as_nanos() / u128::from(CALLS);
        writeln!(io::stdout(), "{threads} threads: {each} ns a call")?;
    }
    Ok(())
}

/// Calls as often as is measured.
fn call(guard: &Guard, header: &str) {
    let inner =
        tower::service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(Bytes::new())));
    let layer = GuardLayer::new(guard, "WhoAmI", Requirement::Admitted);
    let calls = async {
        for _ in 0..CALLS {
            let request = Request::get("/api/whoami")
                .header("host", "localhost")
                .header("x-arr-clientcert", header);
            if let Ok(request) = request.body(()) {
                black_box(layer.layer(inner).oneshot(request).await).ok();
            }
        }
    };
    if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() {
        runtime.block_on(calls);
    }
}
