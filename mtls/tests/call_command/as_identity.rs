//! `mtls certificate show --as-identity`.

use test_support::hierarchy::{Issued, client, p256, rsa};
use test_support::pfx::{self, PASSWORD};

use crate::desk::{Desk, sha256};

#[test]
fn show_answers_the_loaders_question() {
    let desk = Desk::new();
    let rsa = client(&desk.family.second, "rsa", rsa());
    // The key of one and the certificate of another.
    let torn = Issued {
        certificate: rsa.certificate.clone(),
        key: p256(),
    };
    let torn = [
        pfx::Bag::Key(&torn.key, None),
        pfx::Bag::Certificate(&torn.certificate, None),
    ];
    desk.write("torn.p12", &pfx::plain(&torn));
    let mut pem = desk.family.client.key.private_key_to_pem_pkcs8().unwrap();
    for issued in [
        &desk.family.root,
        &desk.family.first,
        &desk.family.client,
        &desk.family.second,
    ] {
        pem.extend(issued.certificate.to_pem().unwrap());
    }
    desk.write("ours.pem", &pem);
    let chain = [&desk.family.client, &desk.family.second, &desk.family.first].map(sha256);
    let show = ["certificate", "show", "--as-identity"];
    for (file, password, setting) in [
        ("ours.p12", Some(PASSWORD), "OUTBOUND_CLIENT_CERT_PATH"),
        ("ours.pem", None, "OUTBOUND_CLIENT_CERT_PEM"),
    ] {
        let password = password.map(|text| ["--password", text]);
        let more: Vec<&str> = password.into_iter().flatten().collect();
        let output = desk.mtls(&[&show, [file, "--json"].as_slice(), &more].concat());
        let verdict = output.json();
        assert_eq!(output.code, 0, "{verdict:#}");
        assert_eq!(verdict["usable"], true);
        assert_eq!(verdict["setting"], setting);
        let sent = verdict["chain"].as_array().unwrap();
        let sent: Vec<_> = sent
            .iter()
            .map(|c| c["thumbprints"]["sha256"].as_str().unwrap())
            .collect();
        assert_eq!(sent, chain, "{file}");
        let text = desk
            .mtls(&[&show, [file].as_slice(), &more].concat())
            .stdout;
        assert!(
            text.contains("usable as our identity, by OUTBOUND"),
            "{text}"
        );
        assert!(text.contains("sent as certificate 3 of 3"), "{text}");
    }
    for (arguments, says) in [
        (
            ["torn.p12"].as_slice(),
            "no certificate in it belongs to its private key",
        ),
        (&["ca.pem"], "expected a private key"),
        (&["ours.p12"], "password"),
        (&["ours.p12", "--password", "wrong"], "password"),
        (
            &["ours.pem", "--select", "nobody"],
            "selected thumbprint or friendly name",
        ),
    ] {
        let output = desk.mtls(&[&show, arguments].concat());
        assert_eq!(output.code, 1, "{arguments:?} {}", output.stderr);
        assert!(
            output.stdout.contains(says),
            "{arguments:?} {}",
            output.stdout
        );
        let output = desk.mtls(&[&show, ["--json"].as_slice(), arguments].concat());
        assert_eq!(output.code, 1);
        assert_eq!(output.json()["usable"], false);
        assert!(
            output.json()["refusal"].as_str().unwrap().contains(says),
            "{}",
            output.stdout
        );
    }
    let missing = desk.mtls(&[&show, ["missing.p12"].as_slice()].concat());
    assert_eq!(missing.code, 64);
    assert!(missing.stderr.contains("missing.p12"), "{}", missing.stderr);
}
