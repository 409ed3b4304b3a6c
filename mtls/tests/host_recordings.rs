//! The stand-in for the Functions host beside recordings of the host itself, byte by byte.
//!
//! `HOST_RECORDINGS=<folder> cargo test --release --package mtls --test host_recordings`, with the folder that holds
//! `forward.json` and the others; the kit that made them lies beside it as `../../hostkit` and needs Python 3.11. What may
//! differ is listed in `host_recordings/allowed.txt`, and `docs/stand-in.md` says so.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "host_recordings/allowed.rs"]
mod allowed;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// Each dialect of the host, by the name of its recording.
const DIALECTS: [&str; 5] = ["forward", "proxy", "both", "envelope", "routes"];

const PYTHON: &str = "python3.11";

/// Where recordings and kit are, and where ours go.
struct Kit {
    recordings: PathBuf,
    programs: PathBuf,
    ours: tempfile::TempDir,
}

/// What one comparison found.
struct Compared {
    /// The cases that differ by more than is allowed; `start` is one.
    cases: Vec<String>,
    /// What the kit says of them.
    report: String,
}

#[test]
fn the_stand_in_does_what_the_recorded_host_did() {
    let Some(recordings) = std::env::var_os("HOST_RECORDINGS") else {
        test_support::skipped("HOST_RECORDINGS names no folder with recordings of the host");
        return;
    };
    let kit = Kit::in_folder(Path::new(&recordings));
    let left: Vec<String> = thread::scope(|scope| {
        let runs = DIALECTS.map(|dialect| scope.spawn(|| kit.differences(dialect)));
        runs.into_iter()
            .filter_map(|run| run.join().unwrap())
            .collect()
    });
    assert!(left.is_empty(), "{}", left.join("\n"));
}

impl Kit {
    fn in_folder(recordings: &Path) -> Self {
        let recordings = fs::canonicalize(recordings).unwrap();
        let programs = recordings.join("../../hostkit");
        let kit = Self {
            recordings,
            programs: fs::canonicalize(programs).unwrap(),
            ours: tempfile::tempdir().unwrap(),
        };
        fs::write(kit.allowed(), allowed::ALLOWED).unwrap();
        kit
    }

    fn allowed(&self) -> PathBuf {
        self.ours.path().join("allowed.txt")
    }

    /// What is left of a dialect after a second run, alone, of each case that differs: some depend on who closes first.
    fn differences(&self, dialect: &str) -> Option<String> {
        let all = self.compare(dialect, &self.record(dialect, "all", &[]));
        if all.cases.is_empty() {
            return None;
        }
        let cases: Vec<String> = all
            .cases
            .iter()
            .filter(|case| *case != "start")
            .cloned()
            .collect();
        let again = match cases.as_slice() {
            [] => all,
            cases => {
                let cases = cases.join(",");
                let again = self.compare(
                    dialect,
                    &self.record(dialect, "again", &["--cases", &cases]),
                );
                match all.cases.iter().any(|case| case == "start") {
                    true => Compared {
                        report: format!("{}\n{}", all.report, again.report),
                        cases: all.cases,
                    },
                    false => again,
                }
            }
        };
        (!again.cases.is_empty()).then(|| format!("{dialect}: {}", again.report))
    }

    /// Records the stand-in and gives back the file.
    fn record(&self, dialect: &str, name: &str, options: &[&str]) -> PathBuf {
        let file = self.ours.path().join(format!("{dialect}-{name}.json"));
        let output = Command::new(PYTHON)
            .arg(self.programs.join("standin.py"))
            .args([
                "--mtls",
                env!("CARGO_BIN_EXE_mtls"),
                "--mode",
                dialect,
                "--out",
            ])
            .arg(&file)
            .arg("--")
            .args(options)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{dialect}: {said}");
        file
    }

    fn compare(&self, dialect: &str, ours: &Path) -> Compared {
        let output = Command::new(PYTHON)
            .arg(self.programs.join("compare.py"))
            .args([ours, &self.recordings.join(format!("{dialect}.json"))])
            .args(["--common", "--all", "--allow"])
            .arg(self.allowed())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        let cases = differing(&report);
        assert_eq!(output.status.success(), cases.is_empty(), "{report}");
        Compared { cases, report }
    }
}

/// The names that a report's paragraphs begin with, up to its summary.
fn differing(report: &str) -> Vec<String> {
    let lines = report.lines().take_while(|line| !line.starts_with("A "));
    let names = lines.filter(|line| !line.is_empty() && !line.starts_with(' '));
    names.map(ToOwned::to_owned).collect()
}
