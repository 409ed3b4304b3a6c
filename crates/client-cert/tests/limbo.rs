//! Path validation against cases that others made.
//!
//! `X509_LIMBO=<file> cargo test --release --test limbo -- --nocapture`, with a file of cases in the form of
//! C2SP's x509-limbo for client certificates. Without the variable there is nothing to do, and the test says so.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use test_support as common;

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use client_cert::{
    Anchor, Caller, Certificate, Decider, Decision, Fitness, Forwarded, FrontEnd, HeaderLine,
    Intermediate, Policy, Requirement, Rule, TargetHost, TrustDomain,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, UnixTime};
use serde::Deserialize;

#[derive(Deserialize)]
struct Corpus {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    weight: String,
    expected: String,
    header_value: String,
    #[serde(default)]
    roots_pem: Vec<String>,
    #[serde(default)]
    intermediates_pem: Vec<String>,
    #[serde(default)]
    crls_pem: Vec<String>,
    unix_time: Option<f64>,
}

/// Cases that are decided otherwise than the suite expects, each with its reason. A case that starts to agree must
/// leave the list.
const DIFFERENCES: [(&str, &str); 6] = [
    (
        "cve::cve-2024-0567@client",
        "the leaf has no common name, and no rule matches any other name",
    ),
    ("rfc5280::nc::nc-permits-email-exact", MAIL),
    ("rfc5280::nc::nc-permits-email-domain", MAIL),
    (
        "rfc5280::nc::nc-permits-email-literal-asterisk-exact-match",
        MAIL,
    ),
    (
        "rfc5280::nc::nc-permits-email-literal-double-asterisk",
        MAIL,
    ),
    ("rfc5280::nc::nc-permits-email-literal-mid-asterisk", MAIL),
];

const MAIL: &str = "webpki reads no constraints on mail addresses, and refuses what it cannot read";

#[test]
fn the_must_cases_are_decided_as_the_suite_expects() {
    let Some(file) = std::env::var_os("X509_LIMBO") else {
        test_support::skipped("X509_LIMBO names no file of cases");
        return;
    };
    let corpus: Corpus = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let mut wrong = Vec::new();
    let mut counted = 0;
    for case in corpus
        .cases
        .iter()
        .filter(|case| case.weight == "must" && case.crls_pem.is_empty())
    {
        counted += 1;
        let admitted = admits(case);
        if admitted != (case.expected == "SUCCESS") {
            wrong.push((
                case.id.as_str(),
                if admitted { "accepted" } else { "refused" },
            ));
        }
    }
    assert!(counted > 0, "the file has cases");
    println!(
        "{counted} cases, {} decided otherwise: {wrong:#?}",
        wrong.len()
    );
    let known: Vec<_> = DIFFERENCES.iter().map(|(id, _)| *id).collect();
    let seen: Vec<_> = wrong.iter().map(|(id, _)| *id).collect();
    assert_eq!(seen, known);
}

/// Whether a caller with the leaf is admitted under one of the roots, its common name being listed.
///
/// One root at a time: names under anchors of different subjects are no policy.
fn admits(case: &Case) -> bool {
    let forwarded = Forwarded {
        certificate: HeaderLine::Once(case.header_value.as_bytes()),
        proto: HeaderLine::Absent,
        host: TargetHost::Loopback,
    };
    let now = case
        .unix_time
        .map_or_else(|| u64::try_from(common::today()).unwrap(), whole_seconds);
    let now = UnixTime::since_unix_epoch(Duration::from_secs(now));
    let decision = |decider: &Decider| decider.decide(&Requirement::Admitted, &forwarded, now);
    ders(&case.roots_pem)
        .filter_map(|root| policy(case, &root))
        .any(|policy| matches!(decision(&Decider::new(policy)), Decision::Allow(_)))
}

/// A policy of what can be configured: authorities that are refused admit nobody.
fn policy(case: &Case, root: &[u8]) -> Option<Policy> {
    let der = base64::engine::general_purpose::STANDARD
        .decode(&case.header_value)
        .ok()?;
    let certificate = Certificate::parse(&der).ok()?;
    let name = certificate.subject().common_names().next()?.to_owned();
    let intermediates = ders(&case.intermediates_pem)
        .filter_map(|der| Intermediate::new(&der).ok())
        .collect();
    let domain = TrustDomain::new(vec![Anchor::new(root).ok()?], intermediates).ok()?;
    let caller = Caller::of_lists([Rule::common_name(name, &Arc::new(domain))]);
    Policy::new(FrontEnd::Development, Fitness::default(), [caller]).ok()
}

fn ders(pem: &[String]) -> impl Iterator<Item = CertificateDer<'static>> {
    pem.iter()
        .map(|pem| CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the file has whole seconds as floats"
)]
fn whole_seconds(seconds: f64) -> u64 {
    seconds as u64
}
