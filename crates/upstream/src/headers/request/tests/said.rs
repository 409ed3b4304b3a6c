//! What we say, and what passes.

use super::*;

#[test]
fn what_no_identity_is_called_passes() {
    let lines = [
        ("accept-encoding", "br"),
        ("authorization", "Bearer x"),
        ("content-type", "text/plain"),
        ("cookie", "a=b; c=d"),
        ("expect", "100-continue"),
        ("mcp-session-id", "1"),
        ("traceparent", "00-"),
        ("x-azure-functions-invocationid", "1"),
        ("x-client", "1"),
        ("x-functions-key", "k"),
        ("x-ms-client", "1"),
    ];
    assert_eq!(
        passed(&lines, &options(), None),
        expected(&[&lines, &OF_CALL])
    );
}

#[test]
fn the_principal_is_removed_passed_or_ours() {
    let theirs = ("x-ms-client-principal-name", "easy");
    let ours = &OURS[6..];
    let table: [(Principal, bool, Lines<'_>); 6] = [
        (Principal::Removed, false, &[]),
        (Principal::Removed, true, &[]),
        (Principal::AppService, false, &[theirs]),
        (Principal::AppService, true, &[theirs]),
        (Principal::Certificate, false, &[]),
        (Principal::Certificate, true, ours),
    ];
    for (principal, is_admitted, found) in table {
        let options = UpstreamOptions {
            principal,
            ..options()
        };
        let identity = identity();
        let passed = passed(&[theirs], &options, is_admitted.then_some(&identity));
        let identity: &[(&str, &str)] = if is_admitted { &OURS[..6] } else { &[] };
        assert_eq!(
            passed,
            expected(&[&OF_CALL, identity, found]),
            "{principal:?}"
        );
    }
}

#[test]
fn a_caller_of_a_list_has_no_name_and_no_roles() {
    let identity = Identity::new(&Admitted {
        caller: None,
        roles: vec![],
        rule: "SHA-256",
        sha256: "abcd",
        der: &[1, 2, 3],
    });
    let passed = passed(&[], &options(), Some(&identity));
    let named = |name: &str| passed.iter().find(|(found, _)| found == name);
    assert_eq!(named("x-client-cert-caller"), None);
    assert_eq!(named("x-client-cert-roles"), None);
    assert_eq!(named("x-ms-client-principal-name").unwrap().1, "abcd");
}

#[test]
fn host_is_the_upstreams_own_or_the_outside_name() {
    let outside_name = UpstreamOptions {
        host: HostName::Outside,
        ..options()
    };
    for (options, expected) in [(options(), "127.0.0.1:8000"), (outside_name, "app.example")] {
        let passed = passed(
            &[("host", "evil.example"), ("host", "two.example")],
            &options,
            None,
        );
        let hosts: Vec<_> = passed.iter().filter(|(name, _)| name == "host").collect();
        assert_eq!(hosts, [&("host".to_owned(), expected.to_owned())]);
    }
}

#[test]
fn trailers_are_asked_for_where_the_caller_takes_them() {
    for (te, takes) in [
        ("trailers", true),
        ("gzip, Trailers", true),
        ("gzip", false),
        ("", false),
    ] {
        let passed = passed(&[("te", te)], &options(), None);
        let te = passed
            .iter()
            .any(|line| *line == ("te".to_owned(), "trailers".to_owned()));
        let named = passed
            .iter()
            .any(|line| *line == ("connection".to_owned(), "te".to_owned()));
        assert_eq!((te, named), (takes, takes));
    }
}
