//! Roles and functions that do not meet.

use std::collections::{BTreeSet, HashSet};

use client_cert::RoleName;
use functions_handler::host::Marker;

use super::{Kind, Subject, Warnings};

/// Finds roles that no function of the app asks for, and functions whose roles nobody has.
pub(super) fn find(subject: &Subject<'_>, warnings: &mut Warnings) {
    let Some(functions) = subject.functions else {
        return;
    };
    let asked = functions
        .iter()
        .filter_map(|function| Some((function.name.as_str(), roles_of(&function.http()?.marker)?)));
    let asked: Vec<(&str, &[RoleName])> = asked.collect();
    let known: BTreeSet<&RoleName> = asked.iter().flat_map(|(_, roles)| *roles).collect();
    let mut granted = HashSet::new();
    for caller in &subject.opened.document.callers {
        for role in &caller.roles {
            granted.insert(&role.value);
            if !known.contains(&role.value) {
                let text = format!(
                    "no function of this app asks for the role {}; {}",
                    role.value,
                    nearest(&known, &role.value)
                );
                warnings.push(Kind::UnusedRole, || {
                    subject.locator.problem(role.place, text)
                });
            }
        }
    }
    for (name, roles) in asked {
        if !roles.iter().any(|role| granted.contains(role)) {
            let roles: Vec<&str> = roles.iter().map(RoleName::as_str).collect();
            let text = format!(
                "no caller has a role that the function {name} asks for ({}): it refuses everyone; give one of them to a caller",
                roles.join(", ")
            );
            let place = policy_source::Place::default();
            warnings.push(Kind::UnreachableFunction, || {
                subject.locator.problem(place, text)
            });
        }
    }
}

fn roles_of(marker: &Marker) -> Option<&[RoleName]> {
    match marker {
        Marker::Roles(roles) => Some(roles),
        Marker::Public | Marker::Required => None,
    }
}

/// What may be meant.
fn nearest(known: &BTreeSet<&RoleName>, role: &RoleName) -> String {
    let distance = |known: &&&RoleName| strsim::damerau_levenshtein(known.as_str(), role.as_str());
    let nearest = known.iter().min_by_key(distance);
    match nearest.filter(|nearest| 2 * distance(nearest) <= nearest.as_str().len()) {
        Some(nearest) => format!("the nearest known one is {nearest}; correct or remove it"),
        None => "remove it".to_owned(),
    }
}
