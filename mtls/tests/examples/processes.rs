//! The processes of an app, found by their working folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use test_support::process::gate;

/// Longer than an app takes to start or to end on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(10);

struct Process {
    executable: PathBuf,
    parent: u32,
}

/// The processes that have a folder as their working directory, by their ids.
fn inside(folder: &Path) -> BTreeMap<u32, Process> {
    let folder = folder.canonicalize().unwrap();
    let entries = std::fs::read_dir("/proc").unwrap().map(Result::unwrap);
    let found = entries.filter_map(|entry| {
        let id: u32 = entry.file_name().to_str()?.parse().ok()?;
        let place = std::fs::read_link(entry.path().join("cwd")).ok()?;
        let executable = std::fs::read_link(entry.path().join("exe")).ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name, in parentheses, may contain anything.
        let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(1);
        let parent = fields.next()?.parse().ok()?;
        (place == folder).then_some((id, Process { executable, parent }))
    });
    found.collect()
}

/// How many there are.
pub(crate) fn count(folder: &Path) -> usize {
    inside(folder).len()
}

/// The gate: its program runs as the tether too, which is its child.
pub(crate) fn gate_of(folder: &Path) -> Option<u32> {
    first(folder, |executable| {
        executable.file_name() == gate().file_name()
    })
}

/// The server, and not what it started itself.
pub(crate) fn server_of(folder: &Path) -> Option<u32> {
    let ours = [
        gate().file_name().unwrap(),
        Path::new(env!("CARGO_BIN_EXE_mtls")).file_name().unwrap(),
    ];
    first(folder, |executable| {
        !ours.contains(&executable.file_name().unwrap())
    })
}

/// The one of these processes whose parent is none of them.
fn first(folder: &Path, is_one: impl Fn(&Path) -> bool) -> Option<u32> {
    let mut processes = inside(folder);
    processes.retain(|_, process| is_one(&process.executable));
    let mut ids = processes.keys();
    ids.find(|id| !processes.contains_key(&processes[id].parent))
        .copied()
}

pub(crate) fn kill(id: u32) {
    let status = Command::new("kill")
        .args(["-s", "KILL", &id.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Waits until something is so.
pub(crate) fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(PAUSE);
    }
}
