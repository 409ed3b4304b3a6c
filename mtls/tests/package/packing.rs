//! What is packed.

use std::fs;
use std::path::Path;

use openssl::sha::sha256;
use serde_json::{Value, json};

use crate::app::{App, X86_64, elf};
use crate::common::mtls;
use crate::zip_file::entries;

/// Packs a program as it is, and gives the report.
fn pack(app: &App, arguments: &[&str]) -> Value {
    let arguments = [&["package", "--no-build", "--json"], arguments].concat();
    let answer = mtls(app.folder(), &[], &arguments);
    assert_eq!((answer.code, answer.stderr.as_str()), (0, ""), "{answer:?}");
    answer.json()
}

/// An app with what a folder has beside it.
fn app() -> App {
    let app = App::new();
    for name in [
        ".git/config",
        ".vscode/settings.json",
        "certs/allowed.pfx",
        "notes/.git/config",
        "notes/local.settings.json",
        "partner.pfx",
    ] {
        app.write(name, "x");
    }
    app.write("trust/ca.pem", "certificate");
    app.write("notes/ä b.txt", "ä");
    app.program("tools/start", b"#!/bin/sh\n");
    app.mode("host.json", 0o600);
    app.mode("bin/handler", 0o700);
    app
}

const PACKED: [(&str, &str); 6] = [
    ("Orders/function.json", "0o100644"),
    ("bin/handler", "0o100755"),
    ("host.json", "0o100644"),
    ("notes/ä b.txt", "0o100644"),
    ("tools/start", "0o100755"),
    ("trust/ca.pem", "0o100644"),
];

#[test]
fn the_zip_holds_what_the_rules_leave_in_order_with_modes_of_unix_and_no_time() {
    let app = app();
    let report = pack(&app, &[]);
    let zip = app.folder().join("app.zip");
    let Some(entries) = entries(&zip) else { return };
    let found: Vec<(&str, &str)> = entries
        .iter()
        .map(|entry| (entry.name.as_str(), entry.mode.as_str()))
        .collect();
    assert_eq!(found, PACKED);
    for entry in &entries {
        assert_eq!(entry.made_on, 3, "{entry:?}");
        assert_eq!(entry.time, [1980, 1, 1, 0, 0, 0], "{entry:?}");
    }
    assert_eq!(entries[4].text, "#!/bin/sh\n");
    let listed = report["files"].as_array().unwrap();
    let listed: Vec<&str> = listed
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    assert_eq!(listed, PACKED.map(|(name, _)| name));
}

#[test]
fn the_same_files_make_the_same_zip_wherever_and_whenever_and_its_digest_is_printed() {
    let (first, second) = (app(), app());
    let report = pack(&first, &[]);
    // Its times and the order of its entries are others; so is the mode of a file that nobody has to start.
    second.write(
        "host.json.new",
        fs::read(second.folder().join("host.json")).unwrap(),
    );
    let renamed = second.folder().join("host.json.new");
    fs::rename(renamed, second.folder().join("host.json")).unwrap();
    second.mode("host.json", 0o640);
    pack(&second, &[]);
    let bytes = |app: &App| fs::read(app.folder().join("app.zip")).unwrap();
    assert!(bytes(&first) == bytes(&second));
    let digest: String = sha256(&bytes(&first))
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(report["sha256"], digest);
    assert_eq!(report["bytes"], bytes(&first).len());
    // Another byte is another package.
    second.write("trust/ca.pem", "Certificate");
    assert_ne!(pack(&second, &["--force"])["sha256"], digest);
}

#[test]
fn a_package_that_is_there_is_neither_overwritten_unasked_nor_packed() {
    let app = app();
    let report = pack(&app, &[]);
    let before = fs::read(app.folder().join("app.zip")).unwrap();
    let answer = mtls(app.folder(), &[], &["package", "--no-build"]);
    assert_eq!(answer.code, 64);
    assert!(
        answer.stderr.contains("app.zip: it exists already"),
        "{answer:?}"
    );
    assert_eq!(pack(&app, &["--force"])["sha256"], report["sha256"]);
    assert!(fs::read(app.folder().join("app.zip")).unwrap() == before);
}

#[test]
fn a_dry_run_writes_nothing_and_says_the_same() {
    let app = app();
    let dry = pack(&app, &["--dry-run"]);
    assert!(!app.folder().join("app.zip").exists());
    assert_eq!(dry.get("file"), None);
    let mut report = pack(&app, &["--output", "out.zip"]);
    assert_eq!(report["file"], "out.zip");
    report.as_object_mut().unwrap().remove("file");
    assert_eq!(dry, report);
}

#[test]
fn people_get_the_list_the_sizes_and_the_digest() {
    let app = App::new();
    let folder = app.folder().to_str().unwrap();
    let zip = app.folder().join("out.zip");
    let arguments = [
        "package",
        folder,
        "--no-build",
        "--output",
        zip.to_str().unwrap(),
    ];
    let answer = mtls(Path::new("/"), &[], &arguments);
    assert_eq!(answer.code, 0, "{answer:?}");
    for part in [
        "BYTES      MODE  NAME\n",
        "       64  0755  bin/handler\n",
        "\n3 files of ",
        "out.zip (",
        "\nSHA-256 ",
    ] {
        assert!(answer.stdout.contains(part), "{part}: {}", answer.stdout);
    }
    assert!(!answer.stdout.contains("warning"), "{}", answer.stdout);
}

#[test]
fn a_link_is_packed_as_the_file_that_it_leads_to() {
    let app = app();
    let link = app.folder().join("tools/link");
    std::os::unix::fs::symlink("../trust/ca.pem", link).unwrap();
    pack(&app, &[]);
    let Some(entries) = entries(&app.folder().join("app.zip")) else {
        return;
    };
    let link = entries.iter().find(|entry| entry.name == "tools/link");
    let link = link.unwrap();
    assert_eq!(
        (link.mode.as_str(), link.text.as_str()),
        ("0o100644", "certificate")
    );
}

#[test]
fn a_program_of_this_folder_is_built_first_and_needs_nothing_of_the_image() {
    let app = App::new();
    let manifest = "[package]\nname = \"small\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[[bin]]\nname = \"handler\"\npath = \"main.rs\"\n";
    app.write("Cargo.toml", manifest);
    app.write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"small\"\nversion = \"0.1.0\"\n",
    );
    app.write("main.rs", "fn main() { println!(\"built\"); }");
    app.write(".funcignore", "/*\n!/host.json\n!/Orders/\n!/bin/\n");
    let environment = [("CARGO_NET_OFFLINE", "true")];
    let path = std::env::var_os("PATH").unwrap();
    let home = std::env::var_os("HOME").unwrap();
    let tools = [
        ("PATH", path.to_str().unwrap()),
        ("HOME", home.to_str().unwrap()),
    ];
    let environment = [&environment[..], &tools].concat();
    let answer = mtls(app.folder(), &environment, &["package", "--json"]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let program = fs::read(app.folder().join("bin/handler")).unwrap();
    assert!(program.len() > elf(X86_64).len());
    let report = answer.json();
    assert_eq!(report["warnings"], json!([]), "{report:#}");
    let built = &report["files"][1];
    assert_eq!(
        (&built["name"], &built["bytes"], &built["mode"]),
        (&json!("bin/handler"), &json!(program.len()), &json!("0755"))
    );
}
