//! The differences that are allowed, and the page that names them.

use std::fs;

/// One list for every dialect, in the form of the kit.
///
/// `# Title` begins a section of the page, `# - reason` is an item of it, and the lines below say in which cases.
pub(super) const ALLOWED: &str = include_str!("allowed.txt");

/// The same besides, where the host was recorded without a front end before it.
pub(super) const ALLOWED_STRAIGHT: &str = include_str!("allowed_straight.txt");

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/stand-in.md");

/// Below this line the page is made from the list.
const MARK: &str =
    "<!-- made from mtls/tests/host_recordings/allowed.txt and allowed_straight.txt -->\n";

fn lines() -> impl Iterator<Item = &'static str> {
    ALLOWED.lines().chain(ALLOWED_STRAIGHT.lines())
}

/// The sections of the page, each reason with the cases that it is for.
fn sections() -> String {
    let mut page = String::new();
    let mut cases: Vec<&str> = Vec::new();
    for line in lines().chain(["# "]) {
        let Some(text) = line.strip_prefix("# ") else {
            cases.extend(line.split_whitespace().next());
            continue;
        };
        cases.dedup();
        if !cases.is_empty() {
            let named = match cases.as_slice() {
                ["*"] => "all cases".to_owned(),
                names => names
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            page.push_str(&format!(" ({named})\n"));
            cases.clear();
        }
        match text.strip_prefix("- ") {
            Some(reason) => page.push_str(&format!("- {reason}")),
            None if text.is_empty() => {}
            None => page.push_str(&format!("\n## {text}\n\n")),
        }
    }
    page
}

#[test]
fn the_page_names_every_difference() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (_, made) = page.split_once(MARK).unwrap();
    let expected = sections();
    assert_eq!(
        made, expected,
        "expected below the mark of docs/stand-in.md:\n{expected}"
    );
}

#[test]
fn every_difference_has_a_case_a_side_a_kind_and_a_name() {
    let mut has_reason = false;
    for line in lines() {
        match line.strip_prefix("# ") {
            Some(text) => has_reason = text.starts_with("- "),
            None => {
                assert!(has_reason, "expected a reason above {line:?}");
                assert_eq!(line.split_whitespace().count(), 4, "{line:?}");
            }
        }
    }
}
