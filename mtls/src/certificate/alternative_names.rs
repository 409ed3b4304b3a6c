//! The subject alternative names that a certificate carries, sorted by type for reading.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use x509_parser::extensions::GeneralName;
use x509_parser::oid_registry::Oid;

use super::distinguished_name::{hexadecimal, text, visible};

/// Subject alternative names by type.
#[derive(Debug, Default, Serialize)]
pub(crate) struct AlternativeNames {
    pub(crate) dns: Vec<String>,
    pub(crate) ip: Vec<String>,
    pub(crate) uri: Vec<String>,
    pub(crate) email: Vec<String>,
    /// Microsoft's user principal name.
    pub(crate) upn: Vec<String>,
    pub(crate) directory: Vec<String>,
    pub(crate) other: Vec<String>,
}

impl AlternativeNames {
    /// Sorts one name in.
    pub(super) fn add(&mut self, name: &GeneralName<'_>) {
        match name {
            GeneralName::DNSName(name) => self.dns.push(visible(name)),
            GeneralName::IPAddress(bytes) => self.ip.push(address(bytes)),
            GeneralName::URI(uri) => self.uri.push(visible(uri)),
            GeneralName::RFC822Name(address) => self.email.push(visible(address)),
            GeneralName::DirectoryName(name) => self.directory.push(text(name)),
            GeneralName::OtherName(oid, value) => match user_principal_name(oid, value) {
                Some(upn) => self.upn.push(visible(upn)),
                None => self.other.push(oid.to_id_string()),
            },
            GeneralName::RegisteredID(oid) => self.other.push(oid.to_id_string()),
            GeneralName::X400Address(_) => self.other.push("X.400 address".to_owned()),
            GeneralName::EDIPartyName(_) => self.other.push("EDI party name".to_owned()),
            GeneralName::Invalid(_, bytes) => {
                self.other
                    .push(format!("malformed: {}", hexadecimal(bytes)));
            }
        }
    }

    /// The types that there are, as people call them.
    pub(super) fn by_type(&self) -> impl Iterator<Item = (&'static str, &Vec<String>)> {
        [
            ("DNS", &self.dns),
            ("IP", &self.ip),
            ("URI", &self.uri),
            ("mail", &self.email),
            ("UPN", &self.upn),
            ("directory", &self.directory),
            ("other", &self.other),
        ]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
    }
}

fn address(bytes: &[u8]) -> String {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        Ipv4Addr::from(v4).to_string()
    } else if let Ok(v6) = <[u8; 16]>::try_from(bytes) {
        Ipv6Addr::from(v6).to_string()
    } else {
        format!("malformed: {}", hexadecimal(bytes))
    }
}

/// `[0] { UTF8String }` with short lengths; a longer one is shown as its type alone.
fn user_principal_name<'a>(oid: &Oid<'_>, value: &'a [u8]) -> Option<&'a str> {
    const USER_PRINCIPAL_NAME: &str = "1.3.6.1.4.1.311.20.2.3";
    match value {
        [0xa0, _, 0x0c, length @ 0..0x80, name @ ..]
            if oid.to_id_string() == USER_PRINCIPAL_NAME && name.len() == usize::from(*length) =>
        {
            std::str::from_utf8(name).ok()
        }
        _ => None,
    }
}
