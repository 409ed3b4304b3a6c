//! The processes that inherited a variable, wherever they are.

use std::fs;
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The variable by which the processes of one test are found.
pub(crate) const MARK: &str = "LIFE_TEST_MARK";

/// A mark that nothing else has.
#[derive(Clone)]
pub(crate) struct Mark(pub(crate) String);

impl Mark {
    pub(crate) fn new() -> Self {
        Self(uuid::Uuid::new_v4().to_string())
    }

    /// The processes that live, with their command lines.
    pub(crate) fn processes(&self) -> Vec<(u32, String)> {
        let wanted = format!("{MARK}={}", self.0);
        let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
            let pid: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
            let mut variables = environment.split(|byte| *byte == 0);
            variables.find(|variable| *variable == wanted.as_bytes())?;
            let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            Some((pid, line))
        });
        processes.collect()
    }

    /// Waits until there are so many at least.
    pub(crate) fn wait_for(&self, count: usize) {
        let found = within(PATIENCE, || self.processes().len() >= count);
        assert!(found, "{count} expected: {:#?}", self.processes());
    }

    /// Waits until a process with such a command line is there.
    pub(crate) fn find(&self, wanted: impl Fn(&str) -> bool) -> u32 {
        let mut found = None;
        within(PATIENCE, || {
            let processes = self.processes();
            let process = processes.iter().find(|(_, line)| wanted(line));
            found = process.map(|(pid, _)| *pid);
            found.is_some()
        });
        found.unwrap_or_else(|| panic!("{:#?}", self.processes()))
    }

    /// Nothing is left, at the latest after this time.
    pub(crate) fn assert_gone_within(&self, limit: Duration) {
        let gone = within(limit, || self.processes().is_empty());
        assert!(gone, "left after {limit:?}: {:#?}", self.processes());
    }
}

/// Whether a condition comes true in time.
pub(crate) fn within(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    loop {
        if condition() {
            return true;
        }
        if began.elapsed() >= limit {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
