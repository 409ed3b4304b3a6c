//! What two documents have and the other has not.

use std::collections::{BTreeMap, BTreeSet};

use client_cert::{Caller, CallerName, Certificate, DeniedEntry, RoleName};
use functions_handler::host::Function;
use policy_source::{RevocationEntry, Text, TrustDomainEntry, kind};
use serde::Serialize;

use super::document_file::Opened;
use super::matrix::may_call;

/// What was added to a set and removed from it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Changes {
    pub(super) added: BTreeSet<String>,
    pub(super) removed: BTreeSet<String>,
}

impl Changes {
    fn between(old: &BTreeSet<String>, new: &BTreeSet<String>) -> Self {
        Self {
            added: new.difference(old).cloned().collect(),
            removed: old.difference(new).cloned().collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// What differs about one caller. A caller that is new has everything added, one that is gone everything removed.
#[derive(Debug, Serialize)]
pub(super) struct CallerChanges {
    pub(super) name: String,
    pub(super) presence: Presence,
    /// Secured functions; absent where there is no app.
    pub(super) functions: Option<Changes>,
    pub(super) roles: Changes,
    /// Each with the time in which it counts.
    pub(super) rules: Changes,
}

/// In which of the two documents something is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Presence {
    Added,
    Removed,
    Both,
}

impl Presence {
    fn of<T>(old: Option<&T>, new: Option<&T>) -> Self {
        match (old, new) {
            (None, _) => Self::Added,
            (_, None) => Self::Removed,
            _ => Self::Both,
        }
    }
}

/// What differs about one trust domain.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DomainChanges {
    pub(super) name: String,
    pub(super) presence: Presence,
    pub(super) anchors: Changes,
    pub(super) intermediates: Changes,
    /// The other keys whose values differ.
    pub(super) keys: Vec<&'static str>,
}

/// The callers that differ, by name.
pub(super) fn callers(
    old: &Opened,
    new: &Opened,
    functions: Option<&[Function]>,
) -> Vec<CallerChanges> {
    let [before, after] = [old, new].map(by_name);
    let names: BTreeSet<&CallerName> = before.keys().chain(after.keys()).copied().collect();
    let changes = names.into_iter().map(|name| {
        let (old, new) = (before.get(name).copied(), after.get(name).copied());
        let between = |of: &dyn Fn(&Caller) -> BTreeSet<String>| {
            let [old, new] = [old, new].map(|caller| caller.map(of).unwrap_or_default());
            Changes::between(&old, &new)
        };
        CallerChanges {
            name: name.to_string(),
            presence: Presence::of(old, new),
            functions: functions.map(|functions| between(&|caller| callable(caller, functions))),
            roles: between(&|caller| caller.roles.iter().map(RoleName::to_string).collect()),
            rules: between(&rules),
        }
    });
    changes.filter(CallerChanges::is_change).collect()
}

impl CallerChanges {
    fn is_change(&self) -> bool {
        self.presence != Presence::Both || !self.roles.is_empty() || !self.rules.is_empty()
    }
}

fn by_name(opened: &Opened) -> BTreeMap<&CallerName, &Caller> {
    let callers = opened.policy.callers();
    callers
        .filter_map(|caller| Some((caller.name.as_ref()?, caller)))
        .collect()
}

fn callable(caller: &Caller, functions: &[Function]) -> BTreeSet<String> {
    let secured = functions
        .iter()
        .filter(|function| function.http().is_some_and(|http| !http.marker.is_public()));
    let callable = secured.filter(|function| may_call(caller, function));
    callable.map(|function| function.name.clone()).collect()
}

/// The rules as the log writes them, each with the time in which it counts.
fn rules(caller: &Caller) -> BTreeSet<String> {
    let rules = caller.rules.iter().map(|rule| {
        let window = rule.window().intersection(caller.window).to_string();
        if window.is_empty() {
            rule.to_string()
        } else {
            format!("{rule} {window}")
        }
    });
    rules.collect()
}

/// What is denied, or no longer.
pub(super) fn denied(old: &Opened, new: &Opened) -> Changes {
    let [old, new] = [old, new].map(denied_by);
    Changes::between(&old, &new)
}

/// What a document denies, with the certificates of the files that it names.
fn denied_by(opened: &Opened) -> BTreeSet<String> {
    let mut denied = BTreeSet::new();
    for entry in &opened.document.denied {
        let digests = [
            entry.sha256.as_ref().map(|text| text.value),
            entry.sha1.as_ref().map(|text| text.value),
        ];
        denied.extend(
            digests
                .into_iter()
                .flatten()
                .map(DeniedEntry::Thumbprint)
                .map(|entry| entry.to_string()),
        );
        denied.extend(
            entry
                .spki
                .as_ref()
                .map(|text| DeniedEntry::PublicKey(text.value).to_string()),
        );
        if let (Some(issuer), Some(serial)) = (&entry.issuer, &entry.serial) {
            let numbered = DeniedEntry::Numbered {
                issuer: issuer.value.clone(),
                serial: serial.value.clone(),
            };
            denied.insert(numbered.to_string());
        }
        for certificate in entry
            .certificate
            .iter()
            .flat_map(|file| opened.certificates(&file.value))
        {
            denied.extend(
                DeniedEntry::all_of(&certificate)
                    .iter()
                    .map(DeniedEntry::to_string),
            );
        }
    }
    denied
}

/// The trust domains that differ, by name.
pub(super) fn domains(old: &Opened, new: &Opened) -> Vec<DomainChanges> {
    let [before, after] = [old, new].map(|opened| &opened.document.trust_domains);
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let changes = names.into_iter().map(|name| {
        let (one, other) = (before.get(name), after.get(name));
        let between = |files: fn(&TrustDomainEntry) -> &[Text<kind::File>]| {
            let [old, new] = [(old, one), (new, other)].map(|(opened, domain)| {
                let files = domain.map_or(&[][..], files);
                authorities(opened, files)
            });
            Changes::between(&old, &new)
        };
        DomainChanges {
            name: name.to_string(),
            presence: Presence::of(one, other),
            anchors: between(|domain| &domain.anchors),
            intermediates: between(|domain| &domain.intermediates),
            keys: keys(one, other),
        }
    });
    changes.filter(DomainChanges::is_change).collect()
}

impl DomainChanges {
    fn is_change(&self) -> bool {
        self.presence != Presence::Both
            || !self.keys.is_empty()
            || !self.anchors.is_empty()
            || !self.intermediates.is_empty()
    }
}

fn authorities(opened: &Opened, files: &[Text<kind::File>]) -> BTreeSet<String> {
    let certificates = files
        .iter()
        .flat_map(|file| opened.certificates(&file.value));
    let shown =
        |certificate: Certificate| format!("{} ({})", certificate.subject(), certificate.sha256());
    certificates.map(shown).collect()
}

/// The keys of a domain that is in both documents whose values differ. The values are not shown: a URL may hold a secret.
fn keys(old: Option<&TrustDomainEntry>, new: Option<&TrustDomainEntry>) -> Vec<&'static str> {
    let (Some(old), Some(new)) = (old, new) else {
        return Vec::new();
    };
    let revocation = |entry: &TrustDomainEntry| entry.revocation.as_ref().map(looked_up);
    let differing = [
        ("legacyRoots", old.legacy_roots != new.legacy_roots),
        ("revocation", revocation(old) != revocation(new)),
    ];
    differing
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(key, _)| key)
        .collect()
}

/// Where lists are and what uncertainty comes to.
fn looked_up(entry: &RevocationEntry) -> impl PartialEq + use<> {
    let lists: BTreeSet<_> = entry.crls.iter().map(|list| list.value.clone()).collect();
    (lists, entry.unknown, entry.stale)
}
