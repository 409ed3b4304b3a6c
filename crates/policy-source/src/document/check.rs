//! Whether the parts of a document fit together.

use std::collections::{BTreeMap, HashMap, HashSet};

use client_cert::DomainName;

use super::caller::CallerEntry;
use super::finding::Findings;
use super::place::Place;
use super::shown::{nearest, shown_name, shown_value};
use super::trust_domain::TrustDomainEntry;
use super::window::{Interval, interval};

/// Finds what no part of a document shows by itself. `domains` are the names of all trust domains, also of those that could not
/// be read.
pub(super) fn check(callers: &[CallerEntry], domains: &[DomainName], findings: &mut Findings) {
    repeated_callers(callers, findings);
    unknown_domains(callers, domains, findings);
    rules_outside_their_callers(callers, findings);
    same_rules(callers, findings);
}

/// Finds what takes effect, and is seldom meant: it must not keep an operator from taking out a caller in a hurry.
pub(super) fn note(
    callers: &[CallerEntry],
    domains: &BTreeMap<DomainName, TrustDomainEntry>,
    notes: &mut Findings,
) {
    let rules = callers.iter().flat_map(|caller| &caller.any);
    let used: HashSet<&DomainName> = rules
        .filter_map(|rule| Some(&rule.domain.as_ref()?.value))
        .collect();
    for (name, domain) in domains {
        if !used.contains(name) {
            notes.add(
                domain.place,
                "no rule names this trust domain; its files are loaded all the same",
            );
        }
    }
    for caller in callers.iter().filter(|caller| caller.any.is_empty()) {
        notes.add(
            caller.place,
            "the caller has no rules, so that nobody is admitted by this name",
        );
    }
}

fn repeated_callers(callers: &[CallerEntry], findings: &mut Findings) {
    let mut known = HashMap::new();
    for caller in callers {
        let name = &caller.name;
        if let Some(first) = known.insert(&name.value, name.place) {
            let text = format!(
                "expected each caller once, found two named {}; rename one, or put the rules of both into one",
                shown_name(name.value.as_str())
            );
            findings.add_pair(name.place, first, text);
        }
    }
}

fn unknown_domains(callers: &[CallerEntry], domains: &[DomainName], findings: &mut Findings) {
    let known: HashSet<&DomainName> = domains.iter().collect();
    let named = callers
        .iter()
        .flat_map(|caller| &caller.any)
        .filter_map(|rule| rule.domain.as_ref());
    for domain in named.filter(|domain| !known.contains(&domain.value)) {
        let name = domain.value.as_str();
        let advice = nearest(domains.iter().map(|known| known.as_str()), name).map_or_else(
            || "add it to \"trustDomains\"".to_owned(),
            |known| {
                format!(
                    "the nearest is {}; correct the name or add the domain",
                    shown_name(known)
                )
            },
        );
        let found = shown_value(name);
        findings.add(
            domain.place,
            format!("expected the name of a trust domain, found {found}; {advice}"),
        );
    }
}

fn rules_outside_their_callers(callers: &[CallerEntry], findings: &mut Findings) {
    for caller in callers {
        let outer = interval(caller.not_before.as_ref(), caller.until.as_ref());
        for rule in &caller.any {
            let inner = interval(rule.not_before.as_ref(), rule.until.as_ref());
            if !inner.is_empty() && !outer.is_empty() && inner.intersection(outer).is_empty() {
                let text = "expected a window that overlaps the caller's, found one that does not: the rule never counts";
                findings.add_pair(rule.place, caller.place, text);
            }
        }
    }
}

/// When a rule counts, and where it is.
#[derive(Clone, Copy)]
struct Occurrence<'d> {
    when: Interval,
    place: Place,
    caller: &'d CallerEntry,
}

/// A certificate that satisfies rules of two callers is refused, so that one rule in two callers admits nobody: unless it
/// passes from one to the other at an instant.
fn same_rules(callers: &[CallerEntry], findings: &mut Findings) {
    let count = callers.iter().map(|caller| caller.any.len()).sum();
    let mut known = HashMap::with_capacity(count);
    let mut repeated: BTreeMap<Place, Vec<Occurrence<'_>>> = BTreeMap::new();
    for caller in callers {
        let outer = interval(caller.not_before.as_ref(), caller.until.as_ref());
        for rule in &caller.any {
            let inner = interval(rule.not_before.as_ref(), rule.until.as_ref());
            let when = inner.intersection(outer);
            let place = rule.place;
            let occurrence = Occurrence {
                when,
                place,
                caller,
            };
            let first = *known.entry(rule.conditions()).or_insert(occurrence);
            if first.place != place {
                let same = repeated.entry(first.place).or_insert_with(|| vec![first]);
                same.push(occurrence);
            }
        }
    }
    for same in repeated.values_mut() {
        overlapping(same, findings);
    }
}

/// Finds those that count at the same time as an earlier one. Two that do not overlap any earlier one are looked at once.
fn overlapping(same: &mut [Occurrence<'_>], findings: &mut Findings) {
    same.sort_by_key(|occurrence| (occurrence.when.from, occurrence.place));
    let mut latest: Option<&Occurrence<'_>> = None;
    for occurrence in same.iter().filter(|occurrence| !occurrence.when.is_empty()) {
        if let Some(earlier) = latest.filter(|earlier| occurrence.when.from < earlier.when.until) {
            findings.add_pair(
                occurrence.place,
                earlier.place,
                twice(earlier.caller, occurrence.caller),
            );
        }
        if latest.is_none_or(|latest| latest.when.until < occurrence.when.until) {
            latest = Some(occurrence);
        }
    }
}

fn twice(one: &CallerEntry, other: &CallerEntry) -> String {
    let [one_name, other_name] = [one, other].map(|caller| shown_name(caller.name.value.as_str()));
    if one.place == other.place {
        format!(
            "expected each rule once, found the same twice in the caller {one_name}; remove one"
        )
    } else {
        format!(
            "expected each rule in one caller, found the same in {one_name} and {other_name}, so that its certificates would be \
             refused; remove one, or let one end before the other begins"
        )
    }
}
