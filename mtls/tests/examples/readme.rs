//! The commands of an example's README, run as they are written there.

use std::path::Path;
use std::process::{Command, Stdio};

use test_support::process::gate;

use crate::example::{Example, Served};

/// What the README calls the gate that was built, and the address of `mtls local`.
const GATE: &str = "../../target/release/gate";
const ADDRESS: &str = "https://localhost:7443";

/// Runs the README of an example: what installs, what starts, and the calls with the statuses that their comments say.
pub(crate) fn run(name: &str, dependencies: &str) {
    let Some(example) = Example::copy(name, dependencies) else {
        return;
    };
    let text = std::fs::read_to_string(example.path().join("README.md")).unwrap();
    let blocks: Vec<&str> = text.split("```").skip(1).step_by(2).collect();
    let [start, calls] = blocks.as_slice() else {
        panic!("{name}: expected two blocks of commands, found {blocks:?}");
    };
    let served = install_and_start(&example, commands(start));
    let url = served.url();
    for line in commands(calls) {
        call(example.path(), &line.replace(ADDRESS, &url));
    }
}

fn commands(block: &str) -> Vec<&str> {
    block
        .strip_prefix("sh test=its_readme_works\n")
        .expect("a block of commands that this test runs")
        .lines()
        .collect()
}

/// The dependencies are installed by `.ci/run`, which takes the command from the same README.
fn install_and_start(example: &Example, lines: Vec<&str>) -> Served {
    let [build, dependencies, start] = lines.as_slice() else {
        panic!("expected three commands, found {lines:?}");
    };
    let install = build.strip_prefix("cargo build --release -p gate && ");
    let install = install.expect("the gate is built first");
    assert!(install.contains(GATE), "{install}");
    shell(
        example.path(),
        &install.replace(GATE, gate().to_str().unwrap()),
    );
    assert!(
        ["python3 -m pip install ", "npm ci "]
            .iter()
            .any(|command| dependencies.starts_with(command)),
        "{dependencies}"
    );
    let arguments = start.strip_prefix("cargo mtls local").expect("mtls local");
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    example.start(&arguments)
}

/// Runs a call. The comment of one by curl is its status; another must succeed.
fn call(folder: &Path, line: &str) {
    if !line.starts_with("curl ") {
        shell(folder, line);
        return;
    }
    let (command, status) = line.rsplit_once(" # ").expect("a status");
    let silent = command.replacen(
        "curl ",
        "curl --silent --output /dev/null --write-out '%{http_code}' ",
        1,
    );
    assert_eq!(shell(folder, &silent), status, "{line}");
}

fn shell(folder: &Path, line: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{line}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}
