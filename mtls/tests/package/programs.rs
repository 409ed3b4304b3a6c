//! What the image makes of the programs.

use std::fs;

use serde_json::Value;

use crate::app::{App, X86_64, elf};
use crate::common::mtls;

/// A program that this machine's linker made.
fn linked() -> Vec<u8> {
    fs::read(std::env::current_exe().unwrap()).unwrap()
}

/// The warnings about an app that is packed for an image.
fn warnings(app: &App, image: &str) -> Vec<String> {
    let arguments = [
        "package",
        "--no-build",
        "--dry-run",
        "--json",
        "--image",
        image,
    ];
    let answer = mtls(app.folder(), &[], &arguments);
    assert_eq!(answer.code, 0, "{answer:?}");
    let report = answer.json();
    let text = |warning: &Value| {
        let part = |name: &str| warning[name].as_str().unwrap();
        format!("{}: {}", part("at"), part("text"))
    };
    report["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(text)
        .collect()
}

#[test]
fn a_program_that_needs_nothing_of_the_image_starts_on_each() {
    for image in ["bookworm", "bullseye", "flex"] {
        assert_eq!(warnings(&App::new(), image), [""; 0], "{image}");
    }
}

/// Whatever links programs today asks for the start of glibc 2.34, which bullseye lacks.
#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
#[test]
fn a_program_that_is_linked_for_a_newer_c_library_is_refused_where_the_image_is_known() {
    let app = App::new();
    app.program("bin/handler", &linked());
    let answer = mtls(
        app.folder(),
        &[],
        &["package", "--no-build", "--image", "bullseye"],
    );
    assert_eq!(answer.code, 64);
    let expected = "mtls: bin/handler: expected a program for glibc 2.31 of Debian 11 (bullseye), found one that needs GLIBC_2.";
    assert!(answer.stderr.starts_with(expected), "{}", answer.stderr);
    assert!(
        answer.stderr.contains("mtls build --static"),
        "{}",
        answer.stderr
    );
    assert_eq!(answer.stderr.lines().count(), 1);
    let unknown = warnings(&app, "flex");
    let is_said = |warning: &String| {
        warning.starts_with("bin/handler: it needs GLIBC_2.") && warning.contains("nobody says")
    };
    assert!(unknown.iter().any(is_said), "{unknown:?}");
}

#[test]
fn folders_of_this_machine_in_a_program_are_named() {
    let app = App::new();
    let folder = app.folder().canonicalize().unwrap();
    let mut program = elf(X86_64);
    program.extend(format!("{}/src/main.rs", folder.display()).bytes());
    app.program("bin/handler", &program);
    let expected = format!(
        "bin/handler: it names folders of this machine: {} (1 times); mtls build --static leaves them out",
        folder.display()
    );
    assert_eq!(warnings(&app, "flex"), [expected]);
}

#[test]
fn a_script_keeps_its_bit_and_a_word_is_said_about_its_interpreter() {
    let app = App::new();
    app.program("bin/handler", b"#!/usr/bin/env python3\n");
    let expected = "bin/handler: it is a script, which python3 runs";
    let found = warnings(&app, "bookworm");
    assert!(
        found.len() == 1 && found[0].starts_with(expected),
        "{found:?}"
    );
}

/// The server's command, what is there of it, and the warning or the refusal.
type Row = (&'static [&'static str], fn(&App), &'static str);

#[test]
fn what_the_gate_starts_is_in_the_package_or_named() {
    let rows: [Row; 4] = [
        (
            &["python3", "server.py"],
            |_| {},
            "? python3 is not in the package",
        ),
        (
            &["/usr/bin/server"],
            |_| {},
            "? /usr/bin/server is not in the package",
        ),
        (
            &["bin/server"],
            |app| app.program("bin/server", &elf(X86_64)),
            "",
        ),
        (
            &["bin/server"],
            |app| app.program("bin/server", &elf(183)),
            "! bin/server: expected a program for Linux on x86-64, found one for ARM64",
        ),
    ];
    for (command, makes, expected) in rows {
        let app = App::new();
        app.gate(command);
        makes(&app);
        match expected.split_at(expected.len().min(2)) {
            ("! ", part) => {
                let answer = mtls(app.folder(), &[], &["package", "--no-build"]);
                assert!(
                    answer.code == 64 && answer.stderr.contains(part),
                    "{answer:?}"
                );
            }
            (_, part) => {
                let found = warnings(&app, "bookworm");
                let is_said = found.iter().any(|warning| warning.contains(part));
                assert_eq!(found.len(), usize::from(!part.is_empty()), "{found:?}");
                assert!(part.is_empty() || is_said, "{found:?}");
            }
        }
    }
}
