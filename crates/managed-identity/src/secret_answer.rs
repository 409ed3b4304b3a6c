//! An answer whose body is a secret.

use reqwest::RequestBuilder;
use zeroize::Zeroizing;

use super::transport_error::TransportError;

/// An answer whose body is a secret: it is read into memory of its own, which is overwritten when it is dropped.
pub struct SecretAnswer {
    /// The status.
    pub status: u16,
    /// The body.
    pub content: Zeroizing<Vec<u8>>,
}

impl SecretAnswer {
    /// Sends a request, and reads an answer of any status with at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// No answer within the client's time-outs, one that ends early, or a longer one.
    pub async fn to(request: RequestBuilder, limit: usize) -> Result<Self, TransportError> {
        let response = request.send().await;
        let mut response = response.map_err(TransportError::from_client)?;
        let status = response.status().as_u16();
        // All the room at once: a buffer that grows leaves copies behind.
        let mut content = Zeroizing::new(Vec::with_capacity(limit));
        while let Some(piece) = response
            .chunk()
            .await
            .map_err(TransportError::from_client)?
        {
            if piece.len() > limit - content.len() {
                return Err(TransportError::TooLarge(limit));
            }
            content.extend_from_slice(&piece);
        }
        Ok(Self { status, content })
    }
}
