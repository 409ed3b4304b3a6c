//! `REMOTE_API_URL`: the service that `OutboundMtls` calls.

use app_settings::{DeclaredSettings, Environment, Problem};
use outbound_mtls::reqwest::Url;

/// The setting.
const REMOTE_API_URL: &str = "REMOTE_API_URL";

/// The settings of the app's own.
pub(crate) const DECLARED: DeclaredSettings =
    DeclaredSettings::new(&["REMOTE_API_UR"], &[REMOTE_API_URL]);

/// Reads the setting; `None` where it is not set.
///
/// The value is never repeated in a problem: addresses can contain keys. Nothing in it is repaired, so that what is
/// called is what is written.
///
/// # Errors
///
/// An unresolved Key Vault reference; an address that is not https, contains a user name or password, a blank or a
/// control character.
pub(crate) fn url(environment: &Environment) -> Result<Option<Url>, Vec<Problem>> {
    let mut problems = Vec::new();
    let value = environment.setting(REMOTE_API_URL, &mut problems);
    let url = value.map(|value| parse(value.expose())).transpose();
    let url = url.unwrap_or_else(|text| {
        problems.push(Problem::new(REMOTE_API_URL, text));
        None
    });
    match problems.is_empty() {
        true => Ok(url),
        false => Err(problems),
    }
}

fn parse(text: &str) -> Result<Url, String> {
    const EXPECTED: &str = "expected an address that begins with https://";
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

    fn of(text: &str) -> Result<Option<Url>, Vec<Problem>> {
        url(&Environment::from_iter([(REMOTE_API_URL, text)]))
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
        assert_eq!(url(&Environment::default()), Ok(None));
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
            let problem = of(text).unwrap_err()[0].to_string();
            assert!(problem.contains(part), "{text:?}: {problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
