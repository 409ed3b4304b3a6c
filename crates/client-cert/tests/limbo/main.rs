//! Path validation against cases that others made, and against what four published tools say of them.
//!
//! `X509_LIMBO=<file> cargo test --release --test limbo -- --nocapture`, with a file of cases in the form of
//! C2SP's x509-limbo for client certificates. Without the variable there is nothing to do, and the test says so.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod ledger;
#[path = "../suite/mod.rs"]
mod suite;

use std::collections::BTreeMap;
use std::fs;

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};
use serde::Deserialize;
use suite::{Question, assert_ledger};

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
    /// What tools say, beside other things.
    reference: BTreeMap<String, serde_json::Value>,
}

impl Case {
    /// What the test asks: the weight, and whether revocation lists belong to it.
    fn group(&self) -> String {
        match self.crls_pem.is_empty() {
            true => self.weight.clone(),
            false => format!("{} with CRLs", self.weight),
        }
    }

    fn question(&self) -> Question {
        Question {
            anchors: ders(&self.roots_pem),
            intermediates: ders(&self.intermediates_pem),
            lists: (!self.crls_pem.is_empty()).then(|| lists(&self.crls_pem)),
            header: self.header_value.clone(),
            now: self.unix_time.map_or_else(
                || u64::try_from(test_support::today()).unwrap(),
                whole_seconds,
            ),
        }
    }

    fn valid(&self) -> bool {
        self.expected == "SUCCESS"
    }

    /// Which tools said what; a tool that gave no answer said neither.
    fn tools(&self) -> impl Iterator<Item = (&str, Option<bool>)> {
        self.reference.iter().filter_map(|(tool, said)| {
            let said = said.get("result")?.as_str()?;
            let valid = match said {
                "SUCCESS" => Some(true),
                "FAILURE" => Some(false),
                _ => None,
            };
            Some((tool.as_str(), valid))
        })
    }
}

/// How one tool did on a group of cases.
#[derive(Default)]
struct Score {
    cases: usize,
    wrong: usize,
    false_accepts: usize,
}

impl Score {
    fn count(&mut self, valid: bool, said: Option<bool>) {
        self.cases += 1;
        self.wrong += usize::from(said != Some(valid));
        self.false_accepts += usize::from(said == Some(true) && !valid);
    }
}

#[test]
fn every_case_is_decided_as_the_suite_expects_or_explained() {
    let Some(file) = std::env::var_os("X509_LIMBO") else {
        test_support::skipped("X509_LIMBO names no file of cases");
        return;
    };
    let corpus: Corpus = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert!(!corpus.cases.is_empty(), "the file has cases");
    let mut scores: BTreeMap<(String, &str), Score> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in &corpus.cases {
        let answer = case.question().answer();
        for (tool, said) in case.tools().chain([("client-cert", Some(answer.is_ok()))]) {
            let score = scores.entry((case.group(), tool)).or_default();
            score.count(case.valid(), said);
        }
        if answer.is_ok() != case.valid() {
            let seen = answer.err().unwrap_or_else(|| "admitted".to_owned());
            wrong.push((case.id.clone(), format!("{}: {seen}", case.group())));
        }
    }
    println!(
        "{:16} {:20} {:>5} {:>5} {:>13}",
        "weight", "tool", "cases", "wrong", "false accepts"
    );
    for ((group, tool), score) in &scores {
        let Score {
            cases,
            wrong,
            false_accepts,
        } = score;
        println!("{group:16} {tool:20} {cases:>5} {wrong:>5} {false_accepts:>13}");
    }
    assert_ledger(&wrong, &ledger::LEDGER);
}

fn lists(pem: &[String]) -> Vec<Vec<u8>> {
    let lists = pem
        .iter()
        .map(|pem| CertificateRevocationListDer::from_pem_slice(pem.as_bytes()));
    lists.map(|der| der.unwrap().to_vec()).collect()
}

fn ders(pem: &[String]) -> Vec<Vec<u8>> {
    let ders = pem
        .iter()
        .map(|pem| CertificateDer::from_pem_slice(pem.as_bytes()));
    ders.map(|der| der.unwrap().to_vec()).collect()
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
