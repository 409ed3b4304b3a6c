//! The kit that records a host and compares recordings, used on `mtls local`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::Comparison;

const PYTHON: &str = "python3.11";

/// Where recordings and kit are, and where ours go.
pub(crate) struct Kit {
    recordings: PathBuf,
    programs: PathBuf,
    ours: tempfile::TempDir,
}

/// What one comparison found.
#[derive(Default)]
pub(crate) struct Compared {
    /// The cases that differ by more than is allowed; `start` is one.
    pub(crate) cases: Vec<String>,
    /// What the kit says of them.
    pub(crate) report: String,
}

/// `mtls local` on an app of the kit's. It is killed when dropped, unless it has ended by itself.
struct StandIn {
    child: Child,
    url: String,
}

impl Kit {
    /// The kit beside a folder of recordings.
    pub(crate) fn beside(recordings: &Path) -> Self {
        let recordings = fs::canonicalize(recordings).unwrap();
        let programs = recordings.join("../../hostkit");
        Self {
            recordings,
            programs: fs::canonicalize(programs).unwrap(),
            ours: tempfile::tempdir().unwrap(),
        }
    }

    /// Records the stand-in, and compares that with the host's recording.
    pub(crate) fn compare(
        &self,
        comparison: &Comparison,
        name: &str,
        options: &[&str],
    ) -> Compared {
        let folder = self
            .ours
            .path()
            .join(format!("{}-{name}", comparison.recording));
        fs::create_dir(&folder).unwrap();
        let allowed = folder.join("allowed.txt");
        fs::write(&allowed, comparison.allowed.concat()).unwrap();
        let ours = self.record(comparison, &folder, options);
        let recorded = self
            .recordings
            .join(format!("{}.json", comparison.recording));
        let mut compare = self.program("compare.py");
        compare.args([&ours, &recorded]);
        compare.args(["--common", "--all", "--allow"]).arg(&allowed);
        let output = compare.output().unwrap();
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        let cases = differing(&report);
        assert_eq!(output.status.success(), cases.is_empty(), "{report}");
        Compared { cases, report }
    }

    /// Records the stand-in on an app of its own, and gives the file.
    fn record(&self, comparison: &Comparison, folder: &Path, options: &[&str]) -> PathBuf {
        let (app, file) = (folder.join("app"), folder.join("ours.json"));
        let mut make = self.program("mkapp.py");
        done(make.arg(&app).args(["--mode", comparison.app]));
        let stand_in = StandIn::start(&app, comparison.host);
        let mut record = self.program("record.py");
        record.args([
            "--base",
            &stand_in.url,
            "--front-end",
            "--label",
            "stand-in",
        ]);
        record.arg("--app").arg(&app).arg("--out").arg(&file);
        record.arg("--tls-ca").arg(app.join("certs/ca.pem"));
        done(record.args(options));
        file
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(PYTHON);
        command.arg(self.programs.join(name)).stdin(Stdio::null());
        command
    }
}

fn done(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    output
}

impl StandIn {
    /// Its front end stands before it: `--pass-forged`, so that a caller's `X-ARR-ClientCert` reaches it.
    fn start(app: &Path, host: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mtls"))
            .args(["local", "--no-build", "--port", "0", "--log", "json"])
            .args(["--mode", "ignore", "--pass-forged"])
            .args(host)
            .current_dir(app)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().unwrap().unwrap();
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["event"] == "ready" {
                break event["url"].as_str().unwrap().to_owned();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The names that a report's paragraphs begin with, up to its summary.
fn differing(report: &str) -> Vec<String> {
    let lines = report.lines().take_while(|line| !line.starts_with("A "));
    let names = lines.filter(|line| !line.is_empty() && !line.starts_with(' '));
    names.map(ToOwned::to_owned).collect()
}
