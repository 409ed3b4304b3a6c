//! What is printed: by whom it is read, to the last line, and nothing that hides or is secret.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::caller::Caller;
use crate::project::Project;

/// Some times what a pipe holds.
const REQUESTS: usize = 200;

/// An `mtls local` whose output is read up to the ready line and no further.
struct Unread {
    child: Child,
    output: BufReader<ChildStdout>,
    caller: Caller,
}

impl Unread {
    fn start(project: &Project) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mtls"))
            .args([
                "local",
                "--port",
                "0",
                "--log",
                "json",
                "--no-build",
                "--show-requests",
            ])
            .current_dir(project.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let port = loop {
            let mut line = String::new();
            assert!(output.read_line(&mut line).unwrap() > 0, "no ready line");
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["event"] == "ready" {
                break event["url"]
                    .as_str()
                    .unwrap()
                    .rsplit(':')
                    .next()
                    .unwrap()
                    .parse()
                    .unwrap();
            }
        };
        let caller = Caller::new(port, &project.folder.path().join("certs"));
        Self {
            child,
            output,
            caller,
        }
    }

    /// Every request is answered, although nobody reads about it.
    fn call(&self) {
        for number in 0..REQUESTS {
            let answer = self.caller.get(&format!("/api/echo/{number}"));
            assert_eq!(answer.status, 200, "{number}: {answer:?}");
        }
    }

    fn terminate(&self) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", "TERM", &id])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_output_that_nobody_reads_holds_up_neither_requests_nor_the_end() {
    let project = Project::new();
    let mut unread = Unread::start(&project);
    unread.call();
    unread.terminate();
    let end = Instant::now() + Duration::from_secs(30);
    while unread.child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < end, "the process does not end");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_reader_that_comes_late_finds_every_line() {
    let project = Project::new();
    let mut unread = Unread::start(&project);
    unread.call();
    unread.terminate();
    let mut text = String::new();
    unread.output.read_to_string(&mut text).unwrap();
    assert!(unread.child.wait().unwrap().success());
    let events = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let paths: Vec<_> = events
        .filter(|event| event["event"] == "request")
        .map(|event| event["path"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(paths.len(), REQUESTS, "{paths:?}");
}

#[test]
fn the_last_request_has_its_line_however_soon_the_end_comes() {
    let project = Project::new();
    for _ in 0..5 {
        let mut running = project.start(&[]);
        assert_eq!(running.caller().get("/api/echo/undecided").status, 200);
        running.signal("INT");
        let rest = running.rest();
        let is_request = |event: &&Value| event["path"] == "/api/echo/undecided";
        assert_eq!(rest.iter().filter(is_request).count(), 1, "{rest:#?}");
    }
}

#[cfg(unix)]
#[test]
fn the_last_words_of_a_handler_in_any_language_are_printed() {
    use std::os::unix::fs::PermissionsExt as _;
    const SCRIPT: &str = "#!/bin/sh\ntrap 'echo last words; exit 143' TERM\necho \"port $1\"\nwhile :; do sleep 0.05; done\n";
    let project = Project::with_program("run/me.sh", &["%FUNCTIONS_CUSTOMHANDLER_PORT%"]);
    let script = project.folder.path().join("run/me.sh");
    std::fs::create_dir(script.parent().unwrap()).unwrap();
    std::fs::write(&script, SCRIPT).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut running = project.launch(&[]);
    running.event(|event| {
        event["line"]
            .as_str()
            .is_some_and(|line| line.starts_with("port "))
    });
    running.signal("TERM");
    let rest = running.rest();
    assert!(
        rest.iter().any(|event| event["line"] == "last words"),
        "{rest:#?}"
    );
}

#[test]
fn no_hidden_character_is_printed_for_people_or_programs() {
    let hidden = ['\u{7f}', '\u{9b}', '\u{202e}', '\u{200b}', '\u{1b}'];
    let text: String = hidden.iter().collect();
    for log in ["json", "text"] {
        let project = Project::new();
        project.settings(serde_json::json!({"TEST_SAYS": text}));
        let mut running = project.start(&["--host", "proxying", "--show-requests"]);
        if log == "text" {
            drop(running);
            running = crate::running::Running::launch(
                project.folder.path(),
                &["local", "--port", "0", "--no-build", "--show-requests"],
            );
            running.event(|line| {
                line.as_str()
                    .is_some_and(|line| line.ends_with("Requests:"))
            });
        } else {
            running.caller().get("/api/echo/x");
            running.request("/api/echo/x");
        }
        running.signal("TERM");
        let lines = running.raw();
        assert!(
            lines.iter().any(|line| line.contains("says: ")),
            "{lines:#?}"
        );
        for line in &lines {
            assert!(
                !line.chars().any(|c| c.is_control() || hidden.contains(&c)),
                "{line:?}"
            );
        }
    }
}

#[test]
fn shown_requests_hold_no_value_that_could_be_a_credential() {
    let project = Project::new();
    let mut running = project.start(&["--show-requests"]);
    let secret = "TopSecret";
    let headers = [
        ("X-Api-Key", secret),
        ("Ocp-Apim-Subscription-Key", secret),
        ("X-Auth-Token", secret),
        ("Referer", "https://a.example/?token=TopSecret"),
    ];
    let path = "/api/echo/shown?sig=TopSecret&apikey=TopSecret&TopSecret";
    running.caller().send("GET", path, &headers, "");
    let request = running.request("/api/echo/shown").to_string();
    assert!(!request.contains(secret), "{request}");
    assert!(
        request.contains("x-api-key: (hidden, 9 bytes)"),
        "{request}"
    );
    assert!(request.contains("sig=(hidden, 9 bytes)"), "{request}");
}
