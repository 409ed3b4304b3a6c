//! The app, forked: functions are added by the README's own steps and sample functions are deleted, and its tests stay
//! green.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::json;
use tempfile::TempDir;
use test_support::Shape;
use test_support::process::Program;

/// Where the app keeps its implementations.
const FUNCTIONS: &str = "handler/functions";

/// The root of the repository.
fn repository() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap().to_owned()
}

/// A copy of the app alone. Its crates stay where they are, so that they are not built again for each copy.
struct Copy {
    folder: TempDir,
}

impl Copy {
    fn new() -> Self {
        let copy = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for name in ["Cargo.lock", "host.json", "handler", "tests"] {
            copy_all(&repository().join(name), &copy.path(name));
        }
        for function in samples() {
            copy_all(&repository().join(&function), &copy.path(&function));
        }
        fs::write(copy.path("Cargo.toml"), manifest()).unwrap();
        // What is deployed is a matter of the repository that the app lies in.
        fs::remove_file(copy.path("tests/package.rs")).unwrap();
        copy
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn edit(&self, name: &str, edit: impl FnOnce(&str) -> String) {
        let text = fs::read_to_string(self.path(name)).unwrap();
        let edited = edit(&text);
        assert_ne!(text, edited, "{name} was not changed");
        fs::write(self.path(name), edited).unwrap();
    }

    /// Adds the files that a section of the README shows, each under the name that stands before it.
    fn add_by_the_readme(&self) {
        let readme = fs::read_to_string(repository().join("README.md")).unwrap();
        let section = readme.split("\n## Add a function").nth(1).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let mut name = None;
        let mut added = 0;
        let mut lines = section.lines();
        while let Some(line) = lines.next() {
            if line.starts_with("```") {
                let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                let path = self.path(name.unwrap());
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text.join("\n") + "\n").unwrap();
                added += 1;
            } else if let Some(rest) = line.strip_prefix('`') {
                name = rest.split('`').next();
            }
        }
        assert_eq!(added, 2, "a function.json and an implementation");
    }

    /// Adds the two lines that name an implementation.
    fn register(&self, module: &str, line: &str) {
        self.edit(&format!("{FUNCTIONS}/mod.rs"), |text| {
            let text = text.replacen("\nmod ", &format!("\nmod {module};\nmod "), 1);
            let first = text.find(".public(").unwrap();
            format!("{}{line}\n            {}", &text[..first], &text[first..])
        });
    }

    /// Removes a sample as the README says: its folder, its file, its two lines and its test.
    fn remove(&self, function: &str) {
        let module = snake_case(function);
        fs::remove_dir_all(self.path(function)).unwrap();
        let file = self.path(&format!("{FUNCTIONS}/{module}.rs"));
        fs::remove_file(&file).unwrap();
        if file.with_extension("").is_dir() {
            fs::remove_dir_all(file.with_extension("")).unwrap();
        }
        fs::remove_file(self.path(&format!("tests/{module}.rs"))).unwrap();
        self.edit(&format!("{FUNCTIONS}/mod.rs"), |text| {
            let text = text.replace(&format!("mod {module};\n"), "");
            without_call(&text, function)
        });
    }

    /// Tests the copy; its binary lands in the copy, what is built for it beside the tests of this run.
    fn test(&self) {
        let program = std::env::current_exe().unwrap();
        let output = test_support::process::cargo()
            .args(["test", "--release", "--offline", "--target-dir"])
            .arg(self.path("target"))
            .env("CARGO_BUILD_BUILD_DIR", program.ancestors().nth(3).unwrap())
            .env_remove("CARGO_TARGET_DIR")
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// The copy, after it was tested.
    fn program(&self) -> Program {
        let name = format!("handler{}", std::env::consts::EXE_SUFFIX);
        Program {
            binary: self.path("target/release").join(name),
            folder: self.folder.path().to_owned(),
        }
    }
}

/// The manifest of the app, with its crates where they are and not as members of its workspace.
fn manifest() -> String {
    let crates = repository().join("crates");
    let ours = fs::read_dir(&crates).unwrap().map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // As for a member, so that the crate is not built in another way than for the tests of this run.
        format!("[profile.release.package.{name}]\ncodegen-units = 16\n\n")
    });
    let ours: String = ours.collect();
    let text = fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let (head, rest) = text.split_once("members = ").unwrap();
    let (_, rest) = rest.split_once("\n]\n").unwrap();
    let path = format!("path = \"{}/", crates.display());
    let text = format!("{head}{rest}").replace("path = \"crates/", &path);
    text.replacen("[package]\n", &format!("{ours}[package]\n"), 1)
}

/// The functions of the app, as its folders name them.
fn samples() -> Vec<String> {
    let entries = fs::read_dir(repository()).unwrap();
    let folders = entries.map(|entry| entry.unwrap().path());
    folders
        .filter(|folder| folder.join("function.json").is_file())
        .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// The registry without the call that names a function, up to the parenthesis that closes it.
fn without_call(text: &str, function: &str) -> String {
    let name = text.find(&format!("(\"{function}\"")).unwrap();
    let start = text[..name].rfind('\n').unwrap();
    let mut open = 0;
    let end = text[name..].find(|c| {
        open += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        open == 0
    });
    let end = name + end.unwrap() + 1;
    format!("{}{}", &text[..start], &text[end..])
}

/// `CertInfo` as the name of a file.
fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}

fn copy_all(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy_all(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

const GREETING: &str = r#"
use functions_handler::functions::{Invocation, Reply};

pub(super) async fn run(invocation: Invocation) -> Reply {
    Reply::ok(&invocation.route_values.get("name"))
}
"#;

/// Copies are built in one place, one after the other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

#[test]
fn functions_are_added_by_the_steps_of_the_readme() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let copy = Copy::new();
    copy.add_by_the_readme();
    copy.register(
        "create_order",
        ".secured(\"CreateOrder\", create_order::run)",
    );
    fs::write(copy.path(&format!("{FUNCTIONS}/greeting.rs")), GREETING).unwrap();
    fs::create_dir(copy.path("Greeting")).unwrap();
    let declaration = json!({
        "clientCertificate": "none",
        "bindings": [
            {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous", "route": "greetings/{name}"},
            {"type": "http", "direction": "out", "name": "res"},
        ],
    });
    fs::write(copy.path("Greeting/function.json"), declaration.to_string()).unwrap();
    copy.register("greeting", ".public(\"Greeting\", greeting::run)");
    copy.test();

    let caller = Shape::caller("caller").valid_today().self_signed();
    let handler = copy.program().start(&[
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &caller.sha256()),
    ]);
    let greeting = handler.get("/api/greetings/world", None);
    assert_eq!((greeting.status, greeting.json()), (200, json!("world")));
    let order = |certificate: &str| {
        let body = r#"{"item": "tea", "quantity": 2}"#;
        let request = format!(
            "POST /api/orders/north HTTP/1.1\r\nHost: localhost\r\n{certificate}Content-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        handler.exchange(request.as_bytes()).unwrap()
    };
    assert_eq!(order("").status, 401);
    let created = order(&format!("X-ARR-ClientCert: {}\r\n", caller.header()));
    assert_eq!(created.status, 201);
    assert_eq!(created.header("location"), Some("/api/orders/1"));
    assert_eq!(created.json()["item"], "tea");
    assert_eq!(created.json()["region"], "north");
}

#[test]
fn any_sample_function_can_be_deleted() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for function in samples() {
        let copy = Copy::new();
        copy.remove(&function);
        copy.test();
    }
}
