//! The server's own certificate, and how it shakes hands.

use std::path::Path;

use app_settings::{Problem, read_file};
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{
    AlpnError, SslAcceptor, SslAcceptorBuilder, SslContext, SslMethod, SslOptions,
    SslSessionCacheMode, SslVerifyMode, SslVersion, select_next_proto,
};
use openssl::x509::{X509, X509NameRef};
use zeroize::Zeroizing;

use super::Demand;
use crate::certificate_file::FILE_BYTES;

/// The only protocol that is offered: with client certificates on, HTTP/2 stays off (App Service documentation).
const PROTOCOLS: &[u8] = b"\x08http/1.1";

/// Marks sessions of this server. None are kept; OpenSSL asks for the mark all the same once it verifies callers.
const SESSION_CONTEXT: &[u8] = b"mtls front end";

/// Level 0, so that signatures by old clients pass and no build of OpenSSL can turn weak keys away: the handler must
/// see and refuse them. For keys and signatures in certificates the callback below decides alone.
const SECURITY_LEVEL: u32 = 0;

/// Certificate chain and key of the server. It cannot be formatted.
pub(crate) struct ServerIdentity {
    chain: Vec<X509>,
    key: PKey<Private>,
}

impl ServerIdentity {
    /// Reads a PEM file with the server's certificate and what follows it in the chain, and its key's PEM file.
    ///
    /// # Errors
    ///
    /// All problems at once: unreadable, no PEM, no certificate, a key that belongs to another certificate.
    pub(crate) fn read(chain: &Path, key: &Path) -> Result<Self, Vec<Problem>> {
        let read_chain = read(chain).and_then(|pem| parse_chain(chain, &pem));
        let read_key = read(key).and_then(|pem| parse_key(key, &pem));
        let identity = match (read_chain, read_key) {
            (Ok(chain), Ok(key)) => Self { chain, key },
            (chain, key) => return Err([chain.err(), key.err()].into_iter().flatten().collect()),
        };
        if identity.belong_together() {
            Ok(identity)
        } else {
            let text = format!(
                "expected the key of the first certificate in {}, found another key; give the two files that belong together",
                chain.display()
            );
            Err(vec![Problem::new(key.display().to_string(), text)])
        }
    }

    /// What accepts connections as `demand` says.
    ///
    /// # Errors
    ///
    /// OpenSSL's.
    pub(crate) fn context(&self, demand: &Demand) -> Result<SslContext, ErrorStack> {
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
        self.present(&mut builder)?;
        ask(&mut builder, demand)?;
        builder.set_alpn_select_callback(|_, offered| {
            select_next_proto(PROTOCOLS, offered).ok_or(AlpnError::NOACK)
        });
        Ok(builder.build().into_context())
    }

    /// The value of `X-ARR-SSL`: key bits, hash bits, issuer and subject of the server's certificate.
    pub(crate) fn description(&self) -> String {
        let Some(leaf) = self.chain.first() else {
            return String::new();
        };
        let (issuer, subject) = (line(leaf.issuer_name()), line(leaf.subject_name()));
        format!("{}|256|{issuer}|{subject}", self.key.bits())
    }

    fn belong_together(&self) -> bool {
        let leaf = self.chain.first().and_then(|leaf| leaf.public_key().ok());
        leaf.is_some_and(|public| public.public_eq(&self.key))
    }

    fn present(&self, builder: &mut SslAcceptorBuilder) -> Result<(), ErrorStack> {
        for (index, certificate) in self.chain.iter().enumerate() {
            match index {
                0 => builder.set_certificate(certificate)?,
                _ => builder.add_extra_chain_cert(certificate.clone())?,
            }
        }
        builder.set_private_key(&self.key)
    }
}

/// Asks for a certificate and takes whatever comes: the handshake still proves that the caller holds its key.
fn ask(builder: &mut SslAcceptorBuilder, demand: &Demand) -> Result<(), ErrorStack> {
    builder.set_security_level(SECURITY_LEVEL);
    builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
    if demand.renegotiates() {
        builder.set_max_proto_version(Some(SslVersion::TLS1_2))?;
    }
    if demand.asks() {
        builder.set_verify_callback(SslVerifyMode::PEER, |_, _| true);
    } else {
        builder.set_verify(SslVerifyMode::NONE);
    }
    // A resumed session would vouch for a handshake that another connection made.
    builder.set_session_cache_mode(SslSessionCacheMode::OFF);
    builder.set_options(SslOptions::NO_TICKET | SslOptions::NO_RENEGOTIATION);
    builder.set_num_tickets(0)?;
    builder.set_session_id_context(SESSION_CONTEXT)
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Problem> {
    read_file(path, FILE_BYTES).map_err(|error| {
        let text = format!(
            "expected a readable PEM file, found: {error}; correct its path or its permissions"
        );
        Problem::new(path.display().to_string(), text)
    })
}

fn parse_chain(path: &Path, pem: &[u8]) -> Result<Vec<X509>, Problem> {
    match X509::stack_from_pem(pem) {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        Ok(_) | Err(_) => Err(Problem::new(
            path.display().to_string(),
            "expected PEM with at least one certificate, found none; give the server's certificate first",
        )),
    }
}

fn parse_key(path: &Path, pem: &[u8]) -> Result<PKey<Private>, Problem> {
    // Without a callback OpenSSL would ask at the terminal for an encrypted key's password.
    PKey::private_key_from_pem_callback(pem, |_| Ok(0)).map_err(|_| {
        Problem::new(
            path.display().to_string(),
            "expected PEM with one unencrypted private key, found something else; give the server's key",
        )
    })
}

/// A name as App Service writes it: `CN=x, O=y`. ASCII, since it goes into a header.
fn line(name: &X509NameRef) -> String {
    let parts: Vec<String> = name
        .entries()
        .filter_map(|entry| {
            let key = entry.object().nid().short_name().ok()?;
            let value = entry.data().to_string().ok()?;
            Some(format!("{key}={}", value.escape_default()))
        })
        .collect();
    parts.join(", ")
}
