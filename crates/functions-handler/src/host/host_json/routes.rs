//! `customHandler.http`: routes that are functions without folders.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::contents::HttpRoute;
use super::settings::Settings;
use crate::host::auth_level::AuthLevel;
use crate::host::found::quoted;
use crate::host::marker;
use crate::host::route::{RoutePrefix, RouteTemplate};

const SECTION: &str = "customHandler:http";

/// The keys of an entry, as messages list them. The host reads the first two.
const ENTRY_KEYS: [&str; 3] = ["route", "authorizationLevel", marker::KEY];

/// The names of the levels; the host has two more that no HTTP trigger of a custom handler can use.
const LEVELS: [(&str, AuthLevel); 3] = [
    ("anonymous", AuthLevel::Anonymous),
    ("function", AuthLevel::Function),
    ("admin", AuthLevel::Admin),
];

/// The most entries. Each is compared with each other, and who has many more has them made by a mistake.
const MAX_ENTRIES: usize = 500;

/// Reads the entries, in their order. Every problem is noted.
pub(super) fn routes(settings: &mut Settings, prefix: &RoutePrefix) -> Vec<HttpRoute> {
    let list = format!("{SECTION}:routes");
    let array = "an array of objects, as [{\"route\": \"{*route}\"}]";
    if settings.refuse_value(SECTION, "an object") || settings.refuse_value(&list, array) {
        return Vec::new();
    }
    let level = settings.one_of(&format!("{SECTION}:defaultAuthorizationLevel"), &LEVELS);
    let level = level.unwrap_or(AuthLevel::Function);
    let entries = indices(settings, &list);
    if entries.len() > MAX_ENTRIES {
        let text = format!(
            "expected at most {MAX_ENTRIES} routes, found {}; join some by a parameter",
            entries.len()
        );
        settings.refuse(&list, text);
        return Vec::new();
    }
    let entries = entries.into_iter();
    entries
        .filter_map(|(index, name)| {
            entry(settings, &format!("{list}:{name}"), index, prefix, level)
        })
        .collect()
}

/// `customHandler.http.enableProxying` is in Microsoft's documentation, and no host reads it. It may repeat what the host
/// reads, and nothing else.
pub(super) fn refuse_unread_switch(settings: &mut Settings, proxying: bool) {
    let key = format!("{SECTION}:enableProxying");
    let says = settings.flag(&key);
    if says.is_some_and(|says| says != proxying) {
        let text = format!(
            "expected the same as customHandler.enableProxyingHttpRequest, which is {proxying}, found another value: the \
             host reads that key and not this one; write \"enableProxyingHttpRequest\" into customHandler"
        );
        settings.refuse(&key, text);
    }
}

/// The indices of the entries by value, as .NET orders them, each as it is written.
fn indices(settings: &mut Settings, list: &str) -> BTreeMap<usize, String> {
    let below = settings
        .below(list)
        .map(|(key, _)| first_part(key).to_owned());
    let mut names: Vec<String> = below.collect();
    names.dedup();
    let mut indices = BTreeMap::new();
    for name in names {
        match name.parse::<usize>() {
            Ok(index) if index.to_string() == name => drop(indices.insert(index, name)),
            Ok(_) | Err(_) => settings.refuse(
                &format!("{list}:{name}"),
                "expected an array, found an element with a name; write [{\"route\": \"{*route}\"}]",
            ),
        }
    }
    indices
}

fn entry(
    settings: &mut Settings,
    key: &str,
    index: usize,
    prefix: &RoutePrefix,
    level: AuthLevel,
) -> Option<HttpRoute> {
    if settings.refuse_value(key, "an object, as {\"route\": \"{*route}\"}") {
        return None;
    }
    refuse_others(settings, key);
    let route = route(settings, &format!("{key}:route"), prefix);
    let auth_level = format!("{key}:authorizationLevel");
    let auth_level = match settings.has(&auth_level) {
        true => settings.one_of(&auth_level, &LEVELS),
        false => Some(level),
    };
    let marker = settings.marker(&format!("{key}:{}", marker::KEY));
    Some(HttpRoute {
        index,
        route: route?,
        auth_level: auth_level?,
        marker: marker?,
    })
}

fn route(settings: &mut Settings, key: &str, prefix: &RoutePrefix) -> Option<RouteTemplate> {
    if !settings.has(key) {
        settings.refuse(
            key,
            "expected a route, found nothing; write one, as \"health\" or \"{*route}\"",
        );
        return None;
    }
    let is_setting = settings.is_from_variable(key);
    match RouteTemplate::parse(&settings.text(key)?) {
        Ok(route) => Some(route.below(prefix)),
        Err(_) if is_setting => {
            // The error repeats the route.
            settings.refuse(
                key,
                "expected a route, found text that cannot be one; correct it or unset it",
            );
            None
        }
        Err(error) => {
            settings.refuse(key, error.to_string());
            None
        }
    }
}

/// The host passes over the other members of an entry, `methods` too; so each was meant to say something that it does not.
fn refuse_others(settings: &mut Settings, key: &str) {
    let below = settings
        .below(key)
        .map(|(key, _)| first_part(key).to_owned());
    let mut names: Vec<String> = below.collect();
    names.dedup();
    for name in names {
        if ENTRY_KEYS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&name))
        {
            continue;
        }
        let text = format!(
            "expected {}, found {}, which the host passes over; remove it",
            ENTRY_KEYS.join(", "),
            quoted(&name)
        );
        settings.refuse(&format!("{key}:{name}"), text);
    }
}

/// Refuses a marker that is not in an entry, where it would mark nothing.
pub(super) fn refuse_misplaced_markers(settings: &mut Settings) {
    let is_marker =
        |part: &str| part.eq_ignore_ascii_case(marker::KEY) || marker::is_misspelt(part);
    let entries = format!("{SECTION}:routes:").to_ascii_lowercase();
    let keys: Vec<String> = settings
        .keys()
        .filter(|key| !key.starts_with(&entries))
        .filter(|key| match key.strip_prefix("customhandler:") {
            Some(inner) => inner.split(':').any(is_marker),
            None => is_marker(first_part(key)),
        })
        .map(ToOwned::to_owned)
        .collect();
    for key in keys {
        let text = format!(
            "expected {} in an entry of customHandler.http.routes or in a function.json, found it elsewhere; move it",
            marker::KEY
        );
        settings.refuse(&key, text);
    }
}

fn first_part(key: &str) -> &str {
    key.split(':').next().unwrap_or_default()
}
