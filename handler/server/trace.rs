//! The identifiers that a request carries. All of them are untrusted text until they have been read here.

use http::{HeaderMap, HeaderValue};
use uuid::Uuid;

use crate::host::contract;

/// The host's id of an invocation, in lower case, or a fresh one where the host sent none.
///
/// The host appends its id to what a caller wrote into the same header, so the last part counts.
pub(super) fn invocation_id(headers: &HeaderMap) -> String {
    headers
        .get_all(contract::INVOCATION_ID_HEADER)
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .and_then(|last| guid(last.trim()))
        .unwrap_or_else(Uuid::new_v4)
        .hyphenated()
        .to_string()
}

/// A GUID in the one form that the host writes (`D`: hyphens, no braces).
fn guid(text: &str) -> Option<Uuid> {
    /// 32 digits and four hyphens.
    const LENGTH: usize = 36;
    (text.len() == LENGTH)
        .then(|| Uuid::try_parse(text).ok())
        .flatten()
}

/// A well-formed `traceparent` (W3C Trace Context, section 3.2), version 00.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct TraceParent<'a>(&'a str);

impl<'a> TraceParent<'a> {
    pub(super) fn from_headers(headers: &'a HeaderMap) -> Option<Self> {
        let mut values = headers.get_all("traceparent").iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Self::parse(value),
            _ => None,
        }
    }

    fn parse(value: &'a HeaderValue) -> Option<Self> {
        let text = value.to_str().ok()?;
        let mut parts = text.split('-');
        let fields = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
        let lengths = [2, 32, 16, 2];
        let is_hex = |field: &str| {
            field
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        let is_zero = |field: &str| field.bytes().all(|byte| byte == b'0');
        let well_formed = parts.next().is_none()
            && fields
                .iter()
                .zip(lengths)
                .all(|(field, length)| field.len() == length && is_hex(field))
            && fields[0] == "00"
            && !is_zero(fields[1])
            && !is_zero(fields[2]);
        well_formed.then_some(Self(text))
    }

    /// The whole value.
    pub(super) fn as_str(self) -> &'a str {
        self.0
    }

    /// The trace id: 32 hexadecimal digits.
    pub(super) fn trace_id(self) -> &'a str {
        self.0.split('-').nth(1).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11";

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn the_host_wrote_the_last_part_of_the_invocation_id() {
        let upper = ID.to_uppercase();
        let id = |values: &[&str]| invocation_id(&headers(contract::INVOCATION_ID_HEADER, values));
        for values in [
            &[ID][..],
            &["evil, 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11"],
            &["evil", ID],
            &[&upper],
        ] {
            assert_eq!(id(values), ID, "{values:?}");
        }
        let braces = format!("{{{ID}}}");
        let simple = ID.replace('-', "");
        for values in [
            &[][..],
            &["evil"],
            &[ID, "evil"],
            &[&braces],
            &[&simple],
            &[""],
        ] {
            let fresh = id(values);
            assert_eq!(fresh.len(), ID.len(), "{values:?}");
            assert_ne!(fresh, ID, "{values:?}");
        }
    }

    #[test]
    fn a_trace_is_taken_only_if_it_is_well_formed() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let trace = |value: &str| {
            TraceParent::from_headers(&headers("traceparent", &[value]))
                .map(|trace| trace.trace_id().to_owned())
        };
        assert_eq!(
            trace(good).as_deref(),
            Some("0af7651916cd43dd8448eb211c80319c")
        );
        let bad = [
            "",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "\"}{evil",
        ];
        for value in bad {
            assert_eq!(trace(value), None, "{value}");
        }
        assert_eq!(
            TraceParent::from_headers(&headers("traceparent", &[good, good])),
            None
        );
    }
}
