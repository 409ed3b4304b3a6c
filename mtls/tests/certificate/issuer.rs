//! `mtls certificate new --issuer`: what an authority issues, and what others make of it.

use std::process::Command;

use crate::folder::Folder;

#[test]
fn an_authority_issues_and_the_chain_goes_along() {
    let folder = Folder::new();
    folder.new_certificate(&[
        "--ca",
        "--common-name",
        "Authority",
        "--key",
        "p384",
        "--out",
        "ca.pfx",
        "--pem",
        "--password",
        "ca",
    ]);
    let issue = [
        "--issuer",
        "ca.pfx",
        "--issuer-password",
        "ca",
        "--key",
        "p256",
        "--password-env",
        "MTLS_TEST_PASSWORD",
    ];
    let names = [
        "--common-name",
        "Partner",
        "--san",
        "partner.example",
        "--san",
        "10.0.0.1",
        "--san",
        "spiffe://a/b",
    ];
    folder
        .new_certificate(&[&issue[..], &names, &["--out", "partner.pfx", "--days", "7"]].concat());
    let report = folder.show(&["partner.pfx", "--password", "from the environment"]);
    let chain = report["certificates"].as_array().unwrap();
    assert_eq!(chain.len(), 2);
    assert_eq!(chain[0]["issuer"], "CN=Authority");
    assert_eq!(chain[0]["selfIssued"], false);
    assert_eq!(chain[0]["alternativeNames"]["dns"][0], "partner.example");
    assert_eq!(chain[0]["alternativeNames"]["ip"][0], "10.0.0.1");
    assert_eq!(chain[0]["alternativeNames"]["uri"][0], "spiffe://a/b");
    // The seventh day began with the certificate, so a second later six whole days are left.
    let days_left = chain[0]["daysLeft"].as_i64().unwrap();
    assert!((6..=7).contains(&days_left), "{days_left}");
    assert_eq!(chain[1]["basicConstraints"]["ca"], true);
    assert_eq!(
        chain[1]["thumbprints"],
        folder.show(&["ca.pem"])["certificates"][0]["thumbprints"]
    );
}

#[test]
fn what_cannot_issue_is_refused_and_nothing_is_written() {
    let folder = Folder::new();
    folder.new_certificate(&[
        "--key",
        "p256",
        "--out",
        "caller.pfx",
        "--pem",
        "--password",
        "x",
    ]);
    for (issuer, password, expected) in [
        ("caller.pfx", "x", "the certificate of an end entity"),
        ("caller.pfx", "wrong", "the password is wrong"),
        ("caller.pem", "x", "without its key"),
        ("absent.pfx", "x", "absent.pfx"),
    ] {
        let arguments = ["certificate", "new", "--out", "new.pfx", "--password", "y"];
        let issuer = ["--issuer", issuer, "--issuer-password", password];
        let answer = folder.mtls(&[&arguments[..], &issuer].concat());
        assert_eq!(answer.code, 64, "{issuer:?}: {}", answer.stderr);
        assert!(
            answer.stderr.contains(expected),
            "{issuer:?}: {}",
            answer.stderr
        );
        assert!(!folder.path("new.pfx").exists(), "{issuer:?}");
    }
}

#[test]
fn other_peoples_tools_open_what_was_made() {
    let folder = Folder::new();
    let password = "Pa@@word123";
    folder.new_certificate(&[
        "--ca",
        "--key",
        "p256",
        "--out",
        "ca.pfx",
        "--pem",
        "--password",
        "x",
    ]);
    let issuer = ["--issuer", "ca.pfx", "--issuer-password", "x"];
    let node = "require('tls').createSecureContext({pfx: require('fs').readFileSync(process.argv[1]), passphrase: process.argv[2]})";
    let pass = format!("pass:{password}");
    for (file, form) in [("compatible.pfx", None), ("modern.pfx", Some("--modern"))] {
        let made = ["--out", file, "--password", password];
        folder.new_certificate(&[&issuer[..], &made, form.as_slice()].concat());
        for (tool, arguments) in [
            (
                "openssl",
                &[
                    "pkcs12", "-in", file, "-passin", &pass, "-nodes", "-out", "all.txt",
                ][..],
            ),
            (
                "openssl",
                &[
                    "verify",
                    "-purpose",
                    "sslclient",
                    "-CAfile",
                    "ca.pem",
                    "all.txt",
                ],
            ),
            ("node", &["-e", node, file, password]),
        ] {
            let run = Command::new(tool)
                .args(arguments)
                .current_dir(folder.0.path())
                .output();
            match run {
                Ok(output) => assert!(output.status.success(), "{tool} {arguments:?}: {output:?}"),
                Err(error) => {
                    test_support::skipped(&format!("{tool} did not look at {file}: {error}"));
                }
            }
        }
    }
}
