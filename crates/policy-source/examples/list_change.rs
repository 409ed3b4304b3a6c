//! What it costs that one of several long revocation lists changes, beside the first time that all of them are applied.
//!
//! Four lists of 500,000 entries each, in files: everything is read and verified once, and then again after one list has changed.

use std::fs;
use std::io::{self, Write as _};
use std::time::Instant;

use client_cert::{Fitness, FrontEnd};
use policy_source::{FetchedLists, LoadedDocument, PolicyFile};
use test_support::Shape;
use test_support::crl::List;

/// How many lists there are.
const LISTS: usize = 4;

/// How many certificates each of them lists.
const ENTRIES: u32 = 500_000;

fn main() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let root = Shape::authority("Root").self_signed();
    fs::write(path("root.pem"), root.pem())?;
    let write = |number: usize, more: u32| {
        let mut list = List::of(&[]);
        let serials =
            (0..ENTRIES + more).map(|entry| [[0x40; 12].as_slice(), &entry.to_be_bytes()].concat());
        list.entries = serials.map(|serial| (serial, Vec::new())).collect();
        fs::write(path(&format!("{number}.crl")), list.signed_by(&root))
    };
    (0..LISTS).try_for_each(|number| write(number, u32::try_from(number).unwrap_or(0)))?;
    let names: Vec<String> = (0..LISTS)
        .map(|number| format!("\"{number}.crl\""))
        .collect();
    let document = format!(
        "{{ \"version\": 1, \"trustDomains\": {{ \"p\": {{ \"anchors\": [\"root.pem\"], \"revocation\": {{ \"crls\": [{}] }} }} }},
\"callers\": [{{ \"name\": \"c\", \"any\": [{{ \"domain\": \"p\", \"commonName\": \"c\" }}] }}] }}",
        names.join(", ")
    );
    fs::write(path("policy.json"), document)?;
    let file = PolicyFile::new(&path("policy.json"));
    let began = Instant::now();
    let loaded = file.load(FrontEnd::AppService, Fitness::default()).outcome;
    let loaded = loaded.map_err(|error| io::Error::other(format!("{error:?}")))?;
    let first = apply(&loaded, began)?;
    write(0, 100)?;
    let began = Instant::now();
    let (changed, _) = file.load_lists(&loaded);
    let second = apply(&changed, began)?;
    writeln!(
        io::stdout().lock(),
        "{LISTS} lists of {ENTRIES} entries: {first:.0} ms at first, {second:.0} ms after one has changed: {:.2} times",
        second / first
    )
}

/// Applies the lists of a document; milliseconds since `began`.
fn apply(document: &LoadedDocument, began: Instant) -> io::Result<f64> {
    let (_, notes) = document.policy.policy(&FetchedLists::default());
    match notes.first() {
        None => Ok(began.elapsed().as_secs_f64() * 1_000.0),
        Some(note) => Err(io::Error::other(note.clone())),
    }
}
