//! Mail addresses, as certificates and rules write them.

use std::fmt;
use std::str::FromStr;

use super::dns_name::DnsName;
use crate::syntax_error::SyntaxError;

/// A mail address: a local part of ASCII and a host that is a DNS name.
///
/// Two are equal if their local parts are, case and all, and their hosts are but for the case of ASCII letters (RFC 5280,
/// section 7.5). Quoted local parts, address literals and comments are not supported; nor are internationalized local parts,
/// which certificates do not hold as mail addresses but as `SmtpUTF8Mailbox` (RFC 9598).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct MailAddress {
    local: String,
    host: DnsName,
}

/// RFC 5321, section 4.5.3.1.1.
const MAX_LOCAL_BYTES: usize = 64;

impl MailAddress {
    pub(super) fn host(&self) -> &DnsName {
        &self.host
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.host)
    }
}

impl FromStr for MailAddress {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((local, host)) = text.split_once('@') else {
            return Err(SyntaxError::new("a mail address with an '@'", "none"));
        };
        check_local(text, local)?;
        let before = text.strip_suffix(host).unwrap_or(text);
        let host = host
            .parse()
            .map_err(|error: SyntaxError| error.behind(before))?;
        Ok(Self {
            local: local.to_owned(),
            host,
        })
    }
}

/// `Dot-string` of RFC 5321, section 4.1.2: atoms of `atext` with single dots between them.
fn check_local(text: &str, local: &str) -> Result<(), SyntaxError> {
    const ATOM: &str = "a local part of letters, digits and !#$%&'*+-/=?^_`{|}~ in a mail address, with single dots \
                        inside (quoted local parts are not supported)";
    let part = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    if let Some(fault) = local.find(|c| !part(c)) {
        return Err(SyntaxError::at(ATOM, text, fault));
    }
    if local.split('.').any(str::is_empty) {
        return Err(SyntaxError::new(ATOM, "an empty part"));
    }
    match local.len() > MAX_LOCAL_BYTES {
        true => Err(SyntaxError::new(
            "a local part of at most 64 bytes in a mail address",
            format!("{} bytes", local.len()),
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_part_is_exact_and_the_host_is_not() {
        let read = |text: &str| text.parse::<MailAddress>();
        assert_eq!(read("jane@Partner.Example"), read("jane@partner.example"));
        assert_ne!(read("Jane@partner.example"), read("jane@partner.example"));
        assert_eq!(read("a.b+c@x").unwrap().to_string(), "a.b+c@x");
        assert_eq!(read("**@x").unwrap().to_string(), "**@x");
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_place() {
        for (text, position) in [
            ("", None),
            ("jane", None),
            ("@partner.example", None),
            ("a..b@x", None),
            ("jane@", Some(6)),
            ("jane@a@b", Some(7)),
            ("jane doe@x", Some(5)),
            ("\"jane\"@x", Some(1)),
            ("jane@[10.0.0.1]", Some(6)),
            ("j\u{fc}rgen@x", Some(2)),
            ("jane@*.x", Some(6)),
            ("jane@10.0.0.1", None),
        ] {
            let error = text.parse::<MailAddress>().unwrap_err();
            assert_eq!(error.position(), position, "{text}: {error}");
        }
        for (length, expected) in [(64, true), (65, false)] {
            let address = format!("{}@x", "a".repeat(length)).parse::<MailAddress>();
            assert_eq!(address.is_ok(), expected, "{length}");
        }
    }
}
