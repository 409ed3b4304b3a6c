//! The marker that says who may call a function.

use std::collections::HashSet;

use client_cert::RoleName;
use serde_json::{Map, Value};

use crate::host::found::found_or_nothing;

/// The key at the top level of `function.json`, and in an entry of `customHandler.http.routes`. The host ignores it.
pub(super) const KEY: &str = "clientCertificate";

/// What is allowed, for messages.
const ALLOWED: &str = "\"none\" (public), \"required\" (the same as leaving the key out), or {\"roles\": [\"…\"]} with \
    one role at least, each once and of 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-'";

/// How many letters may be wrong for a key to count as a misspelt marker.
const NEAR: usize = 3;

/// Who may call a function. Fails closed: only the exact text `"none"` makes it public.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Marker {
    /// Anybody, without a certificate.
    Public,
    /// Callers that the policy admits.
    Required,
    /// Callers that the policy admits with one of these roles: one at least.
    Roles(Vec<RoleName>),
}

impl Marker {
    /// Whether callers need no certificate.
    pub fn is_public(&self) -> bool {
        *self == Self::Public
    }

    /// Reads the value of the key; the error says what was expected and found.
    pub(super) fn parse(value: Option<&Value>) -> Result<Self, String> {
        let marker = match value {
            None => Some(Self::Required),
            Some(Value::String(text)) => match text.as_str() {
                "none" => Some(Self::Public),
                "required" => Some(Self::Required),
                _ => None,
            },
            Some(Value::Object(object)) => roles(object).map(Self::Roles),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) => None,
        };
        marker.ok_or_else(|| {
            let found = found_or_nothing(value);
            format!(
                "expected {ALLOWED}, found {found}; write one of these, in this case and spelling"
            )
        })
    }
}

/// Whether a key was meant to be the marker and is not: another case, separators, a letter or two wrong, cut short.
pub(super) fn is_misspelt(key: &str) -> bool {
    if key == KEY {
        return false;
    }
    let folded = fold(key);
    let right = fold(KEY);
    // The distance of two texts is at least that of their lengths, and costs more to compute.
    (folded.len().abs_diff(right.len()) <= NEAR
        && strsim::damerau_levenshtein(&folded, &right) <= NEAR)
        || (folded.starts_with("client") && folded.contains("cert"))
        || folded.starts_with("certificateclient")
}

fn fold(key: &str) -> String {
    let letters = key.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

fn roles(object: &Map<String, Value>) -> Option<Vec<RoleName>> {
    let list = match object.get("roles") {
        Some(Value::Array(list)) if object.len() == 1 && !list.is_empty() => list,
        _ => return None,
    };
    let mut known = HashSet::new();
    let mut roles: Vec<RoleName> = Vec::with_capacity(list.len());
    for role in list {
        let role: RoleName = role.as_str()?.parse().ok()?;
        if !known.insert(role.clone()) {
            return None;
        }
        roles.push(role);
    }
    Some(roles)
}
