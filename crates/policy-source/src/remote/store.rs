//! One conditional GET.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use managed_identity::{ManagedIdentity, Token};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, IF_NONE_MATCH};
use reqwest::{Client, StatusCode};

use super::blob;
use super::client::{builder, entity_tag, read, send, trusting};
use super::fetch_error::FetchError;
use super::options::{Credential, RemoteOptions, Unusable};
use super::remote_url::RemoteUrl;

/// The largest answer of an identity endpoint. A token with many groups has some 4 kB.
const MAX_TOKEN_BYTES: u64 = 64 * 1024;

/// Fetches documents and files of one store.
pub(super) struct Store {
    client: Client,
    identity_client: Client,
    credential: Credential,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    token: Option<Token>,
}

/// What a GET comes to.
pub(super) enum Fetched {
    NotModified,
    Content { bytes: Bytes, etag: Option<String> },
}

impl Store {
    pub(super) fn new(options: &RemoteOptions) -> Result<Self, Unusable> {
        let client = builder(&options.timeouts).https_only(true);
        let identity_client = builder(&options.timeouts);
        Ok(Self {
            client: trusting(client, &options.trust)?,
            // The identity endpoints of App Service and of virtual machines are http on the machine itself.
            identity_client: identity_client.build().map_err(|_| Unusable::Tls)?,
            credential: options.credential.clone(),
            clock: Arc::clone(&options.clock),
            token: None,
        })
    }

    /// Fetches a token, unless the one at hand is still good.
    pub(super) async fn authenticate(&mut self) -> Result<(), FetchError> {
        let Credential::ManagedIdentity(identity) = &self.credential else {
            return Ok(());
        };
        let now = (self.clock)();
        if self
            .token
            .as_ref()
            .is_none_or(|token| !token.is_usable(now))
        {
            let token = request_token(&self.identity_client, identity).await;
            self.token = Some(token.map_err(|error| FetchError::Identity(error.to_string()))?);
        }
        Ok(())
    }

    /// Forgets the token: the store refused it.
    pub(super) fn forget_token(&mut self) {
        self.token = None;
    }

    /// Fetches what a URL names, of at most `limit` bytes. With an entity tag only if it has another one by now. The type that
    /// the store claims for the content is not looked at.
    pub(super) async fn fetch(
        &self,
        url: &RemoteUrl,
        etag: Option<&str>,
        limit: u64,
    ) -> Result<Fetched, FetchError> {
        let mut request = self.client.get(url.exposed());
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if url.is_blob() || matches!(self.credential, Credential::ManagedIdentity(_)) {
            request = request.header(blob::VERSION_HEADER, blob::VERSION);
        }
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, sensitive(&token.header())?);
        }
        let response = send(request).await?;
        match response.status() {
            StatusCode::NOT_MODIFIED if etag.is_some() => Ok(Fetched::NotModified),
            StatusCode::OK => Ok(Fetched::Content {
                etag: entity_tag(response.headers()),
                bytes: read(response, limit).await?,
            }),
            status => Err(refused(status, response.headers())),
        }
    }
}

async fn request_token(client: &Client, identity: &ManagedIdentity) -> Result<Token, FetchError> {
    let (name, value) = identity.header();
    let request = client.get(identity.url(blob::RESOURCE));
    let request = request.header(name, sensitive(value)?);
    let response = send(request).await?;
    if response.status() != StatusCode::OK {
        return Err(refused(response.status(), response.headers()));
    }
    let answer = zeroize::Zeroizing::new(read(response, MAX_TOKEN_BYTES).await?.to_vec());
    Token::parse(&answer)
        .ok_or_else(|| FetchError::Interrupted("an answer without a token".to_owned()))
}

fn sensitive(text: &str) -> Result<HeaderValue, FetchError> {
    let unusable = |_| FetchError::Identity("a value that does not fit into a header".to_owned());
    let mut value = HeaderValue::from_str(text).map_err(unusable)?;
    value.set_sensitive(true);
    Ok(value)
}

fn refused(status: StatusCode, headers: &HeaderMap) -> FetchError {
    match status.as_u16() {
        304 => FetchError::NotModified,
        redirect @ 300..=399 => FetchError::Redirect(redirect),
        status => FetchError::Status(status, azure_reason(headers)),
    }
}

/// Azure's word for a refusal, such as `BlobNotFound`: letters and digits, or it is not repeated.
fn azure_reason(headers: &HeaderMap) -> Option<String> {
    let reason = headers.get(blob::ERROR_HEADER)?.to_str().ok()?;
    let is_word = reason.len() <= 64 && reason.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_word.then(|| reason.to_owned())
}
