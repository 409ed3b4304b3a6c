//! One read of the vault.

use std::time::SystemTime;

use managed_identity::{SecretAnswer, Tokens};
use reqwest::header::AUTHORIZATION;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};

use super::KeyVault;
use super::secret::{self, Value};
use super::vault_error::VaultError;

/// The longest answer that is read. A secret has 25 kB at most, and is written in JSON.
const MAX_ANSWER_BYTES: usize = 128 * 1024;

/// Reads one certificate with its key.
pub(super) struct VaultClient {
    client: Client,
    tokens: Tokens,
    url: String,
}

impl VaultClient {
    pub(super) fn new(vault: &KeyVault) -> Result<Self, VaultError> {
        let mut builder = name_lookup::configure(Client::builder())
            .tls_backend_native()
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .https_only(true)
            .no_proxy()
            .referer(false)
            .redirect(Policy::none())
            .timeout(vault.timeout);
        if let Some(pem) = &vault.authorities {
            let authorities =
                Certificate::from_pem_bundle(pem).map_err(|_| VaultError::Authorities)?;
            builder = builder.tls_certs_only(authorities);
        }
        if let Some(address) = vault.address {
            builder = builder.resolve(vault.certificate.host(), address);
        }
        let tokens = Tokens::new(vault.identity.clone(), vault.certificate.resource());
        Ok(Self {
            client: builder.build().map_err(|_| VaultError::Tls)?,
            tokens: tokens.map_err(VaultError::Token)?,
            url: vault.certificate.secret_url(),
        })
    }

    pub(super) async fn read(&mut self, now: SystemTime) -> Result<Value, VaultError> {
        self.tokens.renew(now).await.map_err(VaultError::Token)?;
        let mut request = self.client.get(&self.url);
        if let Some(authorization) = self.tokens.authorization() {
            request = request.header(AUTHORIZATION, authorization);
        }
        let answer = SecretAnswer::to(request, MAX_ANSWER_BYTES).await?;
        match answer.status {
            200 => secret::parse(&answer.content),
            status => {
                if matches!(status, 401 | 403) {
                    self.tokens.forget();
                }
                Err(VaultError::refused(status, &answer.content))
            }
        }
    }
}
