//! Path validation against NIST's Public Key Interoperability Test Suite (PKITS).
//!
//! `tests/pkits/prepare.py FOLDER`, then `PKITS=FOLDER cargo test --release --test pkits -- --nocapture`. Without the
//! variable there is nothing to do, and the test says so.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod ledger;
#[path = "../suite/mod.rs"]
mod suite;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use suite::{Question, assert_ledger};
use test_support::NOW;

/// The sections that are asserted: signatures, validity, name chaining, basic revocation, self-issued certificates, basic
/// constraints, key usage, name constraints, private extensions. The others, about policies and further kinds of revocation
/// lists, are printed.
const ASSERTED: [&str; 9] = [
    "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.13", "4.16",
];

#[derive(Deserialize)]
struct Case {
    name: String,
    valid: bool,
    /// Whether it asks for any policy, and inhibits and demands nothing: what this crate asks.
    default_inputs: bool,
    /// The anchor first, the end entity last; base64.
    path: Vec<String>,
    /// Revocation lists; base64.
    crls: Vec<String>,
}

impl Case {
    /// `4.1` of `4.1.2 Invalid CA Signature Test2`.
    fn section(&self) -> &str {
        let end = self.name.match_indices('.').nth(1).unwrap().0;
        &self.name[..end]
    }

    fn question(&self) -> Question {
        let ders = self
            .path
            .iter()
            .map(|value| STANDARD.decode(value).unwrap());
        let mut ders: Vec<Vec<u8>> = ders.collect();
        ders.pop();
        let intermediates = ders.split_off(1);
        let lists = self
            .crls
            .iter()
            .map(|value| STANDARD.decode(value).unwrap());
        Question {
            lists: Some(lists.collect()),
            anchors: ders,
            intermediates,
            header: self.path.last().unwrap().clone(),
            now: u64::try_from(NOW).unwrap(),
        }
    }
}

#[test]
fn every_case_is_decided_as_nist_expects_or_explained() {
    let Some(folder) = std::env::var_os("PKITS") else {
        test_support::skipped("PKITS names no folder that tests/pkits/prepare.py prepared");
        return;
    };
    let file = fs::read(Path::new(&folder).join("pkits.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_slice(&file).unwrap();
    assert!(!cases.is_empty(), "the file has cases");
    let mut scores: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in cases.iter().filter(|case| case.default_inputs) {
        let answer = case.question().answer();
        let [count, refused, accepted] = scores.entry(case.section()).or_default();
        *count += 1;
        match (&answer, case.valid) {
            (Ok(()), false) => *accepted += 1,
            (Err(_), true) => *refused += 1,
            _ => continue,
        }
        if !ASSERTED.contains(&case.section()) {
            continue;
        }
        let seen = answer.err().unwrap_or_else(|| "admitted".to_owned());
        wrong.push((case.name.clone(), seen));
    }
    println!(
        "{:8} {:>5} {:>14} {:>13}",
        "section", "cases", "false refusals", "false accepts"
    );
    for (section, [count, refused, accepted]) in &scores {
        println!("{section:8} {count:>5} {refused:>14} {accepted:>13}");
    }
    assert_ledger(&wrong, &ledger::LEDGER);
}
