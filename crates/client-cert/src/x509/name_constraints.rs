//! nameConstraints (RFC 5280, section 4.2.1.10), applied to the common name.

use x509_parser::extensions::{self as parsed, GeneralName};

/// The part of `nameConstraints` that a subject could escape: DNS names, in lower case, and mail addresses.
///
/// The path validator enforces all of it on alternative names. This is for a common name, which RFC 5280 does not
/// constrain, so that it would escape every constraint.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NameConstraints {
    permitted: Vec<String>,
    excluded: Vec<String>,
    /// Whether it constrains mail addresses. To which is not read: then no subject may have one.
    pub(crate) of_mail: bool,
}

impl NameConstraints {
    pub(super) fn new(constraints: &parsed::NameConstraints<'_>) -> Self {
        let names = |subtrees: &Option<Vec<parsed::GeneralSubtree<'_>>>| {
            let subtrees = subtrees.iter().flatten();
            let names = subtrees.filter_map(|subtree| match &subtree.base {
                GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
                _ => None,
            });
            names.collect()
        };
        Self {
            permitted: names(&constraints.permitted_subtrees),
            excluded: names(&constraints.excluded_subtrees),
            of_mail: [
                &constraints.permitted_subtrees,
                &constraints.excluded_subtrees,
            ]
            .into_iter()
            .flatten()
            .flatten()
            .any(|subtree| matches!(subtree.base, GeneralName::RFC822Name(_))),
        }
    }

    /// Whether a name, taken for a DNS name, is one that may be issued.
    pub(crate) fn allow(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let within = |subtree: &String| is_within(&name, subtree);
        (self.permitted.is_empty() || self.permitted.iter().any(within))
            && !self.excluded.iter().any(within)
    }
}

/// Whether a DNS name is the base of a subtree or lies below it.
fn is_within(name: &str, subtree: &str) -> bool {
    let base = subtree.strip_prefix('.').unwrap_or(subtree);
    base.is_empty()
        || (name == base && base.len() == subtree.len())
        || name
            .strip_suffix(base)
            .is_some_and(|rest| rest.ends_with('.'))
}
