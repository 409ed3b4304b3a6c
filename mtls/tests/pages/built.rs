//! The book as mdBook makes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::book::{normal, repository};

/// Where `.ci/run` puts mdBook, or else the one of the search path.
fn mdbook() -> Option<PathBuf> {
    let installed = repository().join("target/ci-book/bin/mdbook");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).map(|folder| folder.join("mdbook"));
    match installed.is_file() {
        true => Some(installed),
        false => places.find(|place| place.is_file()),
    }
}

#[test]
fn the_book_is_built_and_its_links_lead_somewhere() {
    let Some(mdbook) = mdbook() else {
        test_support::skipped(
            "mdBook is not installed: cargo install --locked --root target/ci-book --version 0.5.4 --no-default-features --features search mdbook",
        );
        return;
    };
    let output = Command::new(repository().join("docs/book"))
        .env("MDBOOK", mdbook)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let book = Book::read(&repository().join("target/book/html"));
    assert!(book.pages.len() > 80, "{}", book.pages.len());
    let broken = book.broken();
    assert!(broken.is_empty(), "{broken:#?}");
}

/// The built pages, each with its text.
struct Book {
    root: PathBuf,
    pages: BTreeMap<PathBuf, String>,
}

impl Book {
    fn read(root: &Path) -> Self {
        let mut book = Self {
            root: root.to_owned(),
            pages: BTreeMap::new(),
        };
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "html") {
                    let text = fs::read_to_string(&path).unwrap();
                    book.pages.insert(path, text);
                }
            }
        }
        book
    }

    /// Links of pages to files or headings that are not there.
    fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for (page, text) in &self.pages {
            // All pages in one, and the one for addresses that lead nowhere, are mdBook's own.
            if ["print.html", "404.html", "toc.html"]
                .iter()
                .any(|name| page.ends_with(name))
            {
                continue;
            }
            let (_, content) = text.split_once("<main>").unwrap();
            let (content, _) = content.split_once("</main>").unwrap();
            for link in attributes(content, "href").chain(attributes(content, "src")) {
                if !link.contains("://") && !self.leads_somewhere(page, link) {
                    let page = page.strip_prefix(&self.root).unwrap();
                    broken.push(format!("{}: {link}", page.display()));
                }
            }
        }
        broken
    }

    fn leads_somewhere(&self, page: &Path, link: &str) -> bool {
        let (path, heading) = link.split_once('#').unwrap_or((link, ""));
        let target = match path {
            "" => page.to_owned(),
            path => normal(&page.parent().unwrap().join(path)),
        };
        match self.pages.get(&target) {
            Some(text) => heading.is_empty() || ids(text).contains(heading),
            None => target.is_file(),
        }
    }
}

fn ids(text: &str) -> BTreeSet<&str> {
    attributes(text, "id").collect()
}

/// The values of an attribute.
fn attributes<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let begin = format!(" {name}=\"");
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&begin)?;
        let (value, after) = after.split_once('"')?;
        rest = after;
        Some(value)
    })
}

#[test]
fn a_link_that_leads_nowhere_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let root = normal(folder.path());
    fs::write(root.join("b.html"), "<main><h2 id=\"here\">x</h2></main>").unwrap();
    let links = [
        "b.html",
        "b.html#here",
        "b.html#there",
        "c.html",
        "https://example.org",
    ];
    let links: String = links
        .map(|link| format!("<a href=\"{link}\">x</a>"))
        .concat();
    fs::write(root.join("a.html"), format!("<main>{links}</main>")).unwrap();
    let broken = Book::read(&root).broken();
    assert_eq!(broken, ["a.html: b.html#there", "a.html: c.html"]);
}
