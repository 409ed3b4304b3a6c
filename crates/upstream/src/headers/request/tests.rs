use std::net::{Ipv4Addr, SocketAddr};

use uuid::Uuid;

use super::*;
use crate::{Address, Admitted, Principal, Scheme, Secret};

/// Spellings of what a caller may not say about themselves: by letters, by signs, by convention.
const SPELLINGS: [&str; 60] = [
    "X-ARR-ClientCert",
    "x-arr-clientcert",
    "X_ARR_ClientCert",
    "X-ARR_ClientCert",
    "x.arr.clientcert",
    "X-ARR-CLIENTCERT-2",
    "Client-Cert",
    "CLIENT_CERT",
    "client.cert",
    "Client-Cert-Chain",
    "client_cert_chain",
    "Client-Certificate",
    "X-Client-Cert",
    "X_CLIENT_CERT",
    "X-Client_Cert",
    "X-Client-Cert-Caller",
    "X_Client_Cert_Caller",
    "x-client-cert_caller",
    "X-Client-Cert-Roles",
    "x_client_cert_roles",
    "X-Client-Cert-Rule",
    "X~Client~Cert~Rule",
    "X-Client-Cert-Sha256",
    "X_CLIENT_CERT_SHA256",
    "X-Client-Cert-Gate-Secret",
    "X_Client_Cert_Gate_Secret",
    "X-Client-Certificate",
    "X-Client-Cert-Subject",
    "X-Forwarded-Client-Cert",
    "X_FORWARDED_CLIENT_CERT",
    "x-forwarded-tls-client-cert",
    "X-Forwarded-User",
    "X-MS-CLIENT-PRINCIPAL",
    "x-ms-client-principal",
    "X_MS_CLIENT_PRINCIPAL",
    "X-MS-CLIENT-PRINCIPAL-ID",
    "X-MS-CLIENT-PRINCIPAL-NAME",
    "X-MS-CLIENT-PRINCIPAL-IDP",
    "X-MS-CLIENT_PRINCIPAL",
    "X-MS-TOKEN-AAD-ID-TOKEN",
    "SSL-Client-Cert",
    "SSL_CLIENT_CERT",
    "ssl_client_verify",
    "X-SSL-Client-Cert",
    "X-SSL-CERT",
    "X-TLS-Client-Subject",
    "X-Amzn-Mtls-Clientcert",
    "Forwarded",
    "FORWARDED",
    "X-Forwarded-For",
    "X_Forwarded_For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Forwarded-Scheme",
    "SCRIPT_NAME",
    "Path-Info",
    "X-Original-URL",
    "X-Real-IP",
];

/// What we say of an admitted caller, by header.
const OURS: [(&str, &str); 10] = [
    ("x-arr-clientcert", "AQID"),
    ("client-cert", ":AQID:"),
    ("x-client-cert-caller", "billing"),
    ("x-client-cert-roles", "read,write"),
    ("x-client-cert-rule", "SHA-256"),
    ("x-client-cert-sha256", "abcd"),
    ("x-ms-client-principal", ""),
    ("x-ms-client-principal-id", "abcd"),
    ("x-ms-client-principal-idp", "clientcertificate"),
    ("x-ms-client-principal-name", "billing"),
];

type Lines<'a> = &'a [(&'a str, &'a str)];

/// What we say of a call.
const OF_CALL: [(&str, &str); 7] = [
    ("host", "127.0.0.1:8000"),
    ("via", "1.1 gate"),
    ("x-client-cert-gate-secret", "s3cret"),
    ("x-forwarded-for", "203.0.113.7"),
    ("x-forwarded-host", "app.example"),
    ("x-forwarded-port", "443"),
    ("x-forwarded-proto", "https"),
];

fn options() -> UpstreamOptions {
    let socket = SocketAddr::from((Ipv4Addr::LOCALHOST, 8000));
    UpstreamOptions {
        principal: Principal::Certificate,
        secret: Secret::new("s3cret").ok(),
        ..UpstreamOptions::new(Address::loopback(socket).unwrap())
    }
}

fn outside() -> Outside {
    Outside {
        scheme: Scheme::Https,
        host: "app.example".parse().ok(),
        client: Some(Ipv4Addr::new(203, 0, 113, 7).into()),
        invocation_id: Uuid::nil(),
        idle_timeout: None,
    }
}

fn identity() -> Identity {
    Identity::new(&Admitted {
        caller: Some("billing"),
        roles: vec!["read", "write"],
        rule: "SHA-256",
        sha256: "abcd",
        der: &[1, 2, 3],
    })
}

/// What is passed on of headers, in order of their names. A principal's value is left out.
fn passed(
    lines: &[(&str, &str)],
    options: &UpstreamOptions,
    identity: Option<&Identity>,
) -> Vec<(String, String)> {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, value.parse().unwrap());
    }
    request_headers(&mut headers, options, identity, &outside(), false);
    let mut passed: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| match name.as_str() {
            "x-ms-client-principal" => (name.to_string(), String::new()),
            _ => (name.to_string(), value.to_str().unwrap().to_owned()),
        })
        .collect();
    passed.sort();
    passed
}

fn expected(parts: &[&[(&str, &str)]]) -> Vec<(String, String)> {
    let lines = parts.concat().into_iter();
    let mut lines: Vec<_> = lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    lines.sort();
    lines
}

#[test]
fn the_upstream_sees_our_identity_alone_or_none_however_a_caller_spells_theirs() {
    for keep_underscores in [false, true] {
        let options = UpstreamOptions {
            keep_underscores,
            ..options()
        };
        for spelling in SPELLINGS {
            let connection = format!("close, {spelling}");
            let lines = [
                (spelling, "evil"),
                ("accept", "*/*"),
                (spelling, "evil, again"),
                ("connection", connection.as_str()),
            ];
            let public = passed(&lines, &options, None);
            assert_eq!(
                public,
                expected(&[&[("accept", "*/*")], &OF_CALL]),
                "{spelling}"
            );
            let secured = passed(&lines, &options, Some(&identity()));
            let all = expected(&[&[("accept", "*/*")], &OF_CALL, &OURS]);
            assert_eq!(secured, all, "{spelling}");
        }
    }
}

#[test]
fn a_connection_that_names_our_headers_takes_none_of_them_away() {
    let names = OURS.iter().chain(&OF_CALL).map(|(name, _)| *name);
    let connection = names.collect::<Vec<_>>().join(", ");
    let secured = passed(
        &[("connection", &connection)],
        &options(),
        Some(&identity()),
    );
    assert_eq!(secured, expected(&[&OF_CALL, &OURS]));
}

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
fn names_with_an_underscore_pass_only_by_setting() {
    let lines = [("x_request_id", "1")];
    assert_eq!(passed(&lines, &options(), None), expected(&[&OF_CALL]));
    let options = UpstreamOptions {
        keep_underscores: true,
        ..options()
    };
    assert_eq!(
        passed(&lines, &options, None),
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

#[test]
fn trailers_say_no_more_than_headers_may() {
    let removal = Removal::of(&options());
    for spelling in SPELLINGS.into_iter().chain([
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Cookie",
        "Authorization",
        "X_A",
    ]) {
        let mut trailers = HeaderMap::new();
        trailers.append("x-sum", HeaderValue::from_static("1"));
        trailers.append(
            HeaderName::from_bytes(spelling.as_bytes()).unwrap(),
            HeaderValue::from_static("evil"),
        );
        clean_trailers(&mut trailers, removal);
        assert_eq!(trailers.len(), 1, "{spelling}");
    }
}
