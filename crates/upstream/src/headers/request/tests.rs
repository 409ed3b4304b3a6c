//! What both kinds of tests need: a call, its caller, and what is said of both.

mod said;
mod spelled;

use std::net::{Ipv4Addr, SocketAddr};

use uuid::Uuid;

use super::*;
use crate::{Address, Admitted, Principal, Scheme, Secret};

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
