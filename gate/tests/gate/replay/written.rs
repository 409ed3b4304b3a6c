//! What the gate writes into a request.

use std::net::{IpAddr, SocketAddr};

use test_support::Issued;

use super::call::Call;
use super::envelope;
use super::headers::{CERTIFICATE, Line};

/// What proves to the server that a request came through the gate.
pub(super) const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The caller's name and role in the policy.
pub(super) const NAME: &str = "partner";
pub(super) const ROLE: &str = "clerk";

/// What the gate writes, before a server with this port, about a caller who is admitted or about none.
pub(super) struct Written<'a> {
    pub(super) server: u16,
    pub(super) caller: Option<&'a Issued>,
}

impl Written<'_> {
    /// Into a request, or into an envelope around one.
    pub(super) fn outside(&self, call: &Call) -> Vec<Line> {
        let host = call.host();
        let port = host.and_then(|host| host.rsplit_once(':')?.1.parse().ok());
        let mut written = vec![
            ("Host", format!("127.0.0.1:{}", self.server)),
            ("Via", "1.1 gate".to_owned()),
            ("X-Forwarded-Proto", "https".to_owned()),
            ("X-Forwarded-Port", port.unwrap_or(443_u16).to_string()),
            ("X-Client-Cert-Gate-Secret", SECRET.to_owned()),
        ];
        written.extend(host.map(|host| ("X-Forwarded-Host", host.to_owned())));
        let client = match (call.is_envelope, self.caller) {
            // The gate opens an envelope to decide on it.
            (true, Some(_)) => envelope::client_ip(&call.content)
                .as_deref()
                .and_then(address),
            _ => call.client(),
        };
        written.extend(client.map(|client| ("X-Forwarded-For", client.to_string())));
        if call.last("te") == Some("trailers") {
            written.push(("TE", "trailers".to_owned()));
            written.push(("Connection", "te".to_owned()));
        }
        if !call.is_envelope {
            written.extend(self.identity());
        }
        let written = written.into_iter();
        written
            .map(|(name, value)| (name.to_owned(), value.into_bytes()))
            .collect()
    }

    /// Into the request inside an envelope.
    pub(super) fn inside(&self) -> Vec<(&'static str, String)> {
        let mut written = vec![
            ("X-Forwarded-Proto", "https".to_owned()),
            ("X-Forwarded-Port", "443".to_owned()),
            ("X-Client-Cert-Gate-Secret", SECRET.to_owned()),
        ];
        written.extend(self.identity());
        written
    }

    fn identity(&self) -> Vec<(&'static str, String)> {
        let Some(caller) = self.caller else {
            return Vec::new();
        };
        vec![
            (CERTIFICATE, caller.header()),
            ("Client-Cert", format!(":{}:", caller.header())),
            ("X-Client-Cert-Caller", NAME.to_owned()),
            ("X-Client-Cert-Roles", ROLE.to_owned()),
            (
                "X-Client-Cert-Rule",
                format!("pin sha256:{}", caller.sha256()),
            ),
            ("X-Client-Cert-Sha256", caller.sha256()),
        ]
    }
}

impl Call {
    /// The name that the caller used: a proxying host writes its own into `Host`.
    fn host(&self) -> Option<&str> {
        let own = self.last("host")?;
        let is_local = ["127.0.0.1", "localhost"]
            .iter()
            .any(|local| own.split(':').next() == Some(*local));
        match is_local {
            true => self.last("x-forwarded-host").or(Some(own)),
            false => Some(own),
        }
    }

    /// The caller's address, which App Service writes with a port.
    fn client(&self) -> Option<IpAddr> {
        let of = |name| address(self.last(name)?);
        let forwarded = of("x-forwarded-for");
        let is_of_this_machine = forwarded.is_none_or(|address| address.is_loopback());
        let by_front_end = of("client-ip").filter(|_| is_of_this_machine);
        by_front_end.or(forwarded)
    }

    /// The last element of a header that is a list.
    fn last(&self, name: &str) -> Option<&str> {
        let lines = self.headers.iter().rev();
        let (_, value) = { lines }.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
        let value = std::str::from_utf8(value).ok()?;
        value.rsplit(',').next().map(str::trim)
    }
}

fn address(text: &str) -> Option<IpAddr> {
    let with_port = text.parse::<SocketAddr>().map(|address| address.ip());
    with_port.ok().or_else(|| text.parse().ok())
}
