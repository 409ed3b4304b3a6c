//! What deploys the app: who can start it, what happens where the attack does not succeed, and what the host does with the log.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap().to_owned()
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The lines of a step or task, from the line that names it to the next one that begins with a dash of the same indentation.
fn step<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let lines: Vec<&str> = text.lines().collect();
    let named = lines.iter().position(|line| line.ends_with(name)).unwrap();
    let first = lines[..=named]
        .iter()
        .rposition(|line| line.trim_start().starts_with("- "))
        .unwrap();
    let indentation = lines[first].len() - lines[first].trim_start().len();
    let begins = format!("{:indentation$}- ", "");
    let rest = lines[first + 1..]
        .iter()
        .take_while(|line| !line.starts_with(&begins));
    rest.map(|line| line.trim()).collect()
}

#[test]
fn neither_a_push_nor_a_pull_request_starts_the_pipeline_and_main_alone_is_deployed() {
    let pipeline = text("azure-pipelines.yml");
    for key in ["trigger: none", "pr: none"] {
        assert!(pipeline.lines().any(|line| line == key), "expected {key}");
    }
    let stage = step(&pipeline, "- stage: deploy");
    let condition =
        "condition: and(succeeded(), eq(variables['Build.SourceBranch'], 'refs/heads/main'))";
    assert!(stage.contains(&condition), "{stage:#?}");
    let workflow = text(".github/workflows/deploy.yml");
    assert!(workflow.contains("\non:\n  workflow_dispatch:\n"));
    for event in ["push:", "pull_request:", "pull_request_target:"] {
        assert!(
            !workflow.lines().any(|line| line.trim() == event),
            "{event}"
        );
    }
}

#[test]
fn what_does_not_withstand_the_attack_is_undone_also_where_the_attack_is_cut_off() {
    let workflow = text(".github/workflows/deploy.yml");
    let pipeline = text("azure-pipelines.yml");
    let rows = [
        (&workflow, "name: Deploy", "id: deploy"),
        (&workflow, "name: Attack what was deployed", "id: attack"),
        (
            &workflow,
            "name: Stop what may admit strangers",
            "if: always() && vars.AZURE_SLOT == '' && steps.deploy.outcome == 'success' && steps.attack.outcome != 'success'",
        ),
        (&workflow, "name: Swap it in", "id: swap"),
        (&workflow, "name: Attack what callers get", "id: live"),
        (
            &workflow,
            "name: Swap it out again",
            "if: always() && steps.swap.outcome == 'success' && steps.live.outcome != 'success'",
        ),
        (
            &pipeline,
            "Swap it out again, or stop it where there is no slot",
            "condition: and(always(), in(variables['undo'], 'stop', 'swap'))",
        ),
    ];
    for (text, name, line) in rows {
        // The workflow is called Deploy as well.
        let steps = text.split_once("download").unwrap().1;
        let step = step(steps, name);
        assert!(
            step.contains(&line),
            "{name}: expected {line}, found {step:#?}"
        );
    }
}

/// Each row is in the task in this order: what undoes it is known before an attack, and taken back after the last one.
#[test]
fn the_pipeline_says_what_undoes_a_deployment_before_it_attacks() {
    let pipeline = text("azure-pipelines.yml");
    let task = step(&pipeline, "Deploy, attack, swap in");
    let expected = [
        "[ -n \"$slot\" ] || undo_by stop",
        "probe ${slot:+--slot \"$slot\"}",
        "swap",
        "undo_by swap",
        "probe",
        "undo_by nothing",
    ];
    let found: Vec<&str> = task
        .into_iter()
        .filter(|line| expected.contains(line))
        .collect();
    assert_eq!(found, expected);
}

/// The host leaves out items of each type that is not exempt, above 20 a second: the lines of the log are traces.
#[test]
fn no_app_of_this_repository_has_its_decisions_sampled() {
    let examples = fs::read_dir(root().join("examples")).unwrap();
    let examples = examples.map(|entry| entry.unwrap().path().join("host.json"));
    let apps: Vec<PathBuf> = examples
        .filter(|path| path.exists())
        .chain([root().join("host.json")])
        .collect();
    assert!(apps.len() > 5, "{apps:?}");
    for path in apps {
        let text = fs::read_to_string(&path).unwrap();
        let json: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let host: Value = serde_json::from_str(&json).unwrap();
        let sampling = &host["logging"]["applicationInsights"]["samplingSettings"];
        let exempt = sampling["excludedTypes"].as_str().unwrap_or_default();
        let is_exempt = exempt.split(';').any(|kind| kind == "Trace");
        assert!(
            is_exempt || sampling["isEnabled"] == false,
            "{path:?}: {sampling}"
        );
    }
}
