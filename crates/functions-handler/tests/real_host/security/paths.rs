//! Rewritten and encoded paths.

use super::{handed_over, locked};

/// What the handler gets where the host routed on something else, and the function that answers it.
const REWRITTEN: [(&str, &str, Option<&str>, &str); 22] = [
    (
        "forward",
        "/api/plain",
        Some("Plain"),
        "of `item/..%5Cplain`, routed to Item",
    ),
    ("proxy", "/api/item/..%5Cplain", None, "the same, proxied"),
    (
        "forward",
        "/api/rest/b",
        Some("Rest"),
        "of `rest/a/%252E%252E/b`, which climbs",
    ),
    (
        "proxy",
        "/api/rest/a/%252E%252E/b",
        Some("Rest"),
        "the same, proxied: no dots after one decoding",
    ),
    (
        "forward",
        "/api/rest/a",
        Some("Rest"),
        "of `a%3Fx=1` and `a%23x`, cut",
    ),
    (
        "proxy",
        "/api/rest/a%3Fx=1",
        Some("Rest"),
        "the same, proxied",
    ),
    (
        "forward",
        "/api/rest/a%2Fb",
        None,
        "one segment for the router, two for other readers",
    ),
    (
        "proxy",
        "/api/rest/a%252Fb",
        Some("Rest"),
        "of `a%2Fb` and of `a%252Fb` alike",
    ),
    (
        "forward",
        "/api/rest/a/b",
        Some("Rest"),
        "of `a%5Cb`: one segment more than routed",
    ),
    ("proxy", "/api/rest/a%5Cb", None, "the same, proxied"),
    (
        "forward",
        "/api/item/a/b",
        None,
        "of `item/a%5Cb`: Item has one segment",
    ),
    ("forward", "/api/rest/caf%E9", None, "no UTF-8"),
    (
        "proxy",
        "/api/rest/caf%25E9",
        Some("Rest"),
        "the same, proxied",
    ),
    ("forward", "/api/rest/a%0D%0A", None, "control characters"),
    (
        "forward",
        "/api/rest/a//b",
        None,
        "an empty segment, which the host lets a catch-all match",
    ),
    (
        "forward",
        "/api/rest/http://x/y",
        None,
        "the same with a scheme",
    ),
    ("forward", "/api/PLAIN", Some("Plain"), "any case"),
    (
        "forward",
        "/API/plain/",
        Some("Plain"),
        "the prefix too, and a closing slash",
    ),
    (
        "forward",
        "/api/%70lain",
        Some("Plain"),
        "an escape that nobody needs",
    ),
    ("forward", "/api/%C4%B1tem/7", None, "a dotless i is no i"),
    (
        "forward",
        "/api/../api/plain",
        None,
        "dots that the host resolves before it routes",
    ),
    ("forward", "/plain", None, "without the prefix"),
];

#[test]
fn a_path_that_the_host_rewrote_is_answered_by_its_own_function_for_its_own_callers() {
    for dialect in ["forward", "proxy", "both"] {
        let fixture = locked(dialect);
        for (_, path, owner, why) in REWRITTEN {
            println!("{dialect} {path}: {why}");
            for target in [path.to_owned(), format!("{path}?code=1&x=%2F")] {
                fixture.runs_for_its_caller_alone(owner, |certificate| {
                    handed_over("GET", &target, certificate, "", "")
                });
            }
        }
    }
}

#[test]
fn where_two_functions_fit_the_first_by_name_runs_as_at_the_host() {
    let fixture = locked("forward");
    for (path, owner, other) in [
        ("/api/shadow/exact", "A0Catch", "B0Exact"),
        ("/api/order/fixed", "YUpper", "zLower"),
    ] {
        for (caller, runs) in [(owner, true), (other, false)] {
            let text = handed_over("GET", path, &fixture.caller(caller), "", "");
            let (status, seen) = fixture.send(text.as_bytes(), false);
            assert_eq!(
                status,
                Some(if runs { 200 } else { 403 }),
                "{path} by {caller}"
            );
            assert_eq!(
                seen.map(|seen| seen.function),
                runs.then(|| owner.to_owned())
            );
        }
    }
}

#[test]
fn with_an_empty_prefix_a_catch_all_takes_what_no_other_function_does() {
    let fixture = locked("routes");
    for path in ["/admin", "/administrators", "/.well-known/x", "/", "/queue"] {
        for caller in ["ZzCatchAll", "Plain"] {
            let text = handed_over("OPTIONS", path, &fixture.caller(caller), "", "");
            let (status, seen) = fixture.send(text.as_bytes(), false);
            let runs = caller == "ZzCatchAll";
            assert_eq!(
                status,
                Some(if runs { 200 } else { 403 }),
                "{path} by {caller}"
            );
            assert_eq!(seen.is_some(), runs);
        }
    }
}
