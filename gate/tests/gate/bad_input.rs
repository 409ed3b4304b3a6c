//! Command lines and settings that are wrong: one clear line each, and no start.

use test_support::process::free_port;

use crate::app::program;
use crate::trials;

trials!(each_mistake_is_named_and_no_secret_shown);

fn each_mistake_is_named_and_no_secret_shown() {
    let front_end = ("CLIENT_CERT_FRONT_END", "development");
    let rows: [(&[&str], (&str, &str), &str); 20] = [
        (
            &[],
            front_end,
            "the command line: expected the server's command",
        ),
        (
            &["python3", "--key=hunter2"],
            front_end,
            "the command line: expected `--`",
        ),
        (&["--"], front_end, "found nothing after it"),
        (
            &[],
            ("CLIENT_CERT_UPSTREAM", "https://127.0.0.1:8000"),
            "CLIENT_CERT_UPSTREAM: expected a URL",
        ),
        (
            &[],
            ("CLIENT_CERT_UPSTREAM", "http://127.0.0.1"),
            "CLIENT_CERT_UPSTREAM: expected a URL",
        ),
        (
            &[],
            ("CLIENT_CERT_UPSTREAM", "http://u:hunter2@127.0.0.1:1"),
            "CLIENT_CERT_UPSTREAM: expected a URL",
        ),
        (
            &[],
            ("CLIENT_CERT_UPSTREAM", "http://127.0.0.1:1/x"),
            "CLIENT_CERT_UPSTREAM: expected a URL",
        ),
        (
            &[],
            ("CLIENT_CERT_UPSTREAM", "http://192.0.2.1:80"),
            "CLIENT_CERT_UPSTREAM: expected an address of this machine",
        ),
        (
            &["--", "x"],
            ("CLIENT_CERT_UPSTREAM_DANGEROUS", "true"),
            "CLIENT_CERT_UPSTREAM_DANGEROUS: expected CLIENT_CERT_UPSTREAM beside it",
        ),
        (
            &["--", "x"],
            ("CLIENT_CERT_UPSTREAM_DANGEROUS", "yes"),
            "CLIENT_CERT_UPSTREAM_DANGEROUS: expected false or true",
        ),
        (
            &["--", "x"],
            ("CLIENT_CERT_UPSTREAM_STRIP", "api"),
            "CLIENT_CERT_UPSTREAM_STRIP: expected",
        ),
        (
            &["--", "x"],
            ("CLIENT_CERT_UPSTREAM_READY", "health"),
            "CLIENT_CERT_UPSTREAM_READY: expected a path",
        ),
        (
            &["--", "x"],
            ("CLIENT_CERT_UPSTREAM_READY_STATUSES", "200-299"),
            "expected CLIENT_CERT_UPSTREAM_READY beside it",
        ),
        (
            &["--", "x"],
            ("CLIENT_CERT_UPSTREAM_HOST", "inside"),
            "CLIENT_CERT_UPSTREAM_HOST: expected own or outside",
        ),
        (
            &["--", "x"],
            ("CLIENT_CERT_PRINCIPAL", "yes"),
            "CLIENT_CERT_PRINCIPAL: expected false or true",
        ),
        (
            &["--", "x"],
            ("CLIENT_CERT_UPSTREAM_HOST", "outsid"),
            "found \"outsid\"; did you mean outside?",
        ),
        (
            &["--", "x"],
            ("CLIENT_CERT_UPSTREAM_UNDERSCORES", "kepe"),
            "found \"kepe\"; did you mean keep?",
        ),
        (
            &["--", "x"],
            ("CLIENT_CERT_UPSTREAM_EVENT_COMMENTS", "ON"),
            "found \"ON\"; did you mean on?",
        ),
        (
            &["--", "x"],
            ("CLIENT_CERT_PRINCIPAL", "flase"),
            "found \"flase\"; did you mean false?",
        ),
        (
            &["--", "x"],
            ("CLIENT_CERT_GATE_SECRET", "hunter2 hunter2"),
            "CLIENT_CERT_GATE_SECRET: expected visible ASCII",
        ),
    ];
    for (arguments, setting, expected) in rows {
        let program = program();
        let root = program.app_root();
        let mut command = program.command(root.path(), free_port(), &[setting]);
        let output = command.args(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(64),
            "{arguments:?} {setting:?}: {errors}"
        );
        assert!(
            errors.contains(expected),
            "{arguments:?} {setting:?}: {errors}"
        );
        let everything = format!("{errors}{}", String::from_utf8_lossy(&output.stdout));
        assert!(!everything.contains("hunter2"), "{everything}");
    }
}
