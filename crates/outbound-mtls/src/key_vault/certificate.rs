//! Which certificate of which vault.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

/// The vaults of one cloud: the suffix of their host names, and whom a token for them is for ("About keys, secrets, and
/// certificates", DNS suffixes).
type Cloud = (&'static str, &'static str);

/// Public, US government, China.
const CLOUDS: [Cloud; 3] = [
    (".vault.azure.net", "https://vault.azure.net"),
    (
        ".vault.usgovcloudapi.net",
        "https://vault.usgovcloudapi.net",
    ),
    (".vault.azure.cn", "https://vault.azure.cn"),
];

/// The longest name of a vault.
const MAX_VAULT_CHARACTERS: usize = 24;

/// The longest name of a certificate or secret.
const MAX_NAME_CHARACTERS: usize = 127;

/// The digits of a version.
const VERSION_DIGITS: usize = 32;

/// A certificate in Azure Key Vault, or a secret that holds one: `https://<vault>.vault.azure.net/certificates/<name>`, or with
/// `/secrets/`, and with `/<version>` if it must not be renewed. Display leaves the version out.
///
/// Only hosts of Azure's vaults are taken: the token of the app's identity goes there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VaultCertificate {
    host: String,
    resource: &'static str,
    name: String,
    version: Option<String>,
}

impl VaultCertificate {
    /// Whom a token for the vault is for.
    pub(super) fn resource(&self) -> &'static str {
        self.resource
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Where the certificate is with its key: it is a secret of the same name.
    pub(super) fn secret_url(&self) -> String {
        let version = self.version.as_ref();
        let version = version.map(|version| format!("/{version}"));
        let (host, name) = (&self.host, &self.name);
        format!(
            "https://{host}/secrets/{name}{}?api-version=7.4",
            version.unwrap_or_default()
        )
    }
}

impl FromStr for VaultCertificate {
    type Err = InvalidVaultCertificate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        use InvalidVaultCertificate as Invalid;
        let url = Url::parse(text).map_err(|_| Invalid::Syntax)?;
        let (host, resource) = vault(&url)?;
        let path = url.path().trim_start_matches('/');
        let mut parts = path.strip_suffix('/').unwrap_or(path).split('/');
        match parts.next() {
            Some("certificates" | "secrets") => {}
            Some("keys") => return Err(Invalid::Key),
            _ => return Err(Invalid::Path),
        }
        let (name, version) = (parts.next().ok_or(Invalid::Path)?, parts.next());
        if parts.next().is_some()
            || !is_name(name, MAX_NAME_CHARACTERS)
            || !version.is_none_or(is_version)
        {
            return Err(Invalid::Path);
        }
        Ok(Self {
            host,
            resource,
            name: name.to_owned(),
            version: version.map(str::to_owned),
        })
    }
}

/// The vault's host and whom a token for it is for, if the URL names a vault and nothing beside the path.
fn vault(url: &Url) -> Result<(String, &'static str), InvalidVaultCertificate> {
    use InvalidVaultCertificate as Invalid;
    if url.scheme() != "https" {
        return Err(Invalid::Scheme);
    }
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    let has_more = url.port().is_some() || url.query().is_some() || url.fragment().is_some();
    if has_credentials || has_more {
        return Err(Invalid::Extra);
    }
    let host = url.host_str().unwrap_or_default();
    let resource = resource_of(host).ok_or(Invalid::Host)?;
    Ok((host.to_owned(), resource))
}

fn resource_of(host: &str) -> Option<&'static str> {
    let mut found = CLOUDS.iter().filter(|(suffix, _)| {
        let vault = host.strip_suffix(suffix);
        vault.is_some_and(|vault| is_name(vault, MAX_VAULT_CHARACTERS))
    });
    found.next().map(|(_, resource)| *resource)
}

fn is_name(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_version(text: &str) -> bool {
    text.len() == VERSION_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl fmt::Display for VaultCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}/certificates/{}", self.host, self.name)
    }
}

/// Why a text is not the address of a certificate in Key Vault. It repeats nothing of the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidVaultCertificate {
    /// A user name, password, port, query or fragment.
    Extra,
    /// The host is not a vault of Azure's.
    Host,
    /// A key, whose private part leaves no vault.
    Key,
    /// Neither a certificate nor a secret by name and version.
    Path,
    /// The scheme is not https.
    Scheme,
    /// It is not a URL.
    Syntax,
}

impl fmt::Display for InvalidVaultCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = match self {
            Self::Extra => "a user name, port, query or fragment in it",
            Self::Host => "a host that is not a vault",
            Self::Key => "a key, which cannot be read",
            Self::Path => "another path",
            Self::Scheme => "another scheme",
            Self::Syntax => "text that is not a URL",
        };
        write!(
            f,
            "expected https://<vault>.vault.azure.net/certificates/<name>, found {found}; copy the certificate's identifier from \
             the portal, and leave the version out if renewals are to take effect"
        )
    }
}

impl std::error::Error for InvalidVaultCertificate {}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION: &str = "0123456789abcdef0123456789ABCDEF";

    #[test]
    fn a_certificate_or_a_secret_of_a_vault_is_taken() {
        for (text, url) in [
            (
                "https://v.vault.azure.net/certificates/a",
                "https://v.vault.azure.net/secrets/a?api-version=7.4".to_owned(),
            ),
            (
                "https://V-1.VAULT.azure.net/secrets/A-1/",
                "https://v-1.vault.azure.net/secrets/A-1?api-version=7.4".to_owned(),
            ),
            (
                &format!("https://v.vault.azure.net:443/certificates/a/{VERSION}"),
                format!("https://v.vault.azure.net/secrets/a/{VERSION}?api-version=7.4"),
            ),
        ] {
            let certificate: VaultCertificate = text.parse().unwrap();
            assert_eq!(certificate.secret_url(), url);
            assert!(!certificate.to_string().contains(VERSION));
        }
    }

    #[test]
    fn a_token_is_for_the_cloud_of_the_vault() {
        for (suffix, resource) in CLOUDS {
            let text = format!("https://v{suffix}/certificates/a");
            let certificate: VaultCertificate = text.parse().unwrap();
            assert_eq!(certificate.resource(), resource);
        }
    }

    #[test]
    fn everything_else_is_refused_with_its_reason() {
        use InvalidVaultCertificate as Invalid;
        for (text, expected) in [
            ("partner", Invalid::Syntax),
            ("http://v.vault.azure.net/certificates/a", Invalid::Scheme),
            (
                "https://v.vault.azure.net:8443/certificates/a",
                Invalid::Extra,
            ),
            ("https://u@v.vault.azure.net/certificates/a", Invalid::Extra),
            ("https://v.vault.azure.net/certificates/a?x", Invalid::Extra),
            ("https://v.vault.azure.net/certificates/a#x", Invalid::Extra),
            ("https://vault.azure.net/certificates/a", Invalid::Host),
            ("https://.vault.azure.net/certificates/a", Invalid::Host),
            ("https://a.b.vault.azure.net/certificates/a", Invalid::Host),
            (
                "https://v.vault.azure.net.evil.example/certificates/a",
                Invalid::Host,
            ),
            ("https://evilvault.azure.net/certificates/a", Invalid::Host),
            ("https://127.0.0.1/certificates/a", Invalid::Host),
            ("https://v.vault.azure.net/keys/a", Invalid::Key),
            ("https://v.vault.azure.net", Invalid::Path),
            ("https://v.vault.azure.net/certificates", Invalid::Path),
            ("https://v.vault.azure.net/certificates/", Invalid::Path),
            (
                "https://v.vault.azure.net/certificates/a%2Fb",
                Invalid::Path,
            ),
            ("https://v.vault.azure.net/certificates/a/1", Invalid::Path),
            ("https://v.vault.azure.net/certificates/a//", Invalid::Path),
            (
                "https://v.vault.azure.net/certificates/../keys/a",
                Invalid::Key,
            ),
        ] {
            assert_eq!(text.parse::<VaultCertificate>(), Err(expected), "{text}");
        }
    }
}
