//! Permits for unit tests of secured functions. Behind the feature `test-util`, which no deployed binary enables.

use std::sync::Arc;

use crate::caller::Caller;
use crate::listing::Listing;
use crate::permit::{Admitted, Permit, Principal};
use crate::policy_name::{CallerName, RoleName};
use crate::revocation::Revocation;
use crate::rule::Rule;

/// A permit in the making: see [`Permit::for_tests`].
#[derive(Clone, Debug)]
pub struct PermitBuilder {
    common_name: String,
    caller: Caller,
}

impl Permit {
    /// A permit without a decision, for unit tests of secured functions: the certificate is made up, and pinned.
    ///
    /// ```
    /// use client_cert::Permit;
    ///
    /// let auditor = "auditor".parse().unwrap();
    /// let permit = Permit::for_tests("partner").role(auditor).build();
    /// assert_eq!(permit.principal().common_name(), Some("partner"));
    /// assert_eq!(permit.roles()[0].as_str(), "auditor");
    /// ```
    pub fn for_tests(common_name: impl Into<String>) -> PermitBuilder {
        PermitBuilder {
            common_name: common_name.into(),
            caller: Caller::default(),
        }
    }
}

impl PermitBuilder {
    /// With the name of the caller in the policy.
    #[must_use]
    pub fn caller(mut self, name: CallerName) -> Self {
        self.caller.name = Some(name);
        self
    }

    /// With one more role.
    #[must_use]
    pub fn role(mut self, role: RoleName) -> Self {
        self.caller.roles.push(role);
        self
    }

    /// The permit.
    pub fn build(mut self) -> Permit {
        let principal = Principal::made_up(self.common_name);
        let rule = Rule::pin(principal.sha256());
        self.caller.rules.push(rule.clone());
        let listing = Listing {
            place: 0,
            caller: Arc::new(self.caller),
            rule,
        };
        let validity = principal.validity();
        let admitted = Admitted::new(
            principal,
            Arc::new(listing),
            validity,
            Revocation::NotConfigured,
            None,
        );
        Permit::new(Arc::new(admitted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_is_what_the_builder_was_given() {
        let name: CallerName = "billing".parse().unwrap();
        let permit = Permit::for_tests("partner")
            .caller(name.clone())
            .role("auditor".parse().unwrap())
            .role("clerk".parse().unwrap())
            .build();
        assert_eq!(permit.caller(), Some(&name));
        let roles: Vec<&str> = permit.roles().iter().map(RoleName::as_str).collect();
        assert_eq!(roles, ["auditor", "clerk"]);
        assert_eq!(permit.principal().subject(), "CN=partner");
        assert_eq!(
            permit.rule().to_string(),
            format!("pin {}", permit.principal().sha256())
        );
    }
}
