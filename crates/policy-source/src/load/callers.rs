//! Callers and their rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use client_cert::{Caller, Condition, DomainName, ExtensionValue, Rule, TrustDomain, Window};

use crate::document::kind::Instant;
use crate::document::{CallerEntry, ExtensionEntry, Findings, RuleEntry, Text, TextKind};

/// The callers of a document. The entries are taken apart as they are read, so that there are never two of all.
pub(super) fn build(
    entries: impl IntoIterator<Item = CallerEntry>,
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
        value(entry.subject).map(Condition::Subject),
        value(entry.dns).map(Condition::Dns),
        value(entry.uri).map(Condition::Uri),
        value(entry.email).map(Condition::Mail),
        value(entry.ip).map(Condition::Ip),
        value(entry.user_principal_name).map(Condition::UserPrincipalName),
        value(entry.certificate_policy).map(Condition::CertificatePolicy),
        entry.extension.map(extension),
    ];
    let mut required = Vec::with_capacity(conditions.iter().flatten().count());
    required.extend(conditions.into_iter().flatten());
    required
}

fn extension(entry: ExtensionEntry) -> Condition {
    let text = value(entry.text).map(ExtensionValue::Text);
    let der = value(entry.der).map(|octets| ExtensionValue::Der(octets.into()));
    Condition::Extension {
        oid: entry.oid.value,
        value: text.or(der).unwrap_or(ExtensionValue::Present),
    }
}

fn value<K: TextKind>(text: Option<Text<K>>) -> Option<K::Value> {
    text.map(|text| text.value)
}
