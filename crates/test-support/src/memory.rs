//! The memory of a process, by Linux's account of it (proc(5)).

use std::{fs, io};

/// A line of this process's account, such as `VmRSS` (in use) or `VmHWM` (the most that was), in kilobytes.
pub fn kilobytes(line: &str) -> io::Result<u64> {
    kilobytes_of("self", line)
}

/// The same of another process.
pub fn kilobytes_of(process: &str, line: &str) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let value = status
        .lines()
        .find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
    let number = value.and_then(|value| value.trim().strip_suffix(" kB")?.parse().ok());
    number.ok_or_else(|| {
        io::Error::other(format!(
            "expected {line} in the status of a process, found none"
        ))
    })
}
