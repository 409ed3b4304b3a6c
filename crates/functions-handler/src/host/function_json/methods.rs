//! The methods that reach a function.

/// The methods that reach a function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Methods {
    /// `function.json` lists none.
    All,
    /// Those listed, in upper case, each once. GET does not imply HEAD.
    Listed(Vec<String>),
}

impl Methods {
    /// Whether `method`, in any case, is one of them.
    pub fn allow(&self, method: &str) -> bool {
        match self {
            Self::All => true,
            Self::Listed(listed) => listed
                .iter()
                .any(|known| known.eq_ignore_ascii_case(method)),
        }
    }

    /// Whether every method of the other is one of them.
    pub fn include(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Listed(_), Self::All) => false,
            (Self::Listed(_), Self::Listed(listed)) => {
                listed.iter().all(|method| self.allow(method))
            }
        }
    }

    /// Whether some method is in both.
    pub fn overlap(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, Self::All) => true,
            (Self::All, Self::Listed(listed)) | (Self::Listed(listed), Self::All) => {
                !listed.is_empty()
            }
            (Self::Listed(one), Self::Listed(_)) => one.iter().any(|method| other.allow(method)),
        }
    }
}
