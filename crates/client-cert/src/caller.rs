//! Callers: who is admitted, with which roles, by which rules.

use crate::policy_name::{CallerName, RoleName};
use crate::rule::Rule;
use crate::window::Window;

/// Somebody who is admitted.
///
/// A certificate that satisfies any of the rules is this caller's. A certificate that satisfies rules of two callers is
/// refused: whose call it is would depend on the order of a file.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The name in the policy and in the log; `None` for the one caller that two flat lists describe.
    pub name: Option<CallerName>,
    /// What the caller may do. A caller without roles is admitted where a function requires none.
    pub roles: Vec<RoleName>,
    /// When the rules count; each may narrow it further.
    pub window: Window,
    /// The rules. A caller without rules admits nobody.
    pub rules: Vec<Rule>,
}

impl Caller {
    /// The caller that flat lists describe: without a name and without roles, each entry one of its rules.
    pub fn of_lists(rules: impl IntoIterator<Item = Rule>) -> Self {
        Self {
            rules: rules.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Whether the caller has one of these roles.
    pub(crate) fn has_any_role(&self, roles: &[RoleName]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }
}
