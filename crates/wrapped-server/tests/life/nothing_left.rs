//! Nothing outlives us.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use wrapped_server::{Ending, Event, ServerOptions};

use crate::held::{Held, started};
use crate::marked::{Mark, within};
use crate::owner;

crate::trials![
    a_server_and_all_that_it_forked_die_with_an_owner_killed_by_signal_9,
    a_shell_dies_with_an_owner_killed_by_signal_9,
    npm_dies_with_an_owner_killed_by_signal_9,
    a_server_that_is_starting_dies_with_its_owner,
    a_dropped_server_is_killed,
    a_server_whose_main_process_ends_leaves_nothing,
    a_server_dies_with_its_tether_and_is_started_again,
    a_server_dies_with_its_tether_although_its_owner_does_nothing,
    a_tether_ignores_what_a_terminal_or_a_service_manager_sends_to_everybody,
    an_owner_that_adopts_orphans_reaps_them,
    process_1_of_a_container_reaps_what_it_adopts,
];

/// "Within a second" of the requirement.
const SECOND: Duration = Duration::from_secs(1);

fn kill(pid: u32) {
    send(pid, Signal::KILL);
}

fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// Starts an owner, waits for so many processes, and kills it.
fn kill_owner(program: &str, arguments: &[&str], processes: usize) {
    let mark = Mark::new();
    let mut owner = owner::start(&mark, program, arguments);
    mark.wait_for(processes);
    kill(owner.id());
    mark.assert_gone_within(SECOND);
    owner.wait().unwrap();
}

fn own() -> String {
    let own = std::env::current_exe().unwrap();
    own.into_os_string().into_string().unwrap()
}

async fn a_server_and_all_that_it_forked_die_with_an_owner_killed_by_signal_9() {
    // The tether, the server, a child, and two in sessions of their own, one of them an orphan.
    kill_owner(&own(), &["serve", "forks"], 5);
}

async fn a_shell_dies_with_an_owner_killed_by_signal_9() {
    let script = format!("{0} serve sleep & {0} serve ok; true", own());
    kill_owner("sh", &["-c", &script], 4);
}

async fn npm_dies_with_an_owner_killed_by_signal_9() {
    if Command::new("npm").arg("--version").output().is_err() {
        test_support::skipped("npm is not installed; apt-get install npm");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = format!(r#"{{ "scripts": {{ "start": "{} serve ok" }} }}"#, own());
    std::fs::write(folder.path().join("package.json"), script).unwrap();
    let prefix = path(folder.path());
    // The tether, npm, and the server; a shell between them, if npm's does not become the server.
    kill_owner("npm", &["--prefix", prefix, "start"], 3);
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn a_server_that_is_starting_dies_with_its_owner() {
    kill_owner(&own(), &["serve", "sleep"], 1);
}

async fn a_dropped_server_is_killed() {
    let held = Held::serve(&["forks"], ServerOptions::default());
    held.server.ready().await.unwrap();
    let mark = held.mark.clone();
    drop(held);
    mark.assert_gone_within(SECOND);
}

async fn a_server_whose_main_process_ends_leaves_nothing() {
    let mut held = Held::serve(&["forks"], ServerOptions::default());
    let pid = held.event(started).await;
    held.server.ready().await.unwrap();
    let before = held.mark.processes();
    kill(pid);
    held.event(started).await;
    let after = held.mark.processes();
    let left = before.iter().filter(|process| after.contains(process));
    assert_eq!(left.count(), 0, "{before:#?} {after:#?}");
    held.stop().await;
}

async fn a_server_dies_with_its_tether_and_is_started_again() {
    let mut held = Held::serve(&["forks"], ServerOptions::default());
    let pid = held.event(started).await;
    held.server.ready().await.unwrap();
    kill(held.mark.find(|line| line.contains("--tether ")));
    let again = held.event(started).await;
    assert_ne!(pid, again);
    let is_left = |processes: &[(u32, String)]| processes.iter().any(|process| process.0 == pid);
    assert!(within(SECOND, || !is_left(&held.mark.processes())));
    held.server.ready().await.unwrap();
    // Those with a session of their own have lost whoever would have adopted them.
    held.server.stop(SECOND).await;
    for (pid, line) in held.mark.processes() {
        assert!(line.ends_with("serve sleep "), "{line}");
        kill(pid);
    }
}

async fn a_server_dies_with_its_tether_although_its_owner_does_nothing() {
    let mark = Mark::new();
    let mut owner = owner::start(&mark, &own(), &["serve", "ok"]);
    let is_tether = |line: &str| line.contains("--tether");
    let server = mark.find(|line| !is_tether(line));
    let tether = mark.find(is_tether);
    send(owner.id(), Signal::STOP);
    kill(tether);
    let is_left = || mark.processes().iter().any(|process| process.0 == server);
    assert!(within(SECOND, || !is_left()));
    kill(owner.id());
    owner.wait().unwrap();
    mark.assert_gone_within(SECOND);
}

async fn a_tether_ignores_what_a_terminal_or_a_service_manager_sends_to_everybody() {
    let mut held = Held::serve(&["ok"], ServerOptions::default());
    let pid = held.event(started).await;
    let tether = held.mark.find(|line| line.contains("--tether "));
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        send(tether, signal);
    }
    held.server.ready().await.unwrap();
    kill(pid);
    let ending = held
        .event(|event| match event {
            Event::Ended { ending, .. } => Some(ending.clone()),
            _ => None,
        })
        .await;
    assert!(matches!(ending, Ending::Exited { .. }), "{ending}");
    held.stop().await;
}

async fn an_owner_that_adopts_orphans_reaps_them() {
    let status = Command::new(own()).args(["own", "adopt"]).status().unwrap();
    assert!(status.success());
}

async fn process_1_of_a_container_reaps_what_it_adopts() {
    let new_namespace = [
        "--user",
        "--map-root-user",
        "--pid",
        "--fork",
        "--mount-proc",
    ];
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(new_namespace);
        command
    };
    if !unshare()
        .arg("true")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        test_support::skipped(
            "unshare makes no namespace of process ids here; run as root or allow user namespaces",
        );
        return;
    }
    let status = unshare()
        .arg(own())
        .args(["own", "adopt"])
        .status()
        .unwrap();
    assert!(status.success());
}
