//! The HTTP client: what each request has in common.

use bytes::Bytes;
use reqwest::header::{ETAG, HeaderMap, HeaderName};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, RequestBuilder, Response};

use super::fetch_error::FetchError;
use super::options::{StoreTrust, Timeouts, Unusable};

/// The longest entity tag or date that is kept; Azure's have 19 characters, digests 66.
const MAX_VALIDATOR_BYTES: usize = 256;

/// What every client has in common: no proxy, no redirect, and time-outs.
pub(crate) fn builder(timeouts: &Timeouts) -> ClientBuilder {
    name_lookup::configure(Client::builder())
        .tls_backend_native()
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .no_proxy()
        .referer(false)
        .redirect(Policy::none())
        .connect_timeout(timeouts.connect)
        .read_timeout(timeouts.read)
        .timeout(timeouts.total)
}

/// The client of this builder, which trusts these servers.
pub(crate) fn trusting(builder: ClientBuilder, trust: &StoreTrust) -> Result<Client, Unusable> {
    let builder = match trust {
        StoreTrust::System => builder,
        StoreTrust::Only(pem) => builder.tls_certs_only(authorities(pem)?),
    };
    builder.build().map_err(|_| Unusable::Tls)
}

fn authorities(pem: &[u8]) -> Result<Vec<Certificate>, Unusable> {
    let found = Certificate::from_pem_bundle(pem).map_err(|_| Unusable::Authorities)?;
    match found.is_empty() {
        true => Err(Unusable::Authorities),
        false => Ok(found),
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Result<Response, FetchError> {
    request.send().await.map_err(FetchError::from_client)
}

/// Reads a response's body: the length that it claims is believed only where it is too large.
pub(crate) async fn read(mut response: Response, limit: u64) -> Result<Bytes, FetchError> {
    if response
        .content_length()
        .is_some_and(|length| length > limit)
    {
        return Err(FetchError::TooLarge(limit));
    }
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(FetchError::from_client)? {
        if piece.len() > most - bytes.len() {
            return Err(FetchError::TooLarge(limit));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.into())
}

pub(crate) fn entity_tag(headers: &HeaderMap) -> Option<String> {
    validator(headers, ETAG)
}

/// A header that is sent back to make a request conditional (RFC 9110, section 8.8).
pub(crate) fn validator(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (value.len() <= MAX_VALIDATOR_BYTES).then(|| value.to_owned())
}
