//! References to secrets that Azure should have replaced.

use crate::Problem;

/// What a reference points into. App Service replaces one only where it is the whole value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reference {
    KeyVault,
    AppConfiguration,
}

/// How references begin.
const BEGINNINGS: [(&str, Reference); 2] = [
    ("@Microsoft.KeyVault(", Reference::KeyVault),
    ("@Microsoft.AppConfiguration(", Reference::AppConfiguration),
];

impl Reference {
    /// The first reference that a value, or a part of a list in it, begins with. Case, blanks, and the quotes and brackets of
    /// lists do not count.
    pub(crate) fn in_value(text: &str) -> Option<Self> {
        text.split([',', ';', '\n', '\r'])
            .find_map(Self::at_the_start)
    }

    fn at_the_start(part: &str) -> Option<Self> {
        let start =
            part.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '['));
        let begins_with = |beginning: &str| {
            let start = start.chars().filter(|c| !c.is_whitespace());
            let start: String = start.take(beginning.len()).collect();
            start.eq_ignore_ascii_case(beginning)
        };
        let found = BEGINNINGS
            .into_iter()
            .find(|(beginning, _)| begins_with(beginning));
        found.map(|(_, reference)| reference)
    }

    /// The problem of the setting `name`, whose value has it.
    pub(crate) fn problem(self, name: &str) -> Problem {
        let (found, role) = match self {
            Self::KeyVault => (
                "Key Vault reference (@Microsoft.KeyVault)",
                "Key Vault Secrets User",
            ),
            Self::AppConfiguration => (
                "App Configuration reference (@Microsoft.AppConfiguration)",
                "App Configuration Data Reader",
            ),
        };
        Problem::new(
            name,
            format!(
                "expected a value, found an unresolved {found}; make it the whole value, give the app's identity the role \
                 {role}, and look at the reference's status in the portal"
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_found_in_any_spelling_and_any_part_of_a_list() {
        use Reference::{AppConfiguration, KeyVault};
        for (text, found) in [
            ("@Microsoft.KeyVault(SecretUri=x)", Some(KeyVault)),
            (" @MICROSOFT.KEYVAULT(VaultName=x)", Some(KeyVault)),
            ("\"@Microsoft.KeyVault(SecretUri=x)\"", Some(KeyVault)),
            ("@Microsoft.KeyVault (SecretUri=x)", Some(KeyVault)),
            (
                "@Microsoft.AppConfiguration(Endpoint=x;Key=y)",
                Some(AppConfiguration),
            ),
            (
                "a1a1, @microsoft.appconfiguration(Endpoint=x;Key=y)",
                Some(AppConfiguration),
            ),
            (
                "a1a1,@Microsoft.KeyVault(VaultName=v;SecretName=s)",
                Some(KeyVault),
            ),
            ("ca.pem;@Microsoft.KeyVault(SecretUri=x)", Some(KeyVault)),
            (
                "[\"a\", \"@Microsoft.KeyVault(SecretUri=x)\"]",
                Some(KeyVault),
            ),
            ("[\"@Microsoft.KeyVault(SecretUri=x)\"]", Some(KeyVault)),
            ("@Microsoft.KeyVault", None),
            ("a secret with @Microsoft.KeyVault( inside", None),
            ("", None),
        ] {
            assert_eq!(Reference::in_value(text), found, "{text}");
        }
    }
}
