//! What we say about a call and its caller.

use http::HeaderValue;

use super::field::{self, Field};
use super::principal::PROVIDER;
use super::text::header_text;
use crate::{Identity, Outside, Principal, UpstreamOptions};

/// The headers that are set on a request, whatever it had by these names. Without an identity, as on a public route, none of them
/// says who the caller is.
pub(crate) fn added(
    options: &UpstreamOptions,
    identity: Option<&Identity>,
    outside: &Outside,
    is_stripped: bool,
) -> Vec<(&'static Field, HeaderValue)> {
    let mut lines = Vec::with_capacity(16);
    if let Some(identity) = identity {
        of_caller(identity, options.principal, &mut lines);
    }
    of_call(outside, &mut lines);
    let prefix = options.strip.as_ref().filter(|_| is_stripped);
    lines.extend(prefix.map(|prefix| (&field::FORWARDED_PREFIX, prefix.value().clone())));
    let secret = options.secret.as_ref();
    lines.extend(secret.map(|secret| (&field::GATE_SECRET, secret.value().clone())));
    lines
}

fn of_caller(
    identity: &Identity,
    principal: Principal,
    lines: &mut Vec<(&'static Field, HeaderValue)>,
) {
    lines.push((&field::ARR_CLIENT_CERT, identity.certificate.clone()));
    lines.push((&field::CLIENT_CERT, identity.byte_sequence.clone()));
    let caller = identity.caller.clone();
    lines.extend(caller.map(|caller| (&field::CALLER, caller)));
    let roles = identity.roles.clone();
    lines.extend(roles.map(|roles| (&field::ROLES, roles)));
    lines.push((&field::RULE, identity.rule.clone()));
    lines.push((&field::SHA256, identity.sha256.clone()));
    if principal == Principal::Certificate {
        let name = identity.caller.as_ref().unwrap_or(&identity.sha256);
        lines.push((&field::PRINCIPAL, identity.principal.clone()));
        lines.push((&field::PRINCIPAL_ID, identity.sha256.clone()));
        lines.push((&field::PRINCIPAL_IDP, HeaderValue::from_static(PROVIDER)));
        lines.push((&field::PRINCIPAL_NAME, name.clone()));
    }
}

fn of_call(outside: &Outside, lines: &mut Vec<(&'static Field, HeaderValue)>) {
    let client = outside
        .client
        .map(|client| header_text(&client.to_string()));
    lines.extend(client.map(|client| (&field::FORWARDED_FOR, client)));
    let host = outside.host_value();
    lines.extend(host.map(|host| (&field::FORWARDED_HOST, host)));
    lines.push((
        &field::FORWARDED_PROTO,
        HeaderValue::from_static(outside.scheme.as_str()),
    ));
    lines.push((&field::FORWARDED_PORT, outside.port().into()));
}
