//! Where a server listens that does not take its port from us.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use app_settings::{Environment, Problem, Value};
use http::Uri;
use upstream::Address;

use super::choices::{choice, needs};
use crate::settings::{DANGEROUS, UPSTREAM};

/// The address of a server that has one of its own.
pub(super) fn fixed_address(
    environment: &Environment,
    problems: &mut Vec<Problem>,
) -> Option<Address> {
    let words = [("false", false), ("true", true)];
    let is_dangerous = choice(environment, DANGEROUS, &words, problems);
    let Some(value) = environment.setting(UPSTREAM, problems) else {
        if environment.is_set(DANGEROUS.name()) {
            problems.push(needs(DANGEROUS, UPSTREAM));
        }
        return None;
    };
    let Some(socket) = socket(value) else {
        problems.push(Problem::new(
            UPSTREAM,
            "expected a URL of an address and a port without a path, such as http://127.0.0.1:8000, found something else; correct it",
        ));
        return None;
    };
    if is_dangerous {
        return Some(Address::dangerous(socket));
    }
    Address::loopback(socket)
        .map_err(|error| {
            let text = format!(
                "{error}; let the server listen on 127.0.0.1. {} allows it",
                DANGEROUS.name()
            );
            problems.push(Problem::new(UPSTREAM, text));
        })
        .ok()
}

fn socket(value: Value<'_>) -> Option<SocketAddr> {
    let uri: Uri = value.parse().ok()?;
    let authority = uri.authority()?;
    let is_plain = uri.scheme_str() == Some("http")
        && matches!(
            uri.path_and_query().map(|path| path.as_str()),
            None | Some("/" | "")
        )
        && !authority.as_str().contains('@');
    let host = authority.host();
    let ip = match host.trim_start_matches('[').trim_end_matches(']') {
        "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        "::1" => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip.parse().ok()?,
    };
    let port = authority.port_u16().filter(|port| *port != 0)?;
    is_plain.then_some(SocketAddr::from((ip, port)))
}
