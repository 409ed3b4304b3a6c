//! The images: what goes into them.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Each file, and the folder of the app that is in the image.
const IMAGES: [(&str, &str); 3] = [
    ("handler", ""),
    ("gate-python", "examples/flask/"),
    ("gate-node", "examples/node/"),
];

const APP_ROOT: &str = "/home/site/wwwroot/";

/// What a build makes first, and git does not hold.
const BUILT: [&str; 4] = [
    "bin/handler",
    "bin/gate",
    ".python_packages",
    "node_modules",
];

/// One COPY of a Containerfile.
struct Copied {
    source: String,
    target: String,
    is_executable: bool,
}

/// The instructions of a file, each on one line.
fn instructions(image: &str) -> Vec<String> {
    let path = Path::new(PROJECT).join(format!("containers/{image}.Containerfile"));
    let text = fs::read_to_string(path).unwrap().replace("\\\n", " ");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let lines = lines.filter(|line| !line.trim().is_empty());
    lines.map(ToOwned::to_owned).collect()
}

fn copied(image: &str) -> Vec<Copied> {
    let mut all = Vec::new();
    for line in instructions(image) {
        let Some(rest) = line.strip_prefix("COPY ") else {
            continue;
        };
        let (options, mut paths): (Vec<&str>, Vec<&str>) = rest
            .split_whitespace()
            .partition(|word| word.starts_with("--"));
        let target = paths.pop().unwrap();
        all.extend(paths.into_iter().map(|source| Copied {
            source: source.to_owned(),
            target: target.to_owned(),
            is_executable: options == ["--chmod=755"],
        }));
    }
    all
}

#[test]
fn each_image_is_the_functions_host_with_a_custom_handler() {
    for (image, _) in IMAGES {
        let lines = instructions(image);
        let words: Vec<&str> = lines
            .iter()
            .filter_map(|line| line.split(' ').next())
            .collect();
        let others = words
            .iter()
            .filter(|word| !["FROM", "ENV", "COPY"].contains(word));
        assert_eq!(
            others.count(),
            0,
            "{image}: the host's own entry point and port stay: {words:?}"
        );
        let base = "FROM mcr.microsoft.com/azure-functions/";
        assert!(lines[0].starts_with(base), "{image}: {}", lines[0]);
        let environment = lines.iter().find(|line| line.starts_with("ENV ")).unwrap();
        for needed in [
            "AzureWebJobsScriptRoot=/home/site/wwwroot ",
            "FUNCTIONS_WORKER_RUNTIME=custom",
        ] {
            assert!(environment.contains(needed), "{image}: {environment}");
        }
    }
}

#[test]
fn each_image_has_what_its_app_needs_and_nothing_else() {
    for (image, folder) in IMAGES {
        let copied = copied(image);
        for Copied { source, target, .. } in &copied {
            let inside = source.strip_prefix(folder).unwrap();
            let is_built = BUILT.contains(&inside);
            assert!(
                is_built || Path::new(PROJECT).join(source).is_file(),
                "{image}: {source}"
            );
            let is_folder = inside == ".python_packages" || inside == "node_modules";
            let expected = match inside.rsplit_once('/') {
                Some((parent, _)) => format!("{APP_ROOT}{parent}/"),
                None if is_folder => format!("{APP_ROOT}{inside}/"),
                None => APP_ROOT.to_owned(),
            };
            assert_eq!(*target, expected, "{image}: {source}");
            assert!(!inside.ends_with("settings.json"), "{image}: {source}");
        }
        let declared = declared(folder);
        let missing = declared
            .iter()
            .filter(|file| !copied.iter().any(|copied| copied.source == **file));
        assert_eq!(missing.count(), 0, "{image}: expected all of {declared:?}");
        let program = copied
            .iter()
            .find(|copied| copied.source.contains("bin/"))
            .unwrap();
        let host = fs::read_to_string(Path::new(PROJECT).join(folder).join("host.json")).unwrap();
        let started = format!("\"{}\"", program.source.strip_prefix(folder).unwrap());
        assert!(
            program.is_executable && host.contains(&started),
            "{image}: {started}"
        );
    }
}

/// `host.json` and the `function.json` of each function.
fn declared(folder: &str) -> Vec<String> {
    let mut files = vec![format!("{folder}host.json")];
    for entry in fs::read_dir(Path::new(PROJECT).join(folder)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let file = format!("{folder}{name}/function.json");
        if Path::new(PROJECT).join(&file).is_file() {
            files.push(file);
        }
    }
    files
}
