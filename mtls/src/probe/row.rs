//! One check with its result.

/// One check with its result.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Row {
    pub(super) check: String,
    pub(super) expected: &'static str,
    pub(super) seen: String,
    pub(super) verdict: Verdict,
    /// What to do, if something is.
    pub(super) advice: Option<&'static str>,
}

/// Whether a row is as it should be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// As it should be.
    Fine,
    /// Worth knowing; decides nothing.
    Note,
    /// Not as it should be.
    Wrong,
    /// A forged header let a caller in.
    Forged,
}
