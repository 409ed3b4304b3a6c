//! What the whole report says, and of whom nothing is to be said.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::app::{App, X86_64, elf, report};
use crate::common::mtls;

#[test]
fn nothing_is_found_in_an_app_that_is_as_it_should_be() {
    let report = App::new().report();
    assert_eq!(report["findings"], json!([]), "{report:#}");
    assert_eq!(
        report["dialect"],
        json!({"result": "proxying", "olderHosts": "forwarding"})
    );
    assert_eq!(report["functions"][0]["route"], "/api/orders");
    assert_eq!(report["functions"][0]["public"], false);
}

#[test]
fn nothing_is_found_in_this_repositorys_app_and_in_its_examples() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let entries = fs::read_dir(repository.join("examples")).unwrap();
    let examples = entries.map(|entry| entry.unwrap().path());
    let apps: Vec<PathBuf> = std::iter::once(repository.to_owned())
        .chain(examples)
        .filter(|folder| folder.join("host.json").is_file())
        .collect();
    assert!(apps.len() >= 3, "{apps:?}");
    for app in apps {
        let copy = copied(&app);
        let report = report(copy.path());
        let unclean: Vec<&Value> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["severity"] != "note")
            .collect();
        assert!(unclean.is_empty(), "{}: {unclean:#?}", app.display());
    }
}

/// The files under version control, and the program in its place.
fn copied(app: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let files = Command::new("git")
        .arg("ls-files")
        .current_dir(app)
        .output()
        .unwrap();
    let files = String::from_utf8(files.stdout).unwrap();
    for file in files.lines() {
        let to = copy.path().join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(app.join(file), to).unwrap();
    }
    let program = report(copy.path())["program"]["path"]
        .as_str()
        .unwrap()
        .to_owned();
    let program = copy.path().join(program);
    fs::create_dir_all(program.parent().unwrap()).unwrap();
    // The header of a program will do: nothing is started.
    fs::write(&program, elf(X86_64)).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    copy
}

#[test]
fn all_findings_come_at_once_the_worst_first() {
    let app = App::new();
    app.edit(
        "host.json",
        "enableProxyingHttpRequest",
        "enableHttpProxyingRequest",
    );
    app.edit("Orders/function.json", "\"anonymous\"", "\"function\"");
    app.add("host.json", "\"functionTimeout\": \"-1\", \"unheardOf\": 1");
    app.setting("CLIENT_CERT_MINIMUM_RSA_BITS", "few");
    app.mode("bin/handler", 0o644);
    app.remove(".funcignore");
    let report = app.report();
    let found = report["findings"].as_array().unwrap().iter();
    let found: Vec<String> = found
        .map(|finding| format!("{} {}", finding["severity"], finding["kind"]).replace('"', ""))
        .collect();
    let expected = [
        "error dead-switch",
        "error setting",
        "error execute-bit",
        "warning key-beside-certificate",
        "warning package-leaks",
        "note unread-key",
    ];
    assert_eq!(found, expected, "{report:#}");
    assert_eq!(
        [&report["errors"], &report["warnings"], &report["notes"]],
        [&json!(3), &json!(2), &json!(1)]
    );
}

#[test]
fn people_get_the_place_what_happens_and_what_to_do() {
    let app = App::new();
    app.edit(
        "host.json",
        "enableProxyingHttpRequest",
        "enableHttpProxyingRequest",
    );
    let folder = app.folder().to_str().unwrap();
    let answer = mtls(Path::new("/"), &[], &["check", folder]);
    assert_eq!((answer.code, answer.stderr.as_str()), (1, ""));
    let line = app.line("host.json", "enableHttpProxyingRequest");
    for part in [
        "host.json starts bin/handler\nRequests arrive by forwarding\n",
        "Orders    /api/orders  GET      secured  forwarding\n",
        "/admin/* and /runtime/webhooks/*",
        &format!(
            "\nhost.json:{line}: error: customHandler.enableHttpProxyingRequest is a key that no host reads [dead-switch]\n    Requests arrive by forwarding"
        ),
        "\n    Write \"enableProxyingHttpRequest\" directly into customHandler",
        "\n1 error, 0 warnings, 0 notes\n",
    ] {
        assert!(answer.stdout.contains(part), "{part}: {}", answer.stdout);
    }
}

#[test]
fn the_page_documents_every_member() {
    let app = App::new();
    app.gate(&["python3", "server.py"]);
    let page = include_str!("../../../docs/check.md");
    let (_, programs) = page.split_once("\n## For programs").unwrap();
    let report = app.report();
    let members = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<BTreeSet<_>>()
    };
    let all = [
        &report,
        &report["program"],
        &report["dialect"],
        &report["functions"][0],
        &report["findings"][0],
    ];
    for member in all.into_iter().flat_map(members) {
        assert!(programs.contains(&format!("`{member}`")), "{member}");
    }
}

#[test]
fn no_argument_and_no_value_of_a_setting_is_shown() {
    let app = App::new();
    app.gate(&["python3", "server.py", "--password=hunter2"]);
    for setting in ["FUNCTIONS_WORKER_RUNTIMES", "CLIENT_CERT_FRONT_ENT"] {
        app.setting(setting, "hunter2");
    }
    app.edit("local.settings.json", "\"custom\"", "\"hunter2\"");
    for arguments in [&["check"][..], &["check", "--json"]] {
        let answer = mtls(app.folder(), &[], arguments);
        assert_eq!(answer.code, 1, "{answer:?}");
        assert!(!format!("{answer:?}").contains("hunter2"), "{answer:?}");
    }
}

#[test]
fn the_flag_that_makes_a_language_stack_start_the_program_silences_the_stack() {
    let app = App::new();
    app.gate(&["python3", "server.py"]);
    app.setting(
        "AzureWebJobsFeatureFlags",
        "Other, EnableMcpCustomHandlerPreview",
    );
    app.edit("local.settings.json", "\"custom\"", "\"python\"");
    let report = app.report();
    let findings = report["findings"].as_array().unwrap();
    assert!(
        findings.iter().all(|finding| finding["kind"] != "stack"),
        "{report:#}"
    );
}

#[test]
fn the_gates_settings_are_its_own_and_outbound_ones_its_servers() {
    let app = App::new();
    app.gate(&["python3", "server.py"]);
    app.setting("CLIENT_CERT_UPSTREAM_STRIP", "/api");
    app.setting("OUTBOUND_CERT_PATH", "missing.pfx");
    let report = app.report();
    let findings = report["findings"].as_array().unwrap();
    assert!(
        findings.iter().all(|finding| finding["severity"] == "note"),
        "{report:#}"
    );
    let answer = mtls(app.folder(), &[], &["functions", "--json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    // No handler on the engine reads the first.
    app.edit("host.json", "bin/gate", "bin/handler");
    let report = app.report();
    assert_eq!(report["errors"], json!(1), "{report:#}");
}

#[test]
fn a_folder_without_an_app_says_so() {
    let empty = tempfile::tempdir().unwrap();
    let answer = mtls(empty.path(), &[], &["check"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (64, ""));
    assert!(
        answer.stderr.contains("found no host.json"),
        "{}",
        answer.stderr
    );
}
