//! An identity that is a certificate in Azure Key Vault.
//!
//! ```text
//! KeyVault ─▶ Kept ─refresh()─▶ VaultClient: a token of the managed identity, GET /secrets/<name> ─▶ secret ─▶ EncodedIdentity
//!  (what)      │  Schedule: when
//!              └─latest()─▶ the source, at each reload
//! ```
//!
//! The vault is asked by the task that reloads, never by a call. A vault that does not answer leaves the identity in use as it
//! is.

mod certificate;
mod client;
mod kept;
mod schedule;
mod secret;
mod vault_error;

use std::net::SocketAddr;
use std::time::Duration;

use managed_identity::ManagedIdentity;

use super::password::Password;

pub use certificate::{InvalidVaultCertificate, VaultCertificate};
pub(super) use kept::{Asked, Kept};

/// How long the vault may take for an answer of some kilobytes.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A certificate in Azure Key Vault with its key, and who reads it.
///
/// It is read when the client is loaded or reloaded, and every hour while it is watched, because vaults renew certificates. The
/// identity needs the role *Key Vault Secrets User*, and the certificate an exportable key. It cannot be formatted.
///
/// ```
/// use outbound_mtls::{IdentitySource, KeyVault, ManagedIdentity, Outbound};
///
/// // The variables of App Service; on a virtual machine there are none.
/// let identity = ManagedIdentity::from_variables(|_| None).unwrap();
/// let certificate = "https://partners.vault.azure.net/certificates/billing".parse().unwrap();
/// let outbound = Outbound::builder(KeyVault::new(certificate, identity)).build();
/// # drop(outbound);
/// ```
pub struct KeyVault {
    certificate: VaultCertificate,
    identity: ManagedIdentity,
    password: Password,
    authorities: Option<Vec<u8>>,
    address: Option<SocketAddr>,
    timeout: Duration,
    /// The setting that names it, for messages.
    setting: Option<&'static str>,
}

impl KeyVault {
    /// This certificate, read by this identity.
    pub fn new(certificate: VaultCertificate, identity: ManagedIdentity) -> Self {
        Self {
            certificate,
            identity,
            password: Password::none(),
            authorities: None,
            address: None,
            timeout: TIMEOUT,
            setting: None,
        }
    }

    /// The password of a PKCS#12 file that was stored as a secret. The certificates of a vault have none.
    #[must_use]
    pub fn password(self, password: Password) -> Self {
        Self { password, ..self }
    }

    /// Trusts a vault under the authorities of this PEM text alone; without this, under the system's.
    #[must_use]
    pub fn trust_only(self, pem: impl Into<Vec<u8>>) -> Self {
        let authorities = Some(pem.into());
        Self {
            authorities,
            ..self
        }
    }

    /// Connects to this address, a private endpoint without a zone of its own, whatever the vault's name resolves to. The server
    /// must prove that it is the vault all the same.
    #[must_use]
    pub fn at(self, address: SocketAddr) -> Self {
        let address = Some(address);
        Self { address, ..self }
    }

    /// How long the vault may take for an answer; 10 s without this.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Names the setting in messages.
    pub(super) fn of_setting(self, setting: &'static str) -> Self {
        let setting = Some(setting);
        Self { setting, ..self }
    }

    /// What messages call it.
    fn name(&self) -> String {
        match self.setting {
            Some(setting) => format!("{setting}: {}", self.certificate),
            None => self.certificate.to_string(),
        }
    }
}
