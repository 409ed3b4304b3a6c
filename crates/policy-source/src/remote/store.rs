//! One conditional GET.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use managed_identity::Tokens;
use reqwest::header::{AUTHORIZATION, HeaderMap, IF_NONE_MATCH};
use reqwest::{Client, StatusCode};

use super::blob;
use super::client::{builder, entity_tag, read, send, trusting};
use super::fetch_error::FetchError;
use super::options::{Credential, RemoteOptions, Unusable};
use super::remote_url::RemoteUrl;

/// Fetches documents and files of one store.
pub(super) struct Store {
    client: Client,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    /// Where the store is shown one.
    tokens: Option<Tokens>,
}

/// What a GET comes to.
pub(super) enum Fetched {
    NotModified,
    Content { bytes: Bytes, etag: Option<String> },
}

impl Store {
    pub(super) fn new(options: &RemoteOptions) -> Result<Self, Unusable> {
        let client = builder(&options.timeouts).https_only(true);
        let tokens = match &options.credential {
            Credential::None => None,
            Credential::ManagedIdentity(identity) => {
                let tokens = Tokens::new(identity.clone(), blob::RESOURCE);
                Some(tokens.map_err(|_| Unusable::Tls)?)
            }
        };
        Ok(Self {
            client: trusting(client, &options.trust)?,
            clock: Arc::clone(&options.clock),
            tokens,
        })
    }

    /// Fetches a token, unless the one at hand is still good.
    pub(super) async fn authenticate(&mut self) -> Result<(), FetchError> {
        let Some(tokens) = &mut self.tokens else {
            return Ok(());
        };
        let renewed = tokens.renew((self.clock)()).await;
        renewed.map_err(|error| FetchError::Identity(error.to_string()))
    }

    /// Forgets the token: the store refused it.
    pub(super) fn forget_token(&mut self) {
        if let Some(tokens) = &mut self.tokens {
            tokens.forget();
        }
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
        if url.is_blob() || self.tokens.is_some() {
            request = request.header(blob::VERSION_HEADER, blob::VERSION);
        }
        if let Some(authorization) = self.tokens.as_ref().and_then(Tokens::authorization) {
            request = request.header(AUTHORIZATION, authorization);
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
