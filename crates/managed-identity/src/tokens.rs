//! The tokens of an identity for one resource.

use std::time::{Duration, SystemTime};

use reqwest::Client;
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;

use super::identity::ManagedIdentity;
use super::secret_answer::SecretAnswer;
use super::token::Token;
use super::token_error::TokenError;

/// How long the endpoint may take: it is on the machine itself, and asks Microsoft Entra ID for a token that it has not yet.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The largest answer of an identity endpoint. A token with many groups has some 4 kB.
const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// The tokens of an identity for one resource: each is used until shortly before its end.
pub struct Tokens {
    client: Client,
    identity: ManagedIdentity,
    resource: String,
    current: Option<Token>,
}

impl Tokens {
    /// The tokens for this resource, such as `https://storage.azure.com/`. Nothing is asked for yet.
    ///
    /// # Errors
    ///
    /// [`TokenError::Tls`].
    pub fn new(identity: ManagedIdentity, resource: impl Into<String>) -> Result<Self, TokenError> {
        // The endpoints of App Service and of virtual machines are http on the machine itself: no proxy reaches them, and
        // whoever redirects would see the endpoint's header.
        let client = name_lookup::configure(Client::builder())
            .tls_backend_native()
            .no_proxy()
            .referer(false)
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .build();
        Ok(Self {
            client: client.map_err(|_| TokenError::Tls)?,
            identity,
            resource: resource.into(),
            current: None,
        })
    }

    /// Asks for a token, unless the one at hand is still good.
    ///
    /// # Errors
    ///
    /// The endpoint does not answer, or not as documented.
    pub async fn renew(&mut self, now: SystemTime) -> Result<(), TokenError> {
        let is_good = |token: &Token| token.is_usable(now);
        if !self.current.as_ref().is_some_and(is_good) {
            self.current = None;
            self.current = Some(self.request().await?);
        }
        Ok(())
    }

    /// Forgets the token at hand: it was refused.
    pub fn forget(&mut self) {
        self.current = None;
    }

    /// The value of `Authorization`; `None` where there is no token.
    pub fn authorization(&self) -> Option<HeaderValue> {
        let header = self.current.as_ref()?.header();
        sensitive(&header).ok()
    }

    async fn request(&self) -> Result<Token, TokenError> {
        let (name, value) = self.identity.header();
        let request = self.client.get(self.identity.url(&self.resource));
        let request = request.header(name, sensitive(value)?);
        let answer = SecretAnswer::to(request, MAX_TOKEN_BYTES).await?;
        match answer.status {
            200 => Token::parse(&answer.content).ok_or(TokenError::NoToken),
            status => Err(TokenError::Status(status)),
        }
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, TokenError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| TokenError::NoHeader)?;
    value.set_sensitive(true);
    Ok(value)
}
