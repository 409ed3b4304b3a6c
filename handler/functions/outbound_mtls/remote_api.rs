//! `REMOTE_API_URL`: the service that `OutboundMtls` calls.

use app_settings::{DeclaredSettings, Problem};
use outbound_mtls::reqwest::Url;

/// The setting.
const REMOTE_API_URL: &str = "REMOTE_API_URL";

/// The settings of the app's own.
pub(crate) const DECLARED: DeclaredSettings =
    DeclaredSettings::new(&["REMOTE_API_UR"], &[REMOTE_API_URL]);

/// How an app setting reads that Azure could not replace by the secret it refers to.
const KEY_VAULT_REFERENCE: &str = "@microsoft.keyvault(";

/// Reads the setting; `None` where it is not set.
///
/// The value is never repeated in a problem: addresses can contain keys. Nothing in it is repaired, so that what is
/// called is what is written.
///
/// # Errors
///
/// An unresolved Key Vault reference; an address that is not https, contains a user name or password, a blank or a
/// control character.
pub(crate) fn url(get: &dyn Fn(&str) -> Option<String>) -> Result<Option<Url>, Problem> {
    let text = get(REMOTE_API_URL);
    text.map(|text| parse(&text))
        .transpose()
        .map_err(|text| Problem::new(REMOTE_API_URL, text))
}

fn parse(text: &str) -> Result<Url, String> {
    const EXPECTED: &str = "expected an address that begins with https://";
    if text.to_ascii_lowercase().contains(KEY_VAULT_REFERENCE) {
        return Err(
            "expected an address, found an unresolved Key Vault reference (@Microsoft.KeyVault); check the \
             reference and that the app's identity may read the secret"
                .to_owned(),
        );
    }
    // The parser would remove them without a word.
    if let Some(position) = text
        .chars()
        .position(|c| c.is_control() || c.is_whitespace())
    {
        let number = position + 1;
        return Err(format!(
            "{EXPECTED}, found a blank or control character at position {number}; remove it"
        ));
    }
    let url = Url::parse(text).map_err(|error| format!("{EXPECTED} ({error})"))?;
    if url.scheme() != "https" {
        return Err(format!(
            "{EXPECTED}, found another scheme; without TLS no certificate is presented"
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "expected an address without user name and password; remove everything up to the @"
                .to_owned(),
        );
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Option<Url>, Problem> {
        url(&|name| (name == REMOTE_API_URL).then(|| text.to_owned()))
    }

    #[test]
    fn an_address_is_taken_as_it_is_written() {
        for text in [
            "https://partner.example/",
            "https://partner.example:8443/orders?key=1",
            "https://[::1]/",
        ] {
            assert_eq!(of(text).unwrap().unwrap().as_str(), text);
        }
        assert_eq!(url(&|_| None), Ok(None));
    }

    #[test]
    fn what_is_not_an_https_address_is_refused_and_not_repeated() {
        let table = [
            ("http://hunter2.example/", "https://"),
            ("hunter2://x/", "https://"),
            ("hunter2", "https://"),
            ("https://", "https://"),
            ("https://u:hunter2@x/", "up to the @"),
            ("https://hunter2@x/", "up to the @"),
            ("@Microsoft.KeyVault(SecretUri=hunter2)", "unresolved"),
            ("@MICROSOFT.keyvault(VaultName=hunter2)", "unresolved"),
            ("https://hunter2.example/\r\n", "position 25"),
            ("https://hunter2.example/a\r\nb", "control character"),
            ("https://hunter2.example/a\tb", "control character"),
            (" https://hunter2.example/", "position 1;"),
            ("https://hunter2.example/ ", "position 25"),
            ("https://hunter2.example/a\0", "control character"),
        ];
        for (text, part) in table {
            let problem = of(text).unwrap_err().to_string();
            assert!(problem.contains(part), "{text:?}: {problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
