//! `CLIENT_CERT_AUDIT`: which calls have a line of their own in the log.

/// Which calls have a line of their own in the log.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum AuditScope {
    /// Each call.
    #[default]
    All,
    /// Calls that are refused or that no function answers. The others are counted, and summed up once a minute.
    Refusals,
}

impl AuditScope {
    /// The values of the setting.
    pub const WORDS: &[(&str, Self)] = &[("all", Self::All), ("refusals", Self::Refusals)];

    /// The value of the setting that means this.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Refusals => "refusals",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_means_the_scope_that_is_written_by_it() {
        for (word, scope) in AuditScope::WORDS {
            assert_eq!(scope.as_str(), *word);
        }
    }
}
