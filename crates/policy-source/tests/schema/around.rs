//! Documents with one rule, caller, domain or denied certificate in them.

pub(super) fn rule(rule: &str) -> String {
    format!(
        r#"{{"version": 1, "trustDomains": {{"d": {{"anchors": ["a.pem"]}}}},
        "callers": [{{"name": "c", "any": [{rule}]}}]}}"#
    )
}

pub(super) fn caller(caller: &str) -> String {
    format!(r#"{{"version": 1, "callers": [{caller}]}}"#)
}

pub(super) fn domain(domain: &str) -> String {
    format!(r#"{{"version": 1, "trustDomains": {{"d": {domain}}}, "callers": []}}"#)
}

pub(super) fn denied(denied: &str) -> String {
    format!(r#"{{"version": 1, "callers": [], "denied": [{denied}]}}"#)
}
