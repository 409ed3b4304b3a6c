//! User principal names, by which Windows knows who holds a certificate.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::invisible::is_invisible;
use crate::syntax_error::SyntaxError;

/// A user principal name, such as `jane@corp.example`: the `otherName` 1.3.6.1.4.1.311.20.2.3 with a UTF8String.
///
/// Compared without the case of ASCII letters, on both sides of the `@`, and exactly otherwise. Active Directory compares the
/// attribute `userPrincipalName` without case (MS-ADTS, section 3.1.1.2.2.4.10, `String(Unicode)`), by the sort tables of the
/// Windows version, which treat further characters as equal. To follow it beyond ASCII would admit names that other
/// systems take for different ones; a name that has such letters is listed as the certificate writes it.
#[derive(Clone, Debug)]
pub struct UserPrincipalName(String);

/// `rangeUpper` of the attribute `userPrincipalName` in Active Directory's schema (MS-ADA3).
const MAX_NAME_CHARACTERS: usize = 1024;

impl UserPrincipalName {
    /// Whether a user principal name of a certificate fits.
    pub fn matches(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name)
    }
}

impl PartialEq for UserPrincipalName {
    fn eq(&self, other: &Self) -> bool {
        self.matches(&other.0)
    }
}

impl Eq for UserPrincipalName {}

impl Hash for UserPrincipalName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_ascii_lowercase().hash(state);
    }
}

/// The name as it was written.
impl fmt::Display for UserPrincipalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UserPrincipalName {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "a user principal name, such as jane@corp.example";
        if let Some(fault) = text.find(|c: char| is_invisible(c) || c.is_whitespace()) {
            return Err(SyntaxError::at(EXPECTED, text, fault));
        }
        let count = text.chars().count();
        if count > MAX_NAME_CHARACTERS {
            return Err(SyntaxError::new(
                "a user principal name of at most 1024 characters",
                format!("{count} characters"),
            ));
        }
        match text.rsplit_once('@') {
            Some(("", _)) | Some((_, "")) => {
                Err(SyntaxError::new(EXPECTED, "nothing on one side of the '@'"))
            }
            None => Err(SyntaxError::new(EXPECTED, "no '@'")),
            Some(_) => Ok(Self(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_case_of_ascii_letters_is_left_out() {
        let jane: UserPrincipalName = "Jane.M\u{fc}ller@corp.example".parse().unwrap();
        for (name, expected) in [
            ("Jane.M\u{fc}ller@corp.example", true),
            ("jane.m\u{fc}LLER@CORP.example", true),
            ("jane.m\u{dc}ller@corp.example", false),
            ("jane.muller@corp.example", false),
            ("jane.m\u{fc}ller@corp.example ", false),
            ("jane.m\u{fc}ller", false),
            ("", false),
        ] {
            assert_eq!(jane.matches(name), expected, "{name:?}");
        }
        let same: UserPrincipalName = "jane.m\u{fc}ller@CORP.example".parse().unwrap();
        assert_eq!(jane, same);
        assert_ne!(jane, "joe@corp.example".parse().unwrap());
        assert!(std::collections::HashSet::from([jane]).contains(&same));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            "jane",
            "@corp.example",
            "jane@",
            "jane doe@x",
            "jane\u{200b}@x",
            "jane@x\n",
        ] {
            assert!(text.parse::<UserPrincipalName>().is_err(), "{text:?}");
        }
        for (length, expected) in [(1024, true), (1025, false)] {
            let name = format!("{}@x", "a".repeat(length - 2));
            assert_eq!(
                name.parse::<UserPrincipalName>().is_ok(),
                expected,
                "{length}"
            );
        }
    }
}
