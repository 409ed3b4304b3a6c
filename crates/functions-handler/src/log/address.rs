//! Where a call came from, as the front end says.

use std::net::{IpAddr, SocketAddr};

use client_cert::{FrontEnd, HeaderLine};
use http::HeaderName;

use crate::host::contract::CLIENT_IP_HEADER;

/// The caller's address for the log, by what finds the lines of a header.
///
/// App Service, and the front end of `mtls` that imitates it, write it into `CLIENT-IP`. `X-Forwarded-For` is not looked at:
/// a proxying host replaces it by the address of the front end. A header that is there twice, or that holds anything but one address,
/// counts as absent, since a part of it is the caller's. Nothing is decided by the address.
pub(crate) fn address<'a>(
    front_end: FrontEnd,
    line: impl Fn(&HeaderName) -> HeaderLine<'a>,
) -> Option<IpAddr> {
    match front_end {
        // Nothing that they write is documented to hold it under a proxying host.
        FrontEnd::Undeclared | FrontEnd::ContainerApps | FrontEnd::Rfc9440 => None,
        FrontEnd::AppService | FrontEnd::Development => match line(&CLIENT_IP_HEADER) {
            HeaderLine::Once(value) => parse(str::from_utf8(value).ok()?),
            HeaderLine::Absent | HeaderLine::Repeated(_) => None,
        },
    }
}

/// An address with or without a port.
fn parse(text: &str) -> Option<IpAddr> {
    let address = match text.parse::<SocketAddr>() {
        Ok(with_port) => with_port.ip(),
        Err(_) => text.parse().ok()?,
    };
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_one_address_that_a_declared_front_end_writes() {
        let table: &[(&[&'static [u8]], Option<&str>)] = &[
            (&[b"203.0.113.7:51234"], Some("203.0.113.7")),
            (&[b"203.0.113.7"], Some("203.0.113.7")),
            (&[b"[2001:db8::1]:9"], Some("2001:db8::1")),
            (&[b"2001:db8::1"], Some("2001:db8::1")),
            (&[b"[::ffff:203.0.113.7]:9"], Some("203.0.113.7")),
            (&[], None),
            (&[b""], None),
            (&[b"203.0.113.7", b"203.0.113.8"], None),
            (&[b"203.0.113.7, 203.0.113.8"], None),
            (&[b"203.0.113.7:51234:1"], None),
            (&[b"app.example"], None),
            (&[b"203.0.113.7\",\"outcome\":\"allow"], None),
            (&[b"\xff"], None),
        ];
        for (values, expected) in table {
            for front_end in [FrontEnd::AppService, FrontEnd::Development] {
                let line = |name: &HeaderName| {
                    assert_eq!(name, "client-ip");
                    HeaderLine::from_values(values.iter().copied())
                };
                let found = address(front_end, line).map(|address| address.to_string());
                assert_eq!(found.as_deref(), *expected, "{values:?}");
            }
            for front_end in [
                FrontEnd::Undeclared,
                FrontEnd::ContainerApps,
                FrontEnd::Rfc9440,
            ] {
                let line = |_: &HeaderName| HeaderLine::from_values(values.iter().copied());
                assert_eq!(address(front_end, line), None);
            }
        }
    }
}
