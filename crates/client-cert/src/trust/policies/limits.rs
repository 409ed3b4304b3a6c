//! The state variables of a path that count down from certificate to certificate (RFC 5280, section 6.1.2).

use crate::x509::PolicyExtensions;

/// After how many further certificates something holds; `None` for never.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limit(Option<u32>);

impl Limit {
    pub(super) fn is_reached(self) -> bool {
        self.0 == Some(0)
    }

    pub(super) fn count(&mut self) {
        self.0 = self.0.map(|left| left.saturating_sub(1));
    }

    pub(super) fn lower(&mut self, to: Option<u32>) {
        self.0 = [self.0, to].into_iter().flatten().min();
    }
}

/// The state variables of section 6.1.2 (d) to (f).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Limits {
    pub(super) explicit: Limit,
    pub(super) mapping: Limit,
    pub(super) any: Limit,
}

impl Limits {
    pub(super) fn count(&mut self) {
        self.explicit.count();
        self.mapping.count();
        self.any.count();
    }

    pub(super) fn lower(&mut self, by: &PolicyExtensions) {
        self.explicit.lower(by.require_explicit_policy);
        self.mapping.lower(by.inhibit_policy_mapping);
        self.any.lower(by.inhibit_any_policy);
    }
}
