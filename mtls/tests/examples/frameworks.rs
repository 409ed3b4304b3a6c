//! What frameworks take for their own address: the rows of `docs/frameworks.md` beside those of the examples.

use std::path::{Path, PathBuf};

use crate::example::Example;

const PACKAGES: &str = ".python_packages";

/// The test's own apps, and packages of frameworks that no example needs.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples/frameworks")
}

/// A framework, and what it says that its address is.
struct Row {
    settings: &'static [(&'static str, &'static str)],
    scheme: &'static str,
    is_outside: bool,
}

/// Asks the server for its address, with the settings of each row.
fn assert_rows(example: &Example, path: &str, rows: &[Row]) {
    for row in rows {
        for (name, value) in row.settings {
            example.set(name, value);
        }
        let served = example.start(&[]);
        let answer = served.allowed().get(path);
        assert_eq!(answer.status, 200, "{:?}: {answer:?}", row.settings);
        let authority = match row.is_outside {
            true => format!("localhost:{}/", served.nobody().port),
            false => "127.0.0.1:".to_owned(),
        };
        let expected = format!("{}://{authority}", row.scheme);
        assert!(
            answer.body.contains(&expected),
            "{:?}: expected {expected}, found {answer:?}",
            row.settings
        );
    }
}

#[test]
fn starlette_under_uvicorn_trusts_the_gate_for_the_scheme_and_needs_the_outside_name_as_host() {
    let Some(example) = Example::gated("mcp-python", PACKAGES) else {
        return;
    };
    example.add(&folder().join("starlette_app.py"));
    // Started by its command, it takes address and port from UVICORN_HOST and UVICORN_PORT.
    let uvicorn = "\"-m\", \"uvicorn\", \"starlette_app:app\"";
    example.edit("host.json", "\"server.py\"", uvicorn);
    let rows = [
        Row {
            settings: &[("CLIENT_CERT_UPSTREAM_HOST", "own")],
            scheme: "https",
            is_outside: false,
        },
        Row {
            settings: &[("CLIENT_CERT_UPSTREAM_HOST", "outside")],
            scheme: "https",
            is_outside: true,
        },
        Row {
            settings: &[("FORWARDED_ALLOW_IPS", "192.0.2.1")],
            scheme: "http",
            is_outside: true,
        },
    ];
    assert_rows(&example, "/api/url", &rows);
}

/// The Flask example with the packages that no example needs.
fn with_more_packages() -> Option<Example> {
    let more = folder().join(PACKAGES);
    if !more.exists() {
        test_support::skipped(
            "Django and waitress are not installed: in mtls/tests/examples/frameworks, python3 -m pip install --require-hashes --target .python_packages -r requirements.txt",
        );
        return None;
    }
    let example = Example::gated("flask", PACKAGES)?;
    let path = format!(".python_packages/lib/site-packages:{}", more.display());
    example.set("PYTHONPATH", &path);
    Some(example)
}

#[test]
fn django_under_gunicorn_needs_to_be_told_to_use_the_forwarded_host() {
    let Some(example) = with_more_packages() else {
        return;
    };
    example.add(&folder().join("django_app.py"));
    example.edit("host.json", "\"app:app\"", "\"django_app:app\"");
    example.edit("local.settings.json", "/api", "/unused");
    let rows = [
        Row {
            settings: &[("TEST_USE_X_FORWARDED_HOST", "false")],
            scheme: "https",
            is_outside: false,
        },
        Row {
            settings: &[("TEST_USE_X_FORWARDED_HOST", "true")],
            scheme: "https",
            is_outside: true,
        },
    ];
    assert_rows(&example, "/api/url", &rows);
}

#[test]
fn waitress_clears_what_the_gate_says_unless_it_is_told_not_to() {
    let Some(example) = with_more_packages() else {
        return;
    };
    let gunicorn = "\"gunicorn\", \"--bind={host}:{port}\", \"--threads=8\", \"--no-control-socket\", \"--access-logfile=-\"";
    let waitress = "\"waitress\", \"--listen={host}:{port}\"";
    example.edit("host.json", gunicorn, waitress);
    let row = |scheme, is_outside| Row {
        settings: &[],
        scheme,
        is_outside,
    };
    assert_rows(&example, "/api/cert-info", &[row("http", false)]);
    let switch = "\"--listen={host}:{port}\", \"--no-clear-untrusted-proxy-headers\"";
    example.edit("host.json", "\"--listen={host}:{port}\"", switch);
    assert_rows(&example, "/api/cert-info", &[row("https", true)]);
}
