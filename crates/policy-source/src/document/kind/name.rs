//! Names of callers, roles and trust domains.

use std::str::FromStr;

use client_cert::{CallerName, DomainName, RoleName};

use crate::document::shown::shown_value;
use crate::document::text::{Mistake, TextKind};

const EXPECTED: &str = "a name of 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-'";

/// The grammar of all three.
pub(in crate::document) const PATTERN: &str = "^[A-Za-z0-9._-]{1,64}$";

fn read<T: FromStr>(text: &str) -> Result<T, Mistake> {
    text.parse().map_err(|_| Mistake::Found(shown_value(text)))
}

/// The name of a caller.
pub enum CallerKind {}

impl TextKind for CallerKind {
    type Value = CallerName;
    const EXPECTED: &'static str = EXPECTED;
    const PATTERN: &'static str = PATTERN;
    const EXAMPLES: &'static [&'static str] = &["billing"];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        read(text)
    }
}

/// The name of a role.
pub enum RoleKind {}

impl TextKind for RoleKind {
    type Value = RoleName;
    const EXPECTED: &'static str = EXPECTED;
    const PATTERN: &'static str = PATTERN;
    const EXAMPLES: &'static [&'static str] = &["invoices.read"];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        read(text)
    }
}

/// The name of a trust domain.
pub enum DomainKind {}

impl TextKind for DomainKind {
    type Value = DomainName;
    const EXPECTED: &'static str = EXPECTED;
    const PATTERN: &'static str = PATTERN;
    const EXAMPLES: &'static [&'static str] = &["partners"];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        read(text)
    }
}
