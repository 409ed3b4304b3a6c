//! What counts.

use std::fs;

use super::*;

/// What the files of a folder count as, under rules of both kinds.
fn kinds(breadth: Breadth, is_cargo: bool, names: &[&str]) -> Vec<Option<Kind>> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join(".gitignore"),
        "/out/\n*.local\nlocal.settings.json\n",
    )
    .unwrap();
    fs::write(folder.path().join(".funcignore"), "/tests/\nhost.json\n").unwrap();
    if is_cargo {
        fs::write(folder.path().join("Cargo.toml"), "").unwrap();
    }
    let environment = Environment::from_iter([(POLICY, "certs/policy.json")]);
    let scope = Scope::new(folder.path(), breadth, Some("bin/app"), &environment);
    let changes = names
        .iter()
        .map(|name| scope.change(&scope.folder.join(name)));
    changes.map(|change| Some(change?.kind)).collect()
}

#[test]
fn what_is_built_excluded_or_passing_does_not_count() {
    for (name, expected) in [
        ("host.json", Some(Kind::Configuration)),
        ("local.settings.json", Some(Kind::Configuration)),
        ("Orders/function.json", Some(Kind::Configuration)),
        ("certs/policy.json", Some(Kind::Policy)),
        ("deep/Orders/function.json", Some(Kind::Source)),
        ("server.py", Some(Kind::Source)),
        ("templates/page.html", Some(Kind::Source)),
        ("bin/server", Some(Kind::Source)),
        ("bin/app", None),
        ("certs/ca.pem", None),
        ("target/release/app", None),
        ("src/target/x", None),
        (".git/HEAD", None),
        ("node_modules/express/index.js", None),
        (".venv/bin/python3", None),
        ("src/__pycache__/a.pyc", None),
        ("out/page.html", None),
        ("notes.local", None),
        ("tests/test.py", None),
        ("server.log", None),
        (".server.py.swp", None),
        ("server.py~", None),
        (".#server.py", None),
        ("4913", None),
    ] {
        assert_eq!(
            kinds(Breadth::Everything, false, &[name]),
            [expected],
            "{name}"
        );
    }
}

#[test]
fn rules_of_the_package_do_not_count_where_cargo_builds_the_app() {
    let names = ["tests/app.rs", "src/main.rs", "out/x"];
    assert_eq!(
        kinds(Breadth::Everything, true, &names),
        [Some(Kind::Source), Some(Kind::Source), None]
    );
}

#[test]
fn without_sources_only_what_is_read_at_the_start_counts() {
    let names = [
        "host.json",
        "Orders/function.json",
        "server.py",
        "certs/policy.json",
    ];
    assert_eq!(
        kinds(Breadth::Configuration, false, &names),
        [
            Some(Kind::Configuration),
            Some(Kind::Configuration),
            None,
            None
        ]
    );
}
