//! Callers and their rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use client_cert::{Caller, Condition, DomainName, Rule, TrustDomain, Window};

use crate::document::kind::Instant;
use crate::document::{CallerEntry, Document, Findings, Place, RuleEntry, Text, TextKind};

/// The callers of a document.
pub(super) fn build(
    document: &Document,
    domains: &BTreeMap<DomainName, Arc<TrustDomain>>,
    findings: &mut Findings,
) -> Vec<Caller> {
    document
        .callers
        .iter()
        .map(|entry| caller(entry, domains, findings))
        .collect()
}

fn caller(
    entry: &CallerEntry,
    domains: &BTreeMap<DomainName, Arc<TrustDomain>>,
    findings: &mut Findings,
) -> Caller {
    let rules = entry
        .any
        .iter()
        .filter_map(|rule| self::rule(rule, domains, findings));
    Caller {
        rules: rules.collect(),
        name: Some(entry.name.value.clone()),
        roles: entry.roles.iter().map(|role| role.value.clone()).collect(),
        window: window(entry.not_before.as_ref(), entry.until.as_ref()),
    }
}

fn rule(
    entry: &RuleEntry,
    domains: &BTreeMap<DomainName, Arc<TrustDomain>>,
    findings: &mut Findings,
) -> Option<Rule> {
    if let Some((place, key)) = not_evaluated(entry) {
        findings.add(place, format!("expected no condition {key:?} in this version, which cannot evaluate it; remove the rule"));
        return None;
    }
    let domain = entry
        .domain
        .as_ref()
        .and_then(|name| domains.get(&name.value));
    let window = window(entry.not_before.as_ref(), entry.until.as_ref());
    match Rule::new(conditions(entry), domain.cloned(), window) {
        Ok(rule) => Some(rule),
        Err(error) => {
            findings.add(entry.place, format!("{error}; correct the rule"));
            None
        }
    }
}

fn window(not_before: Option<&Text<Instant>>, until: Option<&Text<Instant>>) -> Window {
    Window {
        not_before: not_before.map(|instant| instant.value),
        until: until.map(|instant| instant.value),
    }
}

/// What the rule requires, in the order in which it is written into the log.
fn conditions(entry: &RuleEntry) -> Vec<Condition> {
    let thumbprints = [value(entry.sha256.as_ref()), value(entry.sha1.as_ref())];
    let thumbprints = thumbprints.into_iter().flatten().map(Condition::Thumbprint);
    let key = value(entry.spki.as_ref()).map(Condition::PublicKey);
    let common_name = value(entry.common_name.as_ref()).map(Condition::CommonName);
    thumbprints.chain(key).chain(common_name).collect()
}

fn value<K: TextKind>(text: Option<&Text<K>>) -> Option<K::Value> {
    text.map(|text| text.value.clone())
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
