//! A caller: who is admitted, with which roles, by which rules.

use std::collections::BTreeMap;

use jsonc_parser::ast::Value as Node;
use schemars::JsonSchema;

use super::finding::Findings;
use super::kind::{CallerKind, Instant, RoleKind};
use super::place::Place;
use super::reader::{Fields, Read};
use super::rule::RuleEntry;
use super::shown::shown_name;
use super::text::Text;
use super::window::read_window;

/// A caller: whoever presents a certificate that satisfies any of the rules.
///
/// A certificate that satisfies rules of two callers is refused.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallerEntry {
    /// Where it is.
    #[schemars(skip)]
    pub place: Place,
    /// The name, in the log and for functions: letters, digits, `.`, `_` and `-`.
    pub name: Text<CallerKind>,
    /// What the caller may do. A caller without roles is admitted where a function requires none.
    #[schemars(default, extend("uniqueItems" = true))]
    pub roles: Vec<Text<RoleKind>>,
    /// The rules: a certificate that satisfies any of them is this caller's. A caller without rules admits nobody.
    pub any: Vec<RuleEntry>,
    /// The first instant at which the caller is admitted; from always without it.
    pub not_before: Option<Text<Instant>>,
    /// The first instant at which the caller is no longer admitted; for ever without it.
    pub until: Option<Text<Instant>>,
}

const KEYS: &[&str] = &["name", "roles", "any", "notBefore", "until"];

impl Read for CallerEntry {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut fields = Fields::of(node, "a caller", KEYS, findings)?;
        let name = fields.required("name");
        let roles: Vec<Text<RoleKind>> = fields.optional("roles").unwrap_or_default();
        repeated_roles(&roles, fields.findings());
        let any = fields.required("any");
        let (not_before, until) = read_window(&mut fields);
        Some(Self {
            place: fields.place(),
            name: name?,
            roles,
            any: any.unwrap_or_default(),
            not_before,
            until,
        })
    }
}

fn repeated_roles(roles: &[Text<RoleKind>], findings: &mut Findings) {
    let mut known = BTreeMap::new();
    for role in roles {
        if let Some(first) = known.insert(&role.value, role.place) {
            let role_name = shown_name(&role.value.to_string());
            findings.add_pair(
                role.place,
                first,
                format!("expected each role once, found {role_name} twice; remove one"),
            );
        }
    }
}
