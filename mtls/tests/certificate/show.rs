//! `mtls certificate show` and `header`: every form that can be read.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_cert::Thumbprint;
use serde_json::Value;

use crate::folder::Folder;

#[test]
fn the_header_is_the_leaf_on_one_line() {
    let folder = Folder::new();
    folder.new_certificate(&[
        "--ca",
        "--key",
        "p256",
        "--out",
        "ca.pfx",
        "--password",
        "x",
    ]);
    let issue = [
        "--issuer",
        "ca.pfx",
        "--issuer-password",
        "x",
        "--key",
        "p256",
    ];
    folder.new_certificate(&[&issue[..], &["--out", "a.pfx", "--password", ""]].concat());
    let answer = folder.mtls(&["certificate", "header", "a.pfx"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let value = answer.stdout.strip_suffix('\n').unwrap();
    let der = STANDARD.decode(value).unwrap();
    let report = folder.show(&["a.pfx"]);
    let leaf = &report["certificates"][0]["thumbprints"];
    assert_eq!(leaf["sha256"], Thumbprint::sha256_of(&der).hex());
    assert_eq!(leaf["sha1"], Thumbprint::sha1_of(&der).hex());
}

#[test]
fn show_reads_every_form_from_a_file_and_from_standard_input() {
    let folder = Folder::new();
    folder.new_certificate(&["--key", "p256", "--out", "a.pfx", "--pem", "--password", ""]);
    let value = folder.mtls(&["certificate", "header", "a.pem"]).stdout;
    let der = STANDARD.decode(value.trim()).unwrap();
    let pem = fs::read_to_string(folder.path("a.pem")).unwrap();
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(value.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let hex: String = der.iter().map(|byte| format!("{byte:02x}")).collect();
    let expected = folder.show(&["a.pfx"])["certificates"][0]["thumbprints"]["sha256"].clone();
    for (bytes, format) in [
        (der, "DER"),
        (value.clone().into_bytes(), "DER in base64"),
        (
            format!("x-arr-clientcert: {value}").into_bytes(),
            "DER in base64",
        ),
        (utf16, "DER in base64, UTF-16LE with byte order mark"),
        (hex.into_bytes(), "DER in hexadecimal"),
        (pem.into_bytes(), "PEM"),
        (fs::read(folder.path("a.pfx")).unwrap(), "PKCS#12"),
        (
            STANDARD
                .encode(fs::read(folder.path("a.pfx")).unwrap())
                .into_bytes(),
            "PKCS#12 in base64",
        ),
    ] {
        folder.write("file.pfx", &bytes);
        let from_file = folder.show(&["file.pfx"]);
        let piped = folder.mtls_with_input(&["certificate", "show", "-", "--json"], &bytes);
        let from_input: Value = serde_json::from_str(&piped.stdout).unwrap();
        assert_eq!(from_file["file"], "file.pfx");
        assert_eq!(from_input["file"], "standard input");
        for report in [from_file, from_input] {
            assert_eq!(report["format"], format);
            assert_eq!(
                report["certificates"][0]["thumbprints"]["sha256"], expected,
                "{format}"
            );
        }
    }
}

#[test]
fn text_and_json_say_the_same() {
    let folder = Folder::new();
    folder.new_certificate(&[
        "--common-name",
        "Ünïcode, Ltd",
        "--key",
        "p384",
        "--san",
        "a.example",
        "--out",
        "a.pfx",
        "--password",
        "",
    ]);
    let text = folder.mtls(&["certificate", "show", "a.pfx"]).stdout;
    let report = folder.show(&["a.pfx"]);
    let facts = &report["certificates"][0];
    for value in [
        &facts["subject"],
        &facts["serial"],
        &facts["notBefore"],
        &facts["notAfter"],
        &facts["thumbprints"]["sha1"],
        &facts["thumbprints"]["sha256"],
        &facts["key"]["curve"],
        &facts["alternativeNames"]["dns"][0],
        &facts["keyUsage"][0],
        &facts["extendedKeyUsage"][0],
    ] {
        let value = value.as_str().unwrap();
        assert!(text.contains(value), "{value} not in {text}");
    }
    assert_eq!(facts["commonNames"][0], "Ünïcode, Ltd");
    assert_eq!(facts["subject"], "CN=Ünïcode\\, Ltd");
}

#[test]
fn what_is_no_certificate_is_refused_by_its_name() {
    let folder = Folder::new();
    folder.write("prose.txt", "Dear colleague");
    folder.write("empty.pfx", "");
    folder.write("large.pem", vec![b'A'; (1 << 20) + 1]);
    for (file, expected) in [
        ("prose.txt", "found text that is none of them"),
        ("empty.pfx", "found nothing"),
        ("large.pem", "more than 1048576 bytes"),
        ("absent.pem", "expected a file that can be read"),
        (".", "expected a file that can be read"),
    ] {
        for command in ["show", "header"] {
            let answer = folder.mtls(&["certificate", command, file]);
            assert_eq!(answer.code, 64, "{file}: {}", answer.stderr);
            assert_eq!(answer.stdout, "", "{file}");
            assert!(
                answer.stderr.contains(&format!("mtls: {file}: ")),
                "{}",
                answer.stderr
            );
            assert!(
                answer.stderr.contains(expected),
                "{file}: {}",
                answer.stderr
            );
        }
    }
}
