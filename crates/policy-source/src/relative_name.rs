//! Names of files beside a document.

use std::fmt;
use std::str::FromStr;

use client_cert::is_invisible;

/// The longest name, in characters: the most that a blob's name may have (Azure Storage, "Naming and referencing containers,
/// blobs, and metadata").
const MAX_CHARACTERS: usize = 1_024;

/// A file in the document's folder or in a folder below it, such as `trust/partners-root.pem`.
///
/// The parts are separated by `/`, whatever the system. There is no absolute name, no `.`, no `..` and no character that one
/// system or a URL takes for something else, so that the name means one file on a disk and in a container of blobs alike.
///
/// ```
/// use policy_source::RelativeName;
///
/// assert!("trust/partners-root.pem".parse::<RelativeName>().is_ok());
/// assert!("../root.pem".parse::<RelativeName>().is_err());
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RelativeName(String);

impl RelativeName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RelativeName {
    type Err = RelativeNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.chars().count() > MAX_CHARACTERS {
            return Err(RelativeNameError::TooLong);
        }
        if text.starts_with('/') {
            return Err(RelativeNameError::Absolute);
        }
        let forbidden = |c: char| is_invisible(c) || "\\:*?\"<>|#%".contains(c);
        if text.contains(forbidden) {
            return Err(RelativeNameError::Character);
        }
        match text
            .split('/')
            .find(|part| matches!(*part, "" | "." | ".."))
        {
            None => Ok(Self(text.to_owned())),
            Some("") => Err(RelativeNameError::EmptyPart),
            Some(_) => Err(RelativeNameError::Dots),
        }
    }
}

impl fmt::Display for RelativeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no name of a file beside a document. The text says what was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RelativeNameError {
    /// It begins with `/`.
    Absolute,
    /// It has a part that is `.` or `..`.
    Dots,
    /// It is empty, or two separators follow one another, or it ends with one.
    EmptyPart,
    /// It has a character that one system or a URL takes for something else, or an invisible one.
    Character,
    /// It has more than 1,024 characters.
    TooLong,
}

impl fmt::Display for RelativeNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absolute => "an absolute name",
            Self::Dots => "a name with the part \".\" or \"..\"",
            Self::EmptyPart => "a name with an empty part",
            Self::Character => "a name with an invisible character or one of \\ : * ? \" < > | # %",
            Self::TooLong => "a name of more than 1024 characters",
        })
    }
}

impl std::error::Error for RelativeNameError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_its_folder_on_every_system() {
        use RelativeNameError::{Absolute, Character, Dots, EmptyPart, TooLong};
        let long = "a".repeat(MAX_CHARACTERS + 1);
        for (text, expected) in [
            ("root.pem", Ok(())),
            ("trust/a b/Zo\u{eb}.pem", Ok(())),
            ("..root/root..pem", Ok(())),
            ("", Err(EmptyPart)),
            ("/etc/passwd", Err(Absolute)),
            ("//server/share", Err(Absolute)),
            ("\\\\server\\share", Err(Character)),
            ("C:\\root.pem", Err(Character)),
            ("file:root.pem", Err(Character)),
            ("..", Err(Dots)),
            ("../root.pem", Err(Dots)),
            ("trust/../../root.pem", Err(Dots)),
            ("./root.pem", Err(Dots)),
            ("trust//root.pem", Err(EmptyPart)),
            ("trust/", Err(EmptyPart)),
            ("a\0b", Err(Character)),
            ("a\u{202E}b", Err(Character)),
            ("%2e%2e/root.pem", Err(Character)),
            ("root.pem?sv=1", Err(Character)),
            (long.as_str(), Err(TooLong)),
        ] {
            assert_eq!(text.parse::<RelativeName>().map(drop), expected, "{text:?}");
        }
    }
}
