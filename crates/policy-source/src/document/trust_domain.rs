//! A trust domain: the authorities that may issue one set of names.

use jsonc_parser::ast::Value as Node;
use schemars::JsonSchema;

use super::finding::Findings;
use super::kind::{CrlSourceKind, File};
use super::place::Place;
use super::reader::{Fields, NonEmpty, Read, mistaken};
use super::text::Text;

/// The authorities that may issue one set of names. A domain admits nobody by itself: rules name it.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrustDomainEntry {
    /// Where it is.
    #[schemars(skip)]
    pub place: Place,
    /// Files with certificates of authorities that are trusted, PEM or DER, relative to this document.
    #[schemars(length(min = 1))]
    pub anchors: Vec<Text<File>>,
    /// Files with certificates of authorities between the anchors and the callers, and of those that sign revocation lists alone.
    /// App Service does not forward them. They are not trusted by themselves.
    #[schemars(default)]
    pub intermediates: Vec<Text<File>>,
    /// Whether anchors of version 1, or without basicConstraints, are accepted, as old private authorities made them.
    #[schemars(default)]
    pub legacy_roots: bool,
    /// How revoked certificates are recognized. Without it, revocation is not looked up.
    pub revocation: Option<RevocationEntry>,
}

const KEYS: &[&str] = &["anchors", "intermediates", "legacyRoots", "revocation"];

impl Read for TrustDomainEntry {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut fields = Fields::of(node, "a trust domain", KEYS, findings)?;
        let anchors: Option<NonEmpty<_>> = fields.required("anchors");
        let intermediates = fields.optional("intermediates").unwrap_or_default();
        let legacy_roots = fields.optional("legacyRoots").unwrap_or_default();
        let revocation = fields.optional("revocation");
        Some(Self {
            place: fields.place(),
            anchors: anchors?.0,
            intermediates,
            legacy_roots,
            revocation,
        })
    }
}

/// Certificate revocation lists of a domain, and what happens where they say nothing.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RevocationEntry {
    /// Where it is.
    #[schemars(skip)]
    pub place: Place,
    /// Files relative to this document, or `https` or `http` URLs, PEM or DER. A URL in a certificate is never fetched.
    #[schemars(length(min = 1))]
    pub crls: Vec<Text<CrlSourceKind>>,
    /// What happens to a certificate whose issuer has no usable list.
    #[schemars(default)]
    pub unknown: OnUncertain,
    /// What happens to a certificate whose issuer's list is past its nextUpdate.
    #[schemars(default)]
    pub stale: OnUncertain,
}

impl Read for RevocationEntry {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut fields = Fields::of(node, "revocation", &["crls", "unknown", "stale"], findings)?;
        let crls: Option<NonEmpty<_>> = fields.required("crls");
        let unknown = fields.optional("unknown").unwrap_or_default();
        let stale = fields.optional("stale").unwrap_or_default();
        Some(Self {
            place: fields.place(),
            crls: crls?.0,
            unknown,
            stale,
        })
    }
}

/// What happens to a certificate whose revocation is uncertain.
#[derive(Clone, Copy, Debug, Default, Eq, JsonSchema, PartialEq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OnUncertain {
    /// It is refused.
    #[default]
    Deny,
    /// It is admitted, and the log says so.
    Allow,
}

impl Read for OnUncertain {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        match node.as_string_lit().map(|literal| literal.value.as_ref()) {
            Some("deny") => Some(Self::Deny),
            Some("allow") => Some(Self::Allow),
            _ => mistaken(node, "\"deny\" or \"allow\"", findings),
        }
    }
}
