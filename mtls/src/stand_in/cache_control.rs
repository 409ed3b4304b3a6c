//! `Cache-Control` as .NET reads and writes it (`CacheControlHeaderValue.cs`): all lines become one, in a fixed order.

use super::header_values::{is_token, parts};

/// Directives without a value, in the order in which they are written.
const FLAGS: [&str; 6] = [
    "no-store",
    "no-transform",
    "only-if-cached",
    "public",
    "must-revalidate",
    "proxy-revalidate",
];

/// Every known directive, in the order in which they are written; what is not known follows as it came.
const ORDER: [&str; 12] = [
    "no-store",
    "no-transform",
    "only-if-cached",
    "public",
    "must-revalidate",
    "proxy-revalidate",
    "no-cache",
    "max-age",
    "s-maxage",
    "max-stale",
    "min-fresh",
    "private",
];

/// The one line; nothing where a directive does not parse, and then the lines stay as they came.
pub(super) fn rewritten(lines: &[&str]) -> Option<String> {
    let mut known: [Option<String>; ORDER.len()] = Default::default();
    let mut others = Vec::new();
    for line in lines {
        for directive in parts(line, ',') {
            let directive = directive.trim();
            if directive.is_empty() {
                continue;
            }
            let (name, value) = match directive.split_once('=') {
                Some((name, value)) => (name.trim(), Some(value.trim())),
                None => (directive, None),
            };
            let lower = name.to_ascii_lowercase();
            let place = ORDER.iter().position(|one| *one == lower);
            match place.and_then(|at| known.get_mut(at)) {
                Some(place) => *place = Some(written(&lower, value)?),
                None if is_token(name) => others.push(extension(name, value)),
                None => return None,
            }
        }
    }
    let written: Vec<String> = known.into_iter().flatten().chain(others).collect();
    (!written.is_empty()).then(|| written.join(", "))
}

/// A known directive; nothing where its value is of another kind.
fn written(name: &str, value: Option<&str>) -> Option<String> {
    match (name, value) {
        (_, None) if FLAGS.contains(&name) => Some(name.to_owned()),
        ("no-cache" | "private" | "max-stale", None) => Some(name.to_owned()),
        ("no-cache" | "private", Some(value)) => {
            let names = value.strip_prefix('"')?.strip_suffix('"')?;
            let names: Vec<&str> = names.split(',').map(str::trim).collect();
            let is_list = names.iter().all(|name| is_token(name));
            is_list.then(|| format!("{name}=\"{}\"", names.join(", ")))
        }
        ("max-age" | "s-maxage" | "min-fresh" | "max-stale", Some(value)) => {
            let seconds: u32 = value.parse().ok()?;
            Some(format!("{name}={seconds}"))
        }
        _ => None,
    }
}

fn extension(name: &str, value: Option<&str>) -> String {
    match value {
        Some(value) => format!("{name}={value}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_have_an_order() {
        let table: [(&[&str], Option<&str>); 8] = [
            (&["private, max-age=60"], Some("max-age=60, private")),
            (&["x=1, Public", "no-store"], Some("no-store, public, x=1")),
            (&["no-cache=\"a,b\""], Some("no-cache=\"a, b\"")),
            (&["max-age=060"], Some("max-age=60")),
            (&["max-age=-1"], None),
            (&["max-age"], None),
            (&["public=1"], None),
            (&[" , "], None),
        ];
        for (lines, expected) in table {
            assert_eq!(rewritten(lines).as_deref(), expected, "{lines:?}");
        }
    }
}
