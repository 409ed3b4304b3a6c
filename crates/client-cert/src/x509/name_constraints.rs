//! nameConstraints: the names that an authority may issue (RFC 5280, section 4.2.1.10).

use std::fmt;

use super::constrained_names::{ConstrainedNames, of_common_name};
use super::der::{Element, elements, sequence};
use super::name_form::NameForm;
use super::subtree::{Presented, Subtree};

/// `nameConstraints`: subtrees of names that are permitted, and others that are excluded.
///
/// A name of a form for which subtrees are permitted must lie in one of them, and no name may lie in an excluded one. DNS
/// names, mail addresses, URIs, IP addresses and directory names are compared. A constraint on another form, one that
/// cannot be read, and one with a minimum or maximum refuse every name of that form and no other name, critical or not.
/// So does a DNS constraint with a leading dot: RFC 5280 gives it no meaning, and what other validators make of it excludes
/// less than its author may believe.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NameConstraints {
    permitted: Vec<Subtree>,
    excluded: Vec<Subtree>,
}

/// How many comparisons one certificate may cost under one authority: the limit of Go's `crypto/x509`
/// (`maxConstraintComparisons`) and of `rustls-webpki`, since CVE-2018-16875.
const MAX_COMPARISONS: usize = 250_000;

impl NameConstraints {
    /// Reads the extension's value; `None` if it is anything else, or constrains nothing.
    pub(super) fn read(value: &[u8]) -> Option<Self> {
        let (permitted, excluded) = match sequence(value)?.as_slice() {
            [permitted, excluded] if permitted.is_context(0) && excluded.is_context(1) => {
                (subtrees(permitted)?, subtrees(excluded)?)
            }
            [permitted] if permitted.is_context(0) => (subtrees(permitted)?, Vec::new()),
            [excluded] if excluded.is_context(1) => (Vec::new(), subtrees(excluded)?),
            _ => return None,
        };
        Some(Self {
            permitted,
            excluded,
        })
    }

    /// Whether a certificate with these names may be issued. Its common name is not weighed: see
    /// [`Self::allow_common_name`].
    pub(crate) fn allow(&self, names: &ConstrainedNames<'_>) -> Result<(), NameViolation> {
        let bases = self.permitted.len().saturating_add(self.excluded.len());
        let mut left = MAX_COMPARISONS;
        for name in names.iter() {
            left = left.checked_sub(bases).ok_or(NameViolation::TooMany)?;
            self.allow_one(&name)?;
        }
        Ok(())
    }

    /// Whether a common name may be issued: as each form of name that it has the form of.
    pub(crate) fn allow_common_name(&self, name: &str) -> Result<(), NameViolation> {
        let forms = of_common_name(name);
        forms.iter().try_for_each(|name| self.allow_one(name))
    }

    fn allow_one(&self, name: &Presented<'_>) -> Result<(), NameViolation> {
        let form = name.form();
        let of_form = |subtree: &&Subtree| subtree.form() == form;
        let mut all = self.permitted.iter().chain(&self.excluded).filter(of_form);
        let unusable = |subtree: &Subtree| matches!(subtree, Subtree::Unusable(_));
        if all.clone().next().is_none() {
            Ok(())
        } else if all.any(unusable) {
            Err(NameViolation::Unusable(form))
        } else if matches!(name, Presented::Unreadable(_)) {
            Err(NameViolation::Unreadable(form))
        } else if self.excluded.iter().any(|subtree| subtree.touches(name)) {
            Err(NameViolation::Excluded(form))
        } else {
            let mut permitted = self.permitted.iter().filter(of_form).peekable();
            let free = permitted.peek().is_none();
            match free || permitted.any(|subtree| subtree.contains(name)) {
                true => Ok(()),
                false => Err(NameViolation::NotPermitted(form)),
            }
        }
    }
}

/// The subtrees of one side: one at least.
fn subtrees(side: &Element<'_>) -> Option<Vec<Subtree>> {
    let list = elements(side.content())?;
    let list: Option<Vec<Subtree>> = list.iter().map(Subtree::read).collect();
    list.filter(|list| !list.is_empty())
}

/// Why an authority may not issue the names of a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NameViolation {
    /// A name of this form in none of the permitted subtrees.
    NotPermitted(NameForm),
    /// A name of this form in an excluded subtree, or one that could be.
    Excluded(NameForm),
    /// A name of this form that cannot be read, or compared.
    Unreadable(NameForm),
    /// A constraint on this form that cannot be applied.
    Unusable(NameForm),
    /// More names and constraints than are compared.
    TooMany,
}

impl fmt::Display for NameViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPermitted(form) => write!(f, "a {form} outside the permitted subtrees"),
            Self::Excluded(form) => write!(f, "a {form} in an excluded subtree"),
            Self::Unreadable(form) => write!(f, "a {form} that cannot be compared with them"),
            Self::Unusable(form) => write!(f, "a {form} under a constraint that cannot be applied"),
            Self::TooMany => f.write_str("more names than are compared with them"),
        }
    }
}

#[cfg(test)]
mod tests;
