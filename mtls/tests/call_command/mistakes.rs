//! Mistakes on the command line and in its files.

use test_support::partner::{Manner, Partner};
use test_support::pfx;

use crate::desk::{Desk, sha256, thumbprints};

#[test]
fn all_mistakes_are_reported_at_once() {
    let desk = Desk::new();
    let output = desk.mtls(&[
        "call",
        "http://partner.example",
        "--identity",
        "missing.p12",
        "--cacert",
        "missing.pem",
        "--header",
        "no colon",
        "--method",
        "G T",
    ]);
    assert_eq!(output.code, 64);
    assert_eq!(output.stdout, "");
    for at in ["URL", "missing.p12", "missing.pem", "--header", "--method"] {
        let line = format!("mtls: {at}: ");
        assert_eq!(
            output.stderr.matches(&line).count(),
            1,
            "{at} {}",
            output.stderr
        );
    }
    assert_eq!(output.stderr.lines().count(), 5, "{}", output.stderr);
}

#[test]
fn an_identity_that_does_not_load_is_a_mistake() {
    let desk = Desk::new();
    let both = [
        pfx::Bag::Key(&desk.family.client.key, None),
        pfx::Bag::Certificate(&desk.family.client.certificate, Some("one")),
        pfx::Bag::Key(&desk.family.second.key, None),
        pfx::Bag::Certificate(&desk.family.second.certificate, Some("two")),
    ];
    desk.write("both.p12", &pfx::plain(&both));
    for (arguments, says) in [
        (["--identity", "ours.p12"].as_slice(), "--password"),
        (
            &["--identity", "ours.p12", "--password", "wrong"],
            "--password",
        ),
        (&["--identity", "both.p12"], "--select"),
        (
            &["--identity", "both.p12", "--select", "three"],
            "selected thumbprint or friendly name",
        ),
        (&["--identity", "ca.pem"], "expected a private key"),
        (&["--password", "x"], "--identity"),
    ] {
        let output = desk.call("https://127.0.0.1:1/", arguments);
        assert_eq!(output.code, 64, "{arguments:?} {}", output.stdout);
        assert!(
            output.stderr.contains(says),
            "{arguments:?} {}",
            output.stderr
        );
        assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
    }
    let partner = Partner::start(Manner::strict(&desk.family.root));
    let chosen = ["--identity", "both.p12", "--select", "two", "--json"];
    let report = desk.call(&partner.url("/"), &chosen).json();
    assert_eq!(
        thumbprints(&report["sentCertificates"])[0],
        sha256(&desk.family.second)
    );
}
