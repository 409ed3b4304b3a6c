//! Callers: who is admitted, with which roles, by which rules.

use std::fmt;
use std::str::FromStr;

use crate::rule::Rule;

/// Somebody who is admitted.
///
/// A certificate that satisfies any of the rules is this caller's. A certificate that satisfies rules of two callers is
/// refused: whose call it is would depend on the order of a file.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The name in the policy and in the log; `None` for the one caller that two flat lists describe.
    pub name: Option<CallerName>,
    /// What the caller may do. A caller without roles is admitted where a function requires none.
    pub roles: Vec<String>,
    /// The rules. A caller without rules admits nobody.
    pub rules: Vec<Rule>,
}

impl Caller {
    /// The caller that flat lists describe: without a name and without roles, each entry one of its rules.
    pub fn of_lists(rules: impl IntoIterator<Item = Rule>) -> Self {
        Self {
            name: None,
            roles: Vec::new(),
            rules: rules.into_iter().collect(),
        }
    }

    /// Whether the caller has one of these roles.
    pub(crate) fn has_any_role(&self, roles: &[String]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }
}

/// The longest name of a caller, in bytes: enough for a host name's label (RFC 1035, section 2.3.4), and short in every
/// line of the log.
pub const MAX_CALLER_NAME_BYTES: usize = 64;

/// The name of a caller: letters, digits, `.`, `_` and `-` of ASCII, so that it can stand in a header and in a line of the
/// log as it is.
///
/// ```
/// use client_cert::CallerName;
///
/// assert!("billing.partner-7".parse::<CallerName>().is_ok());
/// assert!("two words".parse::<CallerName>().is_err());
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CallerName(String);

impl CallerName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CallerName {
    type Err = CallerNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = (1..=MAX_CALLER_NAME_BYTES).contains(&text.len());
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        match fits && text.bytes().all(allowed) {
            true => Ok(Self(text.to_owned())),
            false => Err(CallerNameError),
        }
    }
}

impl fmt::Display for CallerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot be the name of a caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct CallerNameError;

impl fmt::Display for CallerNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected 1 to {MAX_CALLER_NAME_BYTES} of the characters A-Z, a-z, 0-9, '.', '_' and '-'"
        )
    }
}

impl std::error::Error for CallerNameError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_stand_in_a_header_as_it_is() {
        let longest = "a".repeat(MAX_CALLER_NAME_BYTES);
        let too_long = "a".repeat(MAX_CALLER_NAME_BYTES + 1);
        for (text, taken) in [
            ("billing", true),
            ("Billing.eu-1_b", true),
            ("billing@partner.example", false),
            ("~!", false),
            (longest.as_str(), true),
            (too_long.as_str(), false),
            ("", false),
            ("two words", false),
            ("line\n", false),
            ("m\u{fc}ller", false),
        ] {
            assert_eq!(text.parse::<CallerName>().is_ok(), taken, "{text:?}");
        }
    }
}
