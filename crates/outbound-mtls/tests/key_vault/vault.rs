//! A vault whose answers can be changed, a partner that demands our certificate, and a client between the two.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use openssl::ssl::SslVersion;
use outbound_mtls::reqwest::{Method, Request};
use outbound_mtls::{
    CallError, IdentitySource, KeyVault, ManagedIdentity, Notice, Outbound, OutboundBuilder, Trust,
};
use serde_json::json;
use test_support::hierarchy::{Family, Issued, root, server_named};
use test_support::identity_endpoint::IdentityEndpoint;
use test_support::partner::{Manner, Partner};

/// Part of every token; no text may contain it.
pub(crate) const TOKEN: &str = "hunter2-token";

/// The content types of a vault's certificates.
pub(crate) const PKCS12: &str = "application/x-pkcs12";
pub(crate) const PEM: &str = "application/x-pem-file";

const HOST: &str = "partners.vault.azure.net";

/// The vault, and what it answers to each request.
pub(crate) struct Vault {
    authority: Issued,
    pub(crate) server: Partner,
    pub(crate) endpoint: IdentityEndpoint,
    answer: Arc<Mutex<String>>,
    notices: Arc<Mutex<Vec<Notice>>>,
}

impl Vault {
    /// Nothing is in it yet.
    pub(crate) fn new() -> Self {
        let authority = root("Vault Root");
        let answer = Arc::new(Mutex::new(refusal("404 Not Found", "SecretNotFound")));
        let given = Arc::clone(&answer);
        let manner = Manner {
            version: SslVersion::TLS1_3,
            suite: None,
            signed_by: authority.clone(),
            trusts: None,
            answer: Arc::new(move |_| given.lock().unwrap().clone()),
        };
        Self {
            server: Partner::start_as(&server_named(&authority, HOST), manner),
            endpoint: IdentityEndpoint::start(|_| TOKEN.to_owned()),
            authority,
            answer,
            notices: Arc::default(),
        }
    }

    pub(crate) fn answers(&self, answer: String) {
        *self.answer.lock().unwrap() = answer;
    }

    /// The certificate of this path, read from here.
    pub(crate) fn key_vault(&self, path: &str) -> KeyVault {
        let variables = self.endpoint.variables();
        let find = |name: &str| {
            let mut found = variables.iter().filter(|(key, _)| *key == name);
            found.next().map(|(_, value)| value.as_str())
        };
        let identity = ManagedIdentity::from_variables(find).unwrap();
        let certificate = format!("https://{HOST}{path}").parse().unwrap();
        KeyVault::new(certificate, identity)
            .at(self.server.address())
            .trust_only(self.authority.certificate.to_pem().unwrap())
            .timeout(Duration::from_secs(20))
    }

    /// A client whose notices are kept.
    pub(crate) fn client(&self, source: impl Into<IdentitySource>) -> OutboundBuilder {
        let notices = Arc::clone(&self.notices);
        Outbound::builder(source).on_notice(move |notice| notices.lock().unwrap().push(notice))
    }

    /// The notices since the last time, and forgets them.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        std::mem::take(&mut *self.notices.lock().unwrap())
    }

    /// The first lines of the requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.server.seen(|seen| {
            let lines = seen
                .requests
                .iter()
                .map(|request| request.head.lines().next());
            lines.map(|line| line.unwrap().to_owned()).collect()
        })
    }
}

/// Demands a certificate under the family's root.
pub(crate) fn partner(family: &Family) -> Partner {
    Partner::start(Manner::strict(&family.root))
}

/// The partner's root alone.
pub(crate) fn trust(family: &Family) -> Trust {
    Trust::nothing().and_pem(family.root.certificate.to_pem().unwrap())
}

/// The chain that a call to the partner presents.
pub(crate) async fn presented(
    client: &Outbound,
    partner: &Partner,
) -> Result<Vec<Vec<u8>>, CallError> {
    let request = Request::new(Method::GET, partner.url("/").parse().unwrap());
    client.send(request).await?.discard().await;
    Ok(partner.seen(|seen| seen.requests.last().unwrap().chain.clone()))
}

/// A vault's answer with a secret.
pub(crate) fn secret(content_type: Option<&str>, value: &str) -> String {
    let answer = json!({
        "value": value,
        "contentType": content_type,
        "id": format!("https://{HOST}/secrets/billing/0123456789abcdef0123456789abcdef"),
        "managed": true,
        "attributes": { "enabled": true, "created": 1, "updated": 1 },
    });
    content("200 OK", &answer.to_string())
}

/// A vault's refusal.
pub(crate) fn refusal(status: &str, reason: &str) -> String {
    let answer = json!({ "error": { "code": "Forbidden", "message": "m", "innererror": { "code": reason } } });
    content(status, &answer.to_string())
}

pub(crate) fn content(status: &str, text: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{text}",
        text.len()
    )
}

/// PEM text as a vault has it: the key, the certificate and the intermediates.
pub(crate) fn pem(one: &Issued, others: &[&Issued]) -> String {
    let mut text = one.key.private_key_to_pem_pkcs8().unwrap();
    for issued in [&[one], others].concat() {
        text.extend(issued.certificate.to_pem().unwrap());
    }
    String::from_utf8(text).unwrap()
}
