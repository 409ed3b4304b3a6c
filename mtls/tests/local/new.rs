//! Apps that `mtls new` makes: served, called, tested, and read by the other commands.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
use test_support::process::gate;
use test_support::skipped;

use crate::project::copy_certificates;
use crate::running::Running;

/// A server in another language: the word for it, the program that runs it, and its tests.
const LANGUAGES: [(&str, &str, &[&str]); 2] = [
    ("python", "python3", &["-m", "unittest"]),
    ("node", "node", &["--test"]),
];

#[test]
fn a_server_behind_the_gate_is_served_called_and_tested() {
    for (language, program, tests) in LANGUAGES {
        if Command::new(program).arg("--version").output().is_err() {
            skipped(&format!(
                "{program}, which serves a new app; install {language}"
            ));
            continue;
        }
        let place = tempfile::tempdir().unwrap();
        let gate = gate().to_str().unwrap();
        let made = new(
            place.path(),
            &["app", "--gate", language, "--gate-program", gate],
        );
        assert!(made.status.success(), "{made:?}");
        let app = place.path().join("app");
        let mode = |name: &str| fs::metadata(app.join(name)).unwrap().permissions().mode();
        assert_eq!(mode("bin/gate") & 0o777, 0o755);
        assert_eq!(mode("") & 0o777, mode_of_new_folder(), "{language}");
        let sha256 = called(&app, &[]);
        assert!(sha256.starts_with("You are "), "{language}: {sha256}");
        assert_eq!(
            sha256.trim_end().len(),
            "You are ".len() + 64,
            "{language}: {sha256}"
        );
        let tested = Command::new(program).args(tests).current_dir(&app).output();
        let tested = tested.unwrap();
        assert!(tested.status.success(), "{language}: {tested:?}");
        is_read_by_other_commands(&app);
        let init = mtls(&app, &["init", "--gate", gate, "--yes"]);
        let text = String::from_utf8_lossy(&init.stdout).into_owned();
        let unchanged = text.starts_with("The gate is there already: nothing to change.\n");
        assert!(unchanged, "{language}: {text}");
    }
}

#[test]
fn a_crate_on_the_engine_is_served_called_and_tested() {
    let place = tempfile::tempdir().unwrap();
    let made = new(place.path(), &["app", "--rust"]);
    assert!(made.status.success(), "{made:?}");
    let app = place.path().join("app");
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    no_file_names(&app, &checkout.display().to_string());
    // What is built for it lies beside the tests of this run.
    let program = std::env::current_exe().unwrap();
    let built = program.ancestors().nth(3).unwrap().to_str().unwrap();
    let variables = [
        ("CARGO_BUILD_BUILD_DIR", built),
        ("CARGO_NET_OFFLINE", "true"),
    ];
    assert_eq!(called(&app, &variables), "\"CN=Allowed Caller\"");
    let tested = test_support::process::cargo()
        .args(["test", "--release"])
        .envs(variables)
        .env_remove("CARGO_TARGET_DIR")
        .current_dir(&app)
        .output()
        .unwrap();
    assert!(tested.status.success(), "{tested:?}");
    let text = String::from_utf8_lossy(&tested.stdout).into_owned();
    assert!(text.contains("2 passed"), "{text}");
    is_read_by_other_commands(&app);
}

#[test]
fn a_folder_that_holds_something_stays_as_it_is() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("mine"), "").unwrap();
    let gate = gate().to_str().unwrap();
    let table: [(&[&str], &str); 5] = [
        (
            &[".", "--gate", "python", "--gate-program", gate],
            "one that holds something",
        ),
        (
            &["mine", "--gate", "node", "--gate-program", gate],
            "name another",
        ),
        (
            &["app", "--gate", "node", "--gate-program", "nowhere"],
            "found no such file",
        ),
        (
            &["app", "--rust", "--engine", "nowhere"],
            "expected a checkout of the engine",
        ),
        (
            &["missing/app", "--gate", "node", "--gate-program", gate],
            "No such file",
        ),
    ];
    for (arguments, part) in table {
        let refused = new(place.path(), arguments);
        let errors = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(64), "{arguments:?}: {errors}");
        assert!(errors.contains(part), "{arguments:?}: {errors}");
    }
    assert_eq!(new(place.path(), &["app"]).status.code(), Some(2));
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
}

/// Somebody's current folder stays the same one.
#[test]
fn an_empty_current_folder_is_filled() {
    let place = tempfile::tempdir().unwrap();
    let gate = gate().to_str().unwrap();
    let made = new(
        place.path(),
        &[".", "--gate", "python", "--gate-program", gate],
    );
    assert!(made.status.success(), "{made:?}");
    for name in [
        "host.json",
        ".gitignore",
        ".funcignore",
        "WhoAmI/function.json",
        "bin/gate",
    ] {
        assert!(place.path().join(name).is_file(), "{name}");
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 10);
}

fn new(folder: &Path, arguments: &[&str]) -> Output {
    mtls(folder, &[&["new"], arguments].concat())
}

fn mtls(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mtls"));
    command
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// Runs `mtls local`, calls both functions, and gives what the secured one answers to an admitted caller.
fn called(app: &Path, variables: &[(&str, &str)]) -> String {
    copy_certificates(&app.join("certs"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_mtls"));
    command
        .args(["local", "--port", "0", "--log", "json"])
        .env_remove("CARGO_TARGET_DIR")
        .envs(variables.iter().copied());
    let mut running = Running::spawn(command, app);
    running.wait_until_ready_after_build();
    let caller = running.caller();
    assert_eq!(caller.get("/api/hello").status, 200);
    assert_eq!(caller.get("/api/whoami").status, 401);
    assert_eq!(caller.named("denied").get("/api/whoami").status, 401);
    let admitted = caller.named("allowed").get("/api/whoami");
    assert_eq!(admitted.status, 200, "{admitted:?}");
    admitted.body
}

fn is_read_by_other_commands(app: &Path) {
    fs::write(app.join("policy.json"), r#"{"version": 1, "callers": []}"#).unwrap();
    let commands: [&[&str]; 2] = [&["functions"], &["policy", "show", "policy.json"]];
    for command in commands {
        let answer = mtls(app, command);
        let text = String::from_utf8_lossy(&answer.stdout).into_owned();
        assert!(answer.status.success(), "{command:?}: {answer:?}");
        assert!(text.contains("WhoAmI"), "{command:?}: {text}");
    }
}

/// No file of the app names a path of this machine; the link to the engine is not followed.
fn no_file_names(folder: &Path, path: &str) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            no_file_names(&entry.path(), path);
        } else if kind.is_file() {
            let text = fs::read_to_string(entry.path()).unwrap();
            assert!(!text.contains(path), "{:?}", entry.path());
        }
    }
}

/// What the umask leaves of everything.
fn mode_of_new_folder() -> u32 {
    let place: TempDir = tempfile::tempdir().unwrap();
    let folder = place.path().join("new");
    fs::create_dir(&folder).unwrap();
    fs::metadata(folder).unwrap().permissions().mode() & 0o777
}
