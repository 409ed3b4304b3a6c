//! The files of a new app, as they lie in `mtls/templates`.

/// The files of an app beside its functions, and how they are tested.
pub(super) struct Template {
    /// Names in the app's folder, and texts.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// A line for people: the command that runs the app's tests, and what it does.
    pub(super) test: &'static str,
}

/// What every app has.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
    (
        "Hello/function.json",
        include_str!("../../templates/functions/Hello/function.json"),
    ),
    (
        "WhoAmI/function.json",
        include_str!("../../templates/functions/WhoAmI/function.json"),
    ),
    (
        "local.settings.json",
        include_str!("../../templates/functions/local.settings.json"),
    ),
];

/// A handler in Rust.
pub(super) const RUST: Template = Template {
    files: &[
        (
            ".funcignore",
            include_str!("../../templates/rust/funcignore"),
        ),
        (".gitignore", include_str!("../../templates/rust/gitignore")),
        (
            "Cargo.toml",
            include_str!("../../templates/rust/Cargo.toml"),
        ),
        ("README.md", include_str!("../../templates/rust/README.md")),
        ("host.json", include_str!("../../templates/rust/host.json")),
        (
            "src/hello.rs",
            include_str!("../../templates/rust/src/hello.rs"),
        ),
        (
            "src/main.rs",
            include_str!("../../templates/rust/src/main.rs"),
        ),
        (
            "src/who_am_i.rs",
            include_str!("../../templates/rust/src/who_am_i.rs"),
        ),
    ],
    test: "cargo test --release    the functions' tests",
};

/// Python's `http.server` behind the gate.
pub(super) const PYTHON: Template = Template {
    files: &[
        (
            ".funcignore",
            include_str!("../../templates/python/funcignore"),
        ),
        (
            ".gitignore",
            include_str!("../../templates/python/gitignore"),
        ),
        (
            "README.md",
            include_str!("../../templates/python/README.md"),
        ),
        (
            "host.json",
            include_str!("../../templates/python/host.json"),
        ),
        (
            "server.py",
            include_str!("../../templates/python/server.py"),
        ),
        (
            "test_server.py",
            include_str!("../../templates/python/test_server.py"),
        ),
    ],
    test: "python3 -m unittest    the server's tests",
};

/// Node's `node:http` behind the gate.
pub(super) const NODE: Template = Template {
    files: &[
        (
            ".funcignore",
            include_str!("../../templates/node/funcignore"),
        ),
        (".gitignore", include_str!("../../templates/node/gitignore")),
        ("README.md", include_str!("../../templates/node/README.md")),
        ("host.json", include_str!("../../templates/node/host.json")),
        (
            "server.mjs",
            include_str!("../../templates/node/server.mjs"),
        ),
        (
            "server.test.mjs",
            include_str!("../../templates/node/server.test.mjs"),
        ),
    ],
    test: "node --test    the server's tests",
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// A file in the folder of templates that no app gets would be missed by nobody.
    #[test]
    fn every_file_of_a_template_is_written() {
        let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let folders = [
            ("functions", FUNCTIONS),
            ("node", NODE.files),
            ("python", PYTHON.files),
            ("rust", RUST.files),
        ];
        for (folder, files) in folders {
            let written = files.iter().map(|(_, text)| (*text).to_owned());
            let written: BTreeSet<String> = written.collect();
            assert_eq!(texts(&templates.join(folder)), written, "{folder}");
        }
        let found = fs::read_dir(templates).unwrap().count();
        assert_eq!(found, folders.len());
    }

    fn texts(folder: &Path) -> BTreeSet<String> {
        let entries = fs::read_dir(folder).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let texts = paths.flat_map(|path| match path.is_dir() {
            true => texts(&path),
            false => BTreeSet::from([fs::read_to_string(path).unwrap()]),
        });
        texts.collect()
    }
}
