//! Rules whose certificates all satisfy another rule too.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use client_cert::{Condition, DnsPattern, ExtensionValue, UriPattern, Window};

use super::{Kind, Subject, Warnings};
use crate::policy::document_file::WrittenRule;

/// Finds them.
///
/// A wider rule of another caller makes the narrower one refuse: its certificates belong to two callers. A wider rule of the
/// same caller makes it superfluous. Rules that only some certificates could satisfy both of are not looked for: any two rules
/// for different names are such rules.
pub(super) fn find(subject: &Subject<'_>, warnings: &mut Warnings) {
    let rules: Vec<WrittenRule<'_>> = subject.opened.rules().collect();
    let by_rarest = by_rarest_condition(&rules);
    for narrow in &rules {
        let conditions = narrow.rule.conditions();
        let wider_conditions: Vec<Condition> = conditions.iter().flat_map(wider_than).collect();
        let implied = || conditions.iter().chain(&wider_conditions);
        let candidates = implied().filter_map(|condition| by_rarest.get(condition));
        // A rule leads to itself, and most rules lead to no other: there are rules by the hundred thousand.
        let mut wider: Vec<WrittenRule<'_>> = candidates
            .flatten()
            .filter(|wide| wide.entry.place != narrow.entry.place)
            .copied()
            .collect();
        if wider.is_empty() {
            continue;
        }
        let implied: HashSet<&Condition> = implied().collect();
        wider.retain(|wide| covers(wide, narrow, &implied));
        wider.sort_by_key(|wide| wide.entry.place);
        report(subject, narrow, &wider, warnings);
    }
}

/// The rules, each by the one of its conditions that the fewest have: a condition that all rules share leads to few of them.
fn by_rarest_condition<'d>(
    rules: &[WrittenRule<'d>],
) -> HashMap<&'d Condition, Vec<WrittenRule<'d>>> {
    let mut counts: HashMap<&Condition, usize> = HashMap::new();
    for condition in rules.iter().flat_map(|rule| rule.rule.conditions()) {
        let count = counts.entry(condition).or_default();
        *count = count.saturating_add(1);
    }
    let mut by_rarest: HashMap<&Condition, Vec<WrittenRule<'_>>> = HashMap::new();
    for rule in rules {
        let rarest = rule
            .rule
            .conditions()
            .iter()
            .min_by_key(|condition| counts.get(condition));
        if let Some(rarest) = rarest {
            by_rarest.entry(rarest).or_default().push(*rule);
        }
    }
    by_rarest
}

fn report(
    subject: &Subject<'_>,
    narrow: &WrittenRule<'_>,
    wider: &[WrittenRule<'_>],
    warnings: &mut Warnings,
) {
    let place = narrow.entry.place;
    let other_caller = |wide: &&WrittenRule<'_>| wide.caller.name != narrow.caller.name;
    if let Some(wide) = wider.iter().find(other_caller) {
        warnings.push(Kind::SeveralCallers, || {
            let text = format!(
                "each certificate of this rule satisfies a rule of the caller {} too and is refused as several-callers while both \
                 count; narrow one of the two, or remove one",
                wide.caller_entry.name.value
            );
            subject.locator.problem_of_two(place, wide.entry.place, text)
        });
    }
    let unneeded = |wide: &&WrittenRule<'_>| {
        wide.caller.name == narrow.caller.name && encloses(window(wide), window(narrow))
    };
    if let Some(wide) = wider.iter().find(unneeded) {
        warnings.push(Kind::UnneededRule, || {
            let text = "each certificate of this rule satisfies a wider rule of the same caller; remove one of the two";
            subject.locator.problem_of_two(place, wide.entry.place, text)
        });
    }
}

/// Whether each certificate of the one satisfies the other while both count; `implied` are the conditions that it satisfies.
fn covers(wide: &WrittenRule<'_>, narrow: &WrittenRule<'_>, implied: &HashSet<&Condition>) -> bool {
    let same_domain = match (wide.rule.domain(), narrow.rule.domain()) {
        (None, _) => true,
        (Some(wide), Some(narrow)) => Arc::ptr_eq(wide, narrow),
        (Some(_), None) => false,
    };
    same_domain
        && wide
            .rule
            .conditions()
            .iter()
            .all(|condition| implied.contains(condition))
        && !window(wide).intersection(window(narrow)).is_empty()
}

fn window(rule: &WrittenRule<'_>) -> Window {
    rule.rule.window().intersection(rule.caller.window)
}

fn encloses(outer: Window, inner: Window) -> bool {
    outer.intersection(inner) == inner
}

/// The other conditions that each certificate satisfies which satisfies this one.
fn wider_than(condition: &Condition) -> Vec<Condition> {
    let mut wider: Vec<Condition> = match condition {
        Condition::Dns(pattern) => DnsPattern::matching(&pattern.to_string())
            .map(Condition::Dns)
            .collect(),
        Condition::Uri(pattern) => wider_uris(pattern).map(Condition::Uri).collect(),
        Condition::Extension { oid, .. } => vec![Condition::Extension {
            oid: oid.clone(),
            value: ExtensionValue::Present,
        }],
        _ => Vec::new(),
    };
    wider.retain(|wider| wider != condition);
    wider
}

/// The patterns that every URI fits which fits this one.
///
/// Found by the patterns of one such URI, without those that contain what was put in the place of a wildcard.
fn wider_uris(pattern: &UriPattern) -> impl Iterator<Item = UriPattern> {
    let text = pattern.to_string();
    let (uri, narrower) = match (text.strip_suffix("/**"), text.strip_suffix("/*")) {
        // The URI, its segment and its subtree, before those of what is above.
        (Some(base), _) => (format!("{base}/x/x"), 3),
        (None, Some(base)) => (format!("{base}/x"), 1),
        (None, None) => (text, 0),
    };
    UriPattern::matching(&uri).into_iter().skip(narrower)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs of patterns, and whether whatever fits the first fits the second.
    #[test]
    fn a_pattern_implies_the_wider_ones_and_no_narrower_one() {
        let dns = |text: &str| Condition::Dns(text.parse().unwrap());
        let uri = |text: &str| Condition::Uri(text.parse().unwrap());
        for (narrow, wide, expected) in [
            (dns("a.example.com"), dns("*.example.com"), true),
            (dns("*.example.com"), dns("*.example.com"), true),
            (dns("*.example.com"), dns("a.example.com"), false),
            (dns("*.a.example.com"), dns("*.example.com"), false),
            (uri("spiffe://h/a/b"), uri("spiffe://h/a/*"), true),
            (uri("spiffe://h/a/b"), uri("spiffe://h/**"), true),
            (uri("spiffe://h/a/b"), uri("spiffe://h/*"), false),
            (uri("spiffe://h/a/*"), uri("spiffe://h/a/**"), true),
            (uri("spiffe://h/a/*"), uri("spiffe://h/**"), true),
            (uri("spiffe://h/a/*"), uri("spiffe://h/*"), false),
            (uri("spiffe://h/a/*"), uri("spiffe://h/a/x"), false),
            (uri("spiffe://h/a/**"), uri("spiffe://h/**"), true),
            (uri("spiffe://h/a/**"), uri("spiffe://h/a/*"), false),
            (uri("spiffe://h/a/**"), uri("spiffe://h/a/x/**"), false),
            (uri("spiffe://h/**"), uri("spiffe://h/*"), false),
            (uri("spiffe://h/**"), uri("spiffe://g/**"), false),
        ] {
            let implied = narrow == wide || wider_than(&narrow).contains(&wide);
            assert_eq!(implied, expected, "{narrow} {wide}");
        }
    }
}
