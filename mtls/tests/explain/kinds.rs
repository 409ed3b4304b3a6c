//! Kinds of input on which a version of the tool was wrong, made here: what `mtls explain` says and what the handler
//! decides.

use std::fs;

use openssl::asn1::{Asn1Time, Asn1Type};
use openssl::bn::BigNum;
use openssl::ec::{Asn1Flag, EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Builder, X509Name};
use serde_json::Value;

use crate::common::{self, DAY, Issued, Shape, mtls_with_input, today};

/// One input, the settings beside the pins, and what is right.
struct Kind {
    name: &'static str,
    /// As it comes on standard input.
    input: Vec<u8>,
    /// The header value of the same request to the handler.
    value: String,
    /// The outcome, or the reason code.
    expected: &'static str,
    /// Words of the explanation.
    says: &'static str,
}

/// A certificate by itself, pinned.
fn pinned(name: &'static str, der: &[u8], expected: &'static str, says: &'static str) -> Kind {
    Kind {
        name,
        input: der.to_vec(),
        value: openssl::base64::encode_block(der),
        expected,
        says,
    }
}

/// A header value, as a proxy writes it.
fn value(name: &'static str, input: &str, value: &str, says: &'static str) -> Kind {
    Kind {
        name,
        input: input.as_bytes().to_vec(),
        value: value.to_owned(),
        expected: "header-encoding",
        says,
    }
}

#[test]
fn each_kind_is_explained_as_the_handler_decides_it() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let certificates = [
        ("private extension", private_extension(), "", ""),
        (
            "UTCTime without seconds",
            without_seconds(&caller.der()),
            "",
            "",
        ),
        ("notBefore in 1950", from_1950(), "admitted", ""),
        ("explicit curve", explicit_curve(), "key-unsupported", "key"),
        (
            "negative modulus",
            negative_modulus(),
            "key-unsupported",
            "key",
        ),
    ];
    let mut kinds: Vec<Kind> = certificates
        .iter()
        .map(|(name, der, expected, says)| pinned(name, der, expected, says))
        .collect();
    kinds.extend(header_values(&caller));
    let pins: Vec<String> = certificates
        .iter()
        .map(|(_, der, _, _)| {
            common::hex(&openssl::hash::hash(MessageDigest::sha256(), der).unwrap())
        })
        .chain([caller.sha256()])
        .collect();
    agree(
        &kinds,
        &[("ALLOWED_CLIENT_CERT_THUMBPRINTS", &pins.join(","))],
        &[],
    );
}

/// The header as nginx and others write it.
fn header_values(caller: &Issued) -> Vec<Kind> {
    let pem = caller.pem();
    let escaped = pem
        .replace('+', "%2B")
        .replace(' ', "%20")
        .replace('\n', "%0A")
        .replace('=', "%3D");
    let folded = pem.trim_end().replace('\n', "\n\t");
    let unfolded = pem.trim_end().replace('\n', " ");
    let quoted = format!("\"{}\"", caller.header());
    let line = format!("X-ARR-ClientCert: {folded}\n");
    vec![
        value("nginx, escaped", &escaped, &escaped, "percent-encoded PEM"),
        value(
            "nginx, folded",
            &folded,
            &unfolded,
            "folded over several lines",
        ),
        value(
            "nginx, folded line",
            &line,
            &unfolded,
            "folded over several lines",
        ),
        value("one-line PEM", &unfolded, &unfolded, "PEM on one line"),
        value("quoted", &quoted, &quoted, "in quotes"),
    ]
}

#[test]
fn each_kind_of_name_is_explained_as_the_handler_decides_it() {
    let authority = Shape::authority("Authority").valid_today().self_signed();
    // The same name, another key: an impostor writes it.
    let other = Shape::authority("Authority").valid_today().self_signed();
    let stranger = Shape::authority("Stranger").valid_today().self_signed();
    let shape = |name: &str| Shape::caller(name).valid_today();
    let kind = |name, issued: &Issued, expected, says| pinned(name, &issued.der(), expected, says);
    let teletex = teletex(&authority, "Plain Ascii");
    let kinds = [
        kind("issued", &authority.issue(shape("partner")), "admitted", ""),
        kind(
            "impostor",
            &other.issue(shape("partner")),
            "path-unverified",
            "its key did not sign",
        ),
        kind(
            "self-signed",
            &shape("partner").self_signed(),
            "path-unverified",
            "names itself as its issuer",
        ),
        kind(
            "stranger's",
            &stranger.issue(shape("partner")),
            "path-unverified",
            "CLIENT_CERT_INTERMEDIATES",
        ),
        kind(
            "other case",
            &authority.issue(shape("Partner")),
            "not-listed",
            "compared exactly",
        ),
        kind(
            "half a name",
            &authority.issue(shape("Heron")),
            "not-listed",
            "",
        ),
        pinned("TeletexString", &teletex, "", ""),
    ];
    let settings = [
        ("ALLOWED_CLIENT_CERT_COMMON_NAMES", "partner,Plain Ascii"),
        ("CLIENT_CERT_TRUST_ANCHORS", "ca.pem"),
    ];
    let reports = agree(&kinds, &settings, &[("ca.pem", authority.pem())]);
    for report in reports {
        let change = report["change"].to_string();
        assert!(!change.contains("CLIENT_CERT_TRUST_ANCHORS"), "{change}");
        let is_path = report["reason"] == "path-unverified";
        assert!(
            !is_path || !change.contains("ALLOWED_CLIENT_CERT_THUMBPRINTS"),
            "{change}"
        );
    }
}

/// The handler and the explanation decide alike; the explanations come back.
fn agree(kinds: &[Kind], settings: &[(&str, &str)], files: &[(&str, String)]) -> Vec<Value> {
    let root = common::fixture().app_root();
    for (name, text) in files {
        fs::write(root.path().join(name), text).unwrap();
    }
    let all = [&[("CLIENT_CERT_FRONT_END", "development")], settings].concat();
    let lines: Vec<String> = all
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    fs::write(root.path().join("app.settings"), lines.join("\n")).unwrap();
    let folder = root.path().to_owned();
    let handler = common::fixture().start_in(root, &all);
    let arguments = [
        "explain",
        "--settings",
        "app.settings",
        "--certificate",
        "-",
    ];
    let arguments = [&arguments[..], &["--function", "SecuredFunction", "--json"]].concat();
    kinds
        .iter()
        .map(|kind| {
            handler.get("/api/SecuredFunction", Some(&kind.value));
            let decided = handler.decision();
            let report = mtls_with_input(&folder, &[], &arguments, &kind.input).json();
            let outcome = report["reason"].as_str().unwrap_or("admitted").to_owned();
            assert_eq!(
                outcome,
                decided["reason"].as_str().unwrap(),
                "{}",
                kind.name
            );
            if !kind.expected.is_empty() {
                assert_eq!(outcome, kind.expected, "{}: {report:#}", kind.name);
            }
            let text = report.to_string();
            assert!(text.contains(kind.says), "{}: {report:#}", kind.name);
            report
        })
        .collect()
}

/// A non-critical extension that holds any bytes (RFC 5280, section 4.2).
fn private_extension() -> Vec<u8> {
    Shape {
        extensions: vec![("1.3.6.1.4.1.55555.1", false, b"hello".to_vec())],
        ..Shape::caller("private").valid_today()
    }
    .self_signed()
    .der()
}

fn from_1950() -> Vec<u8> {
    Shape {
        not_before: -631_152_000,
        ..Shape::caller("1950").valid_today()
    }
    .self_signed()
    .der()
}

/// A certificate for a key, with nothing else in it.
fn bare(name: &X509Name, key: &PKey<Private>, issuer: Option<&Issued>) -> X509 {
    let mut builder = X509Builder::new().unwrap();
    builder.set_version(2).unwrap();
    let serial = BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    builder.set_subject_name(name).unwrap();
    let issuer_name = issuer.map_or(&**name, |issuer| issuer.certificate.subject_name());
    builder.set_issuer_name(issuer_name).unwrap();
    builder.set_pubkey(key).unwrap();
    let at = |seconds| Asn1Time::from_unix(seconds).unwrap();
    builder.set_not_before(&at(today() - DAY)).unwrap();
    builder.set_not_after(&at(today() + DAY)).unwrap();
    let signer = issuer.map_or(key, |issuer| &issuer.key);
    builder.sign(signer, MessageDigest::sha256()).unwrap();
    builder.build()
}

fn named(text: &str, kind: Asn1Type) -> X509Name {
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_nid_with_type(Nid::COMMONNAME, text, kind)
        .unwrap();
    name.build()
}

fn teletex(issuer: &Issued, text: &str) -> Vec<u8> {
    let key = common::key(common::KeyKind::P256);
    let name = named(text, Asn1Type::T61STRING);
    bare(&name, &key, Some(issuer)).to_der().unwrap()
}

fn explicit_curve() -> Vec<u8> {
    let mut group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    group.set_asn1_flag(Asn1Flag::EXPLICIT_CURVE);
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let name = named("explicit", Asn1Type::UTF8STRING);
    bare(&name, &key, None).to_der().unwrap()
}

/// RSA whose modulus lacks the zero byte that makes it positive.
fn negative_modulus() -> Vec<u8> {
    let key = common::key(common::KeyKind::Rsa2048);
    let name = named("negative", Asn1Type::UTF8STRING);
    let mut der = bare(&name, &key, None).to_der().unwrap();
    // INTEGER of 257 bytes that begins with zero, inside the key.
    let start = [0x02, 0x82, 0x01, 0x01, 0x00];
    let at = der.windows(5).position(|part| part == start).unwrap();
    // One byte later the modulus begins with a one bit: move the zero behind it, and the length stays right.
    der.swap(at + 4, at + 5);
    der
}

/// The same certificate with its validity in UTCTime without seconds, which DER does not allow. Its serial number is
/// longer by as many bytes, so that the lengths around both stay right.
fn without_seconds(der: &[u8]) -> Vec<u8> {
    let mut der = der.to_vec();
    let find =
        |der: &[u8], wanted: &[u8]| der.windows(wanted.len()).position(|part| part == wanted);
    // Version 3, and the tag of the serial number.
    let serial = find(&der, &[0xa0, 3, 2, 1, 2, 2]).unwrap() + 6;
    der[serial] += 4;
    der.splice(serial + 2..serial + 2, [1; 4]);
    // Two UTCTimes of 13 bytes.
    let at = find(&der, &[0x30, 30, 0x17, 13]).unwrap();
    let minutes = |start: usize| [&[0x17, 11], &der[start..start + 10], b"Z"].concat();
    let validity = [vec![0x30, 26], minutes(at + 4), minutes(at + 19)].concat();
    der.splice(at..at + 32, validity);
    der
}
