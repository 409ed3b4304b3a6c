//! What is refused, by name and before anything is written.

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::app::{App, elf};
use crate::common::mtls;

/// What breaks an app, where, and a part of what is said.
type Row = (fn(&App), &'static str, &'static str);

fn key(app: &App, name: &str) {
    // In parts: this file has no key in it.
    let label = |word: &str| format!("-----{word} {} KEY-----", "PRIVATE");
    let text = format!("{}\n{}\n{}\n", label("BEGIN"), "A".repeat(64), label("END"));
    app.write(name, text);
}

fn link(app: &App, target: &str, name: &str) {
    symlink(target, app.folder().join(name)).unwrap();
}

const ROWS: [Row; 25] = [
    (
        |app| key(app, "trust/ca.pem"),
        "trust/ca.pem",
        "found a private key",
    ),
    (
        |app| key(app, "trust/policy.json"),
        "trust/policy.json",
        "found a private key",
    ),
    (
        |app| app.write("trust/partner.p12", "x"),
        "trust/partner.p12",
        "found a private key",
    ),
    (
        |app| app.write("Orders/partner.ppk", "x"),
        "Orders/partner.ppk",
        "found a private key",
    ),
    (
        |app| {
            app.write(
                "settings.json",
                r#"{"IsEncrypted": false, "Values": {"A": "b"}}"#,
            )
        },
        "settings.json",
        "found a developer's settings",
    ),
    (
        |app| app.write("Orders/.env", "A=b"),
        "Orders/.env",
        "found variables of a shell",
    ),
    (
        |app| link(app, "/etc/hostname", "hostname"),
        "hostname",
        "a link out of the folder",
    ),
    (
        |app| link(app, "nowhere", "link"),
        "link",
        "a link that leads nowhere",
    ),
    (
        |app| link(app, "Orders", "Link"),
        "Link",
        "a link to a folder",
    ),
    (
        |app| link(app, "local.settings.json", "open.json"),
        "open.json",
        "a link to one that is left out",
    ),
    (
        |app| {
            let pipe = app.folder().join("pipe");
            assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
        },
        "pipe",
        "found a pipe",
    ),
    (
        |app| {
            app.remove(".funcignore");
            link(app, "nowhere", ".funcignore");
        },
        ".funcignore",
        "found a link that leads nowhere",
    ),
    (
        |app| {
            app.remove(".funcignore");
            app.write(".funcignore/x", "");
        },
        ".funcignore",
        "expected rules that can be read",
    ),
    (
        |app| app.write(".funcignore", b"\xE4"),
        ".funcignore",
        "neither UTF-8 nor UTF-16",
    ),
    (|app| app.write("a\\b", "x"), "a\\b", "without a backslash"),
    (
        |app| app.write("a\u{202e}b", "x"),
        "a\\u{202e}b",
        "visible characters",
    ),
    (
        |app| app.write("c\u{202e}d/x", "x"),
        "c\\u{202e}d",
        "visible characters",
    ),
    (
        |app| app.write("Orders/Function.json", "{}"),
        "Orders/Function.json",
        "expected Orders/function.json, found another case",
    ),
    (|app| app.write("Orders/a/X", ""), "", ""),
    (
        |app| {
            app.write("Orders/a/x", "");
            app.write("Orders/A/x", "");
        },
        "Orders/A/x",
        "found Orders/a/x beside it",
    ),
    (
        |app| app.mode("bin/handler", 0o644),
        "host.json:5",
        "no execute bit",
    ),
    (
        |app| app.program("bin/handler", &elf(183)),
        "host.json:5",
        "the program is for ARM64",
    ),
    (
        |app| {
            app.remove("bin/handler");
            app.program("bin/Handler", &elf(62));
        },
        "host.json:5",
        "expected bin/handler in the package, found bin/Handler; correct its case",
    ),
    (
        |app| app.edit("host.json", "bin/handler", "./bin/handler"),
        "host.json:5",
        "begins with ./",
    ),
    (
        |app| app.write(".funcignore", "/bin/\n/certs/\n*.pfx\n*.key\n"),
        ".funcignore:1",
        "a rule leaves bin/handler out",
    ),
];

#[test]
fn what_must_not_be_deployed_is_refused_by_name_and_nothing_is_written() {
    for (breaks, at, found) in ROWS {
        let app = App::new();
        breaks(&app);
        let answer = mtls(app.folder(), &[], &["package", "--no-build"]);
        let is_written = app.folder().join("app.zip").exists();
        if at.is_empty() {
            assert!(answer.code == 0 && is_written, "{answer:?}");
            continue;
        }
        assert_eq!((answer.code, is_written), (64, false), "{at}: {answer:?}");
        let mut lines = answer.stderr.lines();
        let is_said =
            |line: &str| line.starts_with(&format!("mtls: {at}: ")) && line.contains(found);
        assert!(lines.any(is_said), "{at}: {found}: {}", answer.stderr);
    }
}

#[test]
fn everything_is_refused_at_once() {
    let app = App::new();
    app.program("bin/handler", &elf(8));
    app.write("trust/a.pfx", "x");
    app.write("Orders/Function.json", "{}");
    link(&app, "/etc/hostname", "hostname");
    let answer = mtls(app.folder(), &[], &["package", "--no-build"]);
    assert_eq!(
        (answer.code, answer.stderr.lines().count()),
        (64, 4),
        "{answer:?}"
    );
}

/// Whatever `--force` says: the app's own files, a link to one, and one that begins as a zip does.
#[test]
fn an_output_that_is_no_zip_or_is_needed_is_refused_and_kept() {
    for (output, said) in [
        ("host.json", "is no zip"),
        ("Orders/function.json", "is no zip"),
        (".funcignore", "is no zip"),
        ("link.zip", "is no zip"),
        ("server.py", "which the app needs"),
    ] {
        let app = App::new();
        app.gate(&["python3", "server.py"]);
        app.write("server.py", "PK");
        link(&app, "host.json", "link.zip");
        let before = std::fs::read(app.folder().join(output)).unwrap();
        for more in [&["--force"][..], &["--dry-run"]] {
            let arguments = [&["package", "--no-build", "--output", output], more].concat();
            let answer = mtls(app.folder(), &[], &arguments);
            assert_eq!(answer.code, 64, "{output}: {answer:?}");
            assert!(answer.stderr.contains(said), "{output}: {answer:?}");
        }
        let after = std::fs::read(app.folder().join(output)).unwrap();
        assert_eq!(after, before, "{output}");
    }
}

/// A program that is refused is there, so nothing says that it is missing.
#[test]
fn a_program_that_cannot_be_packed_gives_one_error() {
    let app = App::new();
    let other = App::new();
    app.remove("bin/handler");
    symlink(
        other.folder().join("bin/handler"),
        app.folder().join("bin/handler"),
    )
    .unwrap();
    let answer = mtls(app.folder(), &[], &["package", "--no-build"]);
    assert_eq!(answer.stderr.lines().count(), 1, "{answer:?}");
}

#[test]
fn a_package_without_rules_says_so() {
    let app = App::new();
    app.remove(".funcignore");
    let answer = mtls(app.folder(), &[], &["package", "--no-build"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(
        answer
            .stdout
            .contains("warning: .funcignore: there is no such file"),
        "{answer:?}"
    );
}

#[test]
fn a_folder_without_an_app_says_so() {
    let empty = tempfile::tempdir().unwrap();
    let answer = mtls(empty.path(), &[], &["package"]);
    assert_eq!(answer.code, 64);
    assert!(answer.stderr.contains("found no host.json"), "{answer:?}");
}
