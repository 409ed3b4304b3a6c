//! A page for each reason of a refusal, by the one list.

use std::collections::BTreeSet;
use std::fs;

use client_cert::Reason;

use crate::block::{Fate, blocks};
use crate::book::{links, repository};
use crate::command::{Command, commands};

/// The parts of each page, in this order.
const HEADINGS: [&str; 3] = [
    "## What was seen",
    "## What to do",
    "## See it on your machine",
];

#[test]
fn every_reason_has_a_page_that_shows_it() {
    let folder = repository().join("docs/reasons");
    let pages: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    let expected = Reason::ALL
        .iter()
        .map(|reason| format!("{}.md", reason.code()));
    assert_eq!(pages, expected.collect(), "expected a page for each code");
    for reason in Reason::ALL {
        let code = reason.code();
        let text = fs::read_to_string(folder.join(format!("{code}.md"))).unwrap();
        assert!(
            text.starts_with(&format!("# `{code}`\n")),
            "{code}: its heading"
        );
        let headings: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("## "))
            .collect();
        assert_eq!(headings, HEADINGS, "{code}");
        assert!(
            shows(&text, code),
            "{code}: no command that is run says {code}"
        );
    }
}

/// Whether a command of the page must end with this reason.
fn shows(page: &str, code: &str) -> bool {
    let run = blocks(page)
        .into_iter()
        .filter(|block| block.fate() == Fate::Run);
    run.flat_map(|block| commands(block.text))
        .any(|command| match command {
            Command::Says { text, .. } | Command::LogSays(text) => text == code,
            _ => false,
        })
}

#[test]
fn the_lists_of_reasons_are_in_the_order_of_usefulness() {
    let codes: Vec<String> = Reason::ALL
        .iter()
        .map(|reason| format!("{}.md", reason.code()))
        .collect();
    let index = fs::read_to_string(repository().join("docs/reasons/README.md")).unwrap();
    let in_index: Vec<&str> = links(&index).filter(|link| !link.contains('/')).collect();
    assert_eq!(in_index, codes, "docs/reasons/README.md");
    let summary = fs::read_to_string(repository().join("docs/SUMMARY.md")).unwrap();
    let in_summary: Vec<&str> = links(&summary)
        .filter_map(|link| link.strip_prefix("reasons/"))
        .filter(|name| *name != "README.md")
        .collect();
    assert_eq!(in_summary, codes, "docs/SUMMARY.md");
}
