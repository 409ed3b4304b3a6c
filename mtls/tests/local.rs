//! Real TLS through front end, stand-in and handler: what arrives, and what never does.
#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::exit,
    missing_docs,
    unreachable_pub,
    reason = "a test fails by panicking, and this program also plays the handler"
)]

#[path = "local/caller.rs"]
mod caller;
#[cfg(unix)]
#[path = "local/chromium.rs"]
mod chromium;
#[path = "local/handler.rs"]
mod handler;
#[path = "local/odd_certificates.rs"]
mod odd_certificates;
#[path = "local/project.rs"]
mod project;
#[path = "local/running.rs"]
mod running;

#[cfg(unix)]
#[path = "local/browser.rs"]
mod browser;
#[path = "local/callers.rs"]
mod callers;
#[path = "local/certificate_header.rs"]
mod certificate_header;
#[path = "local/distortions.rs"]
mod distortions;
#[path = "local/envelope.rs"]
mod envelope;
#[cfg(unix)]
#[path = "local/files.rs"]
mod files;
#[path = "local/front_end_ends.rs"]
mod front_end_ends;
#[path = "local/front_end_page.rs"]
mod front_end_page;
#[cfg(target_os = "linux")] // where the gate runs
#[path = "local/gate.rs"]
mod gate;
#[path = "local/greeting.rs"]
mod greeting;
#[cfg(target_os = "linux")] // where the processes of a folder can be found
#[path = "local/killed.rs"]
mod killed;
#[path = "local/life.rs"]
mod life;
#[path = "local/modes.rs"]
mod modes;
#[cfg(target_os = "linux")] // where the gate runs
#[path = "local/new.rs"]
mod new;
#[path = "local/output.rs"]
mod output;
#[path = "local/policy_document.rs"]
mod policy_document;
#[path = "local/process.rs"]
mod process;
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "each test file uses its own part")]
#[path = "examples/processes.rs"]
mod processes;
#[path = "local/real_handler.rs"]
mod real_handler;
#[path = "local/rebinding.rs"]
mod rebinding;
#[path = "local/upstream.rs"]
mod upstream;
#[path = "local/watch.rs"]
mod watch;

/// Not a test but a part: the stand-in starts this program with this argument as its handler.
#[test]
fn play_the_handler() {
    handler::play();
}
