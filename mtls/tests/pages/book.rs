//! The book: which pages it has, and where they lead.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap().to_owned()
}

/// A page, as it is named from the root.
pub(crate) fn shown(page: &Path) -> String {
    let page = page.strip_prefix(repository()).unwrap_or(page);
    page.display().to_string()
}

/// The pages of the book, in its order.
pub(crate) fn pages() -> Vec<PathBuf> {
    let docs = repository().join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    links(&summary)
        .map(|link| normal(&docs.join(link)))
        .collect()
}

/// The targets of the links in a page.
pub(crate) fn links(text: &str) -> impl Iterator<Item = &str> {
    let after_title = text.split("](").skip(1);
    after_title.filter_map(|rest| Some(rest.split_once(')')?.0))
}

/// A path without `..`.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part.as_os_str() == ".." {
            true => drop(normal.pop()),
            false => normal.push(part),
        }
    }
    normal
}

/// The names of files under version control, from the root.
fn tracked(ending: &str) -> BTreeSet<String> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(repository())
        .output()
        .unwrap();
    let names = String::from_utf8(output.stdout).unwrap();
    let names = names.lines().filter(|name| name.ends_with(ending));
    names.map(ToOwned::to_owned).collect()
}

/// All Rust sources in one text.
pub(crate) fn sources() -> String {
    let files = tracked(".rs").into_iter();
    files
        .filter_map(|name| fs::read_to_string(repository().join(name)).ok())
        .collect()
}

/// What is no page: the list itself, and the pages of apps that `mtls new` makes.
const NO_PAGES: [&str; 4] = [
    "docs/SUMMARY.md",
    "mtls/templates/node/README.md",
    "mtls/templates/python/README.md",
    "mtls/templates/rust/README.md",
];

#[test]
fn the_book_has_every_page_once() {
    let listed: Vec<String> = pages().iter().map(|page| shown(page)).collect();
    let mut expected = tracked(".md");
    for name in NO_PAGES {
        assert!(expected.remove(name), "{name}");
    }
    let once: BTreeSet<String> = listed.iter().cloned().collect();
    assert_eq!(
        once.len(),
        listed.len(),
        "a page is in docs/SUMMARY.md twice"
    );
    assert_eq!(once, expected, "expected every page in docs/SUMMARY.md");
}

/// What the book has beside pages: `docs/book` copies these by their endings.
const FIGURES: [&str; 2] = ["json", "svg"];

#[test]
fn every_link_of_a_page_leads_to_one_of_the_book() {
    let pages = pages();
    let mut outside = Vec::new();
    for page in &pages {
        let text = fs::read_to_string(page).unwrap();
        for link in links(&text).filter(|link| !link.contains("://")) {
            let (path, _) = link.split_once('#').unwrap_or((link, ""));
            let target = normal(&page.parent().unwrap().join(path));
            let is_figure = target.starts_with(repository().join("docs"))
                && target
                    .extension()
                    .is_some_and(|ending| FIGURES.iter().any(|figure| ending == *figure));
            if !path.is_empty() && !pages.contains(&target) && !is_figure {
                outside.push(format!("{}: {link}", shown(page)));
            }
        }
    }
    assert!(outside.is_empty(), "{outside:#?}");
}
