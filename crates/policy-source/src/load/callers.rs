//! Callers and their rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use client_cert::{Caller, Condition, DomainName, Rule, TrustDomain, Window};

use crate::document::kind::Instant;
use crate::document::{CallerEntry, Findings, Place, RuleEntry, Text, TextKind};

/// The callers of a document. The entries are taken apart as they are read, so that there are never two of all.
pub(super) fn build(
    entries: Vec<CallerEntry>,
    domains: &BTreeMap<DomainName, Arc<TrustDomain>>,
    findings: &mut Findings,
) -> Vec<Caller> {
    let callers = entries.into_iter();
    callers
        .map(|entry| caller(entry, domains, findings))
        .collect()
}

fn caller(
    entry: CallerEntry,
    domains: &BTreeMap<DomainName, Arc<TrustDomain>>,
    findings: &mut Findings,
) -> Caller {
    // Exactly as many: there are rules by the hundred thousand.
    let mut rules = Vec::with_capacity(entry.any.len());
    for rule in entry.any {
        rules.extend(self::rule(rule, domains, findings));
    }
    Caller {
        rules,
        name: Some(entry.name.value),
        roles: entry.roles.into_iter().map(|role| role.value).collect(),
        window: window(entry.not_before, entry.until),
    }
}

fn rule(
    mut entry: RuleEntry,
    domains: &BTreeMap<DomainName, Arc<TrustDomain>>,
    findings: &mut Findings,
) -> Option<Rule> {
    if let Some((place, key)) = not_evaluated(&entry) {
        let text = format!(
            "expected no condition {key:?} in this version, which cannot evaluate it; remove the rule"
        );
        findings.add(place, text);
        return None;
    }
    let domain = entry
        .domain
        .take()
        .and_then(|name| domains.get(&name.value));
    let window = window(entry.not_before.take(), entry.until.take());
    let place = entry.place;
    match Rule::new(conditions(entry), domain.cloned(), window) {
        Ok(rule) => Some(rule),
        Err(error) => {
            findings.add(place, format!("{error}; correct the rule"));
            None
        }
    }
}

fn window(not_before: Option<Text<Instant>>, until: Option<Text<Instant>>) -> Window {
    Window {
        not_before: not_before.map(|instant| instant.value),
        until: until.map(|instant| instant.value),
    }
}

/// What the rule requires, in the order in which it is written into the log.
fn conditions(entry: RuleEntry) -> Vec<Condition> {
    let conditions = [
        value(entry.sha256).map(Condition::Thumbprint),
        value(entry.sha1).map(Condition::Thumbprint),
        value(entry.spki).map(Condition::PublicKey),
        value(entry.common_name).map(Condition::CommonName),
    ];
    let mut required = Vec::with_capacity(conditions.iter().flatten().count());
    required.extend(conditions.into_iter().flatten());
    required
}

fn value<K: TextKind>(text: Option<Text<K>>) -> Option<K::Value> {
    text.map(|text| text.value)
}

/// The first condition that cannot be evaluated yet: a rule must not count without it.
fn not_evaluated(entry: &RuleEntry) -> Option<(Place, &'static str)> {
    let places = [
        (entry.subject.as_ref().map(|text| text.place), "subject"),
        (entry.dns.as_ref().map(|text| text.place), "dns"),
        (entry.uri.as_ref().map(|text| text.place), "uri"),
        (entry.email.as_ref().map(|text| text.place), "email"),
        (entry.ip.as_ref().map(|text| text.place), "ip"),
        (
            entry.user_principal_name.as_ref().map(|text| text.place),
            "userPrincipalName",
        ),
        (
            entry.extension.as_ref().map(|extension| extension.place),
            "extension",
        ),
        (
            entry.certificate_policy.as_ref().map(|text| text.place),
            "certificatePolicy",
        ),
    ];
    places
        .into_iter()
        .find_map(|(place, key)| Some((place?, key)))
}
