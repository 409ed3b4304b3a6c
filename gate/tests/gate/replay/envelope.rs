//! Envelopes, member by member.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::headers::{CERTIFICATE, Line, OVER_TLS, fault as fault_of_headers};

/// Headers in an envelope.
struct Headers {
    at: &'static str,
    /// Whether a value is in a list, or a text.
    is_list: bool,
}

const HEADERS: [Headers; 2] = [
    Headers {
        at: "/Data/req/Headers",
        is_list: true,
    },
    Headers {
        at: "/Metadata/Headers",
        is_list: false,
    },
];

impl Headers {
    /// The headers that a member is.
    fn of(at: &str) -> Option<&'static Self> {
        HEADERS.iter().find(|headers| headers.at == at)
    }

    fn value(&self, value: &str) -> String {
        match self.is_list {
            true => format!("[\"{value}\"]"),
            false => format!("\"{value}\""),
        }
    }
}

/// An envelope whose request has this certificate, which came over TLS, in place of any other.
pub(super) fn with_certificate(envelope: &[u8], certificate: &str) -> Vec<u8> {
    let text = String::from_utf8(envelope.to_vec()).unwrap();
    carrying("", &text, certificate).into_bytes()
}

fn carrying(at: &str, text: &str, certificate: &str) -> String {
    if !leads_to_headers(at) {
        return text.to_owned();
    }
    let mut members = Members::of(text);
    match Headers::of(at) {
        Some(headers) => {
            for (name, value) in [(CERTIFICATE, certificate), OVER_TLS] {
                members
                    .0
                    .retain(|(found, _)| !found.eq_ignore_ascii_case(name));
                members.0.push((name.to_owned(), raw(headers.value(value))));
            }
        }
        None => {
            for (name, value) in &mut members.0 {
                *value = raw(carrying(&format!("{at}/{name}"), value.get(), certificate));
            }
        }
    }
    members.to_string()
}

/// The caller's address that App Service writes, in the request inside.
pub(super) fn client_ip(envelope: &[u8]) -> Option<String> {
    let envelope: serde_json::Value = serde_json::from_slice(envelope).unwrap();
    let address = envelope.pointer("/Data/req/Headers/CLIENT-IP/0")?;
    address.as_str().map(str::to_owned)
}

/// What is wrong with an envelope that arrived, with what the gate writes among the headers.
pub(super) fn fault(sent: &[u8], arrived: &[u8], written: &[(&str, String)]) -> Option<String> {
    let (sent, arrived) = (std::str::from_utf8(sent), std::str::from_utf8(arrived));
    fault_at("", sent.unwrap(), arrived.unwrap(), written)
}

fn fault_at(at: &str, sent: &str, arrived: &str, written: &[(&str, String)]) -> Option<String> {
    if !leads_to_headers(at) {
        return (sent != arrived).then(|| format!("{at} {sent} arrived as {arrived}"));
    }
    let (sent, arrived) = (Members::of(sent), Members::of(arrived));
    if let Some(headers) = Headers::of(at) {
        let written = written.iter();
        let written =
            written.map(|(name, value)| ((*name).to_owned(), headers.value(value).into_bytes()));
        let fault = fault_of_headers(
            &sent.lines(),
            &arrived.lines(),
            &written.collect::<Vec<_>>(),
        );
        return fault.map(|fault| format!("{at} {fault}"));
    }
    let (names, found) = (sent.names(), arrived.names());
    if names != found {
        return Some(format!("{at} has {found:?}, expected {names:?}"));
    }
    let mut pairs = sent.0.iter().zip(&arrived.0);
    pairs.find_map(|((name, sent), (_, arrived))| {
        fault_at(&format!("{at}/{name}"), sent.get(), arrived.get(), written)
    })
}

/// Whether a member is headers, or contains them.
fn leads_to_headers(at: &str) -> bool {
    let inside = format!("{at}/");
    HEADERS
        .iter()
        .any(|headers| headers.at == at || headers.at.starts_with(&inside))
}

/// The members of an object in their order, values as they are written.
struct Members(Vec<(String, Box<RawValue>)>);

impl Members {
    #[track_caller]
    fn of(text: &str) -> Self {
        serde_json::from_str(text).unwrap()
    }

    fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn lines(&self) -> Vec<Line> {
        let lines = self.0.iter();
        lines
            .map(|(name, value)| (name.clone(), value.get().as_bytes().to_vec()))
            .collect()
    }
}

fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).unwrap()
}

impl fmt::Display for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members = self.0.iter();
        let members = members.map(|(name, value)| format!("{}:{value}", serde_json::json!(name)));
        write!(f, "{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AllMembers)
    }
}

struct AllMembers;

impl<'de> Visitor<'de> for AllMembers {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}
