//! The account of Azurite, and its blobs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Certificate, Client, Method, StatusCode};
use test_support::hierarchy::Issued;

use crate::emulator::Azurite;
use crate::token::{AUDIENCE, token};

/// The container of all tests.
pub(crate) const CONTAINER: &str = "policies";

/// The version of the REST API that the requests name.
const VERSION: &str = "2023-11-03";

/// An account whose key is made anew.
pub(crate) struct Account {
    pub(crate) key: [u8; 64],
}

impl Account {
    pub(crate) const NAME: &str = "partners";

    pub(crate) fn new() -> Self {
        let mut key = [0; 64];
        openssl::rand::rand_bytes(&mut key).unwrap();
        Self { key }
    }

    /// The value of `AZURITE_ACCOUNTS`.
    pub(crate) fn for_azurite(&self) -> String {
        format!("{}:{}", Self::NAME, STANDARD.encode(self.key))
    }
}

/// Whoever writes the documents: by the REST API, with a token.
pub(crate) struct Writer(Client);

impl Writer {
    /// With the container made.
    pub(crate) async fn new(authority: &Issued, azurite: &Azurite) -> Self {
        let pem = authority.certificate.to_pem().unwrap();
        let trusted = Certificate::from_pem(&pem).unwrap();
        let client = Client::builder()
            .tls_backend_native()
            .tls_certs_only([trusted])
            .build();
        let writer = Self(client.unwrap());
        let url = azurite.url(&format!("{CONTAINER}?restype=container"));
        writer.send(Method::PUT, url, Vec::new(), 201).await;
        writer
    }

    /// Writes a blob.
    pub(crate) async fn put(&self, azurite: &Azurite, name: &str, content: impl Into<Vec<u8>>) {
        let url = azurite.url(&format!("{CONTAINER}/{name}"));
        self.send(Method::PUT, url, content.into(), 201).await;
    }

    /// Removes a blob.
    pub(crate) async fn delete(&self, azurite: &Azurite, name: &str) {
        let url = azurite.url(&format!("{CONTAINER}/{name}"));
        self.send(Method::DELETE, url, Vec::new(), 202).await;
    }

    async fn send(&self, method: Method, url: String, content: Vec<u8>, expected: u16) {
        let request = self.0.request(method, url);
        let request = request
            .header("x-ms-version", VERSION)
            .header("x-ms-blob-type", "BlockBlob")
            .bearer_auth(token(AUDIENCE))
            .body(content);
        let status = request.send().await.unwrap().status();
        assert_eq!(status, StatusCode::from_u16(expected).unwrap());
    }
}
