//! The table of processes, and who descends from whom.

use std::collections::HashSet;
use std::fs;

use rustix::process::Pid;

/// One process.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Process {
    /// Its id.
    pub(crate) pid: Pid,
    /// Its process group; nothing if that began outside our namespace of process ids.
    pub(crate) group: Option<Pid>,
    parent: Option<Pid>,
    has_ended: bool,
}

/// The living descendants of a process, itself excluded.
pub(crate) fn descendants(of: Pid) -> Vec<Process> {
    let mut descendants = below(&all(), of);
    descendants.retain(|process| !process.has_ended);
    descendants
}

/// The children of a process that ended and have not been reaped.
pub(crate) fn ended_children(of: Pid) -> HashSet<Pid> {
    all()
        .into_iter()
        .filter(|process| process.has_ended && process.parent == Some(of))
        .map(|process| process.pid)
        .collect()
}

fn below(processes: &[Process], of: Pid) -> Vec<Process> {
    let mut found: Vec<Process> = Vec::new();
    let mut parents = HashSet::from([of]);
    loop {
        let (before, known) = (found.len(), parents.clone());
        for process in processes {
            let is_child = process.parent.is_some_and(|parent| known.contains(&parent));
            if is_child && parents.insert(process.pid) {
                found.push(*process);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Processes that end meanwhile are passed over.
fn all() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name();
            let pid: i32 = name.to_str()?.parse().ok()?;
            parse(&fs::read(format!("/proc/{pid}/stat")).ok()?)
        })
        .collect()
}

/// One line of `/proc/PID/stat`: `pid (name) state parent group …`. The name may hold anything, parentheses and line
/// ends too (proc_pid_stat(5)).
fn parse(stat: &[u8]) -> Option<Process> {
    let name_end = stat.iter().rposition(|byte| *byte == b')')?;
    let name_start = stat.iter().position(|byte| *byte == b'(')?;
    let pid = std::str::from_utf8(stat.get(..name_start)?).ok()?;
    let rest = std::str::from_utf8(stat.get(name_end + 1..)?).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    Some(Process {
        pid: positive(pid.trim().parse().ok()?)?,
        group: positive(group),
        parent: positive(parent),
        has_ended: matches!(state, "Z" | "X"),
    })
}

/// Zero is nobody whom we can see: the parent of process 1, a group from outside of a container.
fn positive(raw: i32) -> Option<Pid> {
    (raw > 0).then(|| Pid::from_raw(raw)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pid(raw: i32) -> Pid {
        Pid::from_raw(raw).unwrap()
    }

    fn process(raw: i32, parent: i32) -> Process {
        Process {
            pid: pid(raw),
            group: positive(raw),
            parent: positive(parent),
            has_ended: false,
        }
    }

    #[test]
    fn a_name_may_hold_anything() {
        let found = |parent, group, has_ended| {
            Some(Process {
                pid: pid(7),
                group: positive(group),
                parent: positive(parent),
                has_ended,
            })
        };
        let table: [(&[u8], Option<Process>); 7] = [
            (b"7 (sh) S 1 6 6 0 -1", found(1, 6, false)),
            (b"7 (a) S 9 9) R 2 3 3", found(2, 3, false)),
            (b"7 (\n( \xff) Z 1 6 6", found(1, 6, true)),
            (b"7 (init) S 0 7 7", found(0, 7, false)),
            (b"7 (sleep) Z 1 0 0", found(1, 0, true)),
            (b"7 (sh", None),
            (b"", None),
        ];
        for (stat, expected) in table {
            assert_eq!(parse(stat), expected, "{:?}", stat.escape_ascii());
        }
    }

    #[test]
    fn descendants_are_found_in_any_order_and_nobody_else() {
        let processes = [
            process(30, 20),
            process(40, 30),
            process(20, 10),
            process(10, 1),
            process(11, 1),
            process(21, 11),
        ];
        let mut found: Vec<i32> = below(&processes, pid(10))
            .iter()
            .map(|process| process.pid.as_raw_pid())
            .collect();
        found.sort_unstable();
        assert_eq!(found, [20, 30, 40]);
        assert_eq!(below(&processes, pid(40)), []);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_child_of_ours_is_found() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let found = descendants(rustix::process::getpid());
        child.kill().unwrap();
        child.wait().unwrap();
        let id = i32::try_from(child.id()).unwrap();
        assert!(found.iter().any(|process| process.pid == pid(id)));
    }
}
