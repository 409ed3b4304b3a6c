#![doc = include_str!("../README.md")]
//!
//! # How it fits together
//!
//! ```text
//! app settings ─▶ settings ─┐
//!                  (pure)    ├─▶ source ─▶ encoded identity ─▶ pkcs12 or pem ─▶ contents ─▶ selection ─▶ identity ─▶ connector
//!    the program's own bytes ─┘   (reads)                       (one budget)                (one key and its chain)  (HTTP client)
//! ```
//!
//! The settings are text and are parsed once, at the start: a mistake in them is a start-up error. A source is asked
//! later, and again at each reload: what cannot be loaded is reported and leaves the identity in use as it is. A source that is
//! a vault gives what the vault gave last; the task that reloads asks the vault, at most once an hour by itself.
//!
//! On Linux the private key stays in memory from the file's bytes to the handshake; nothing is written. What holds
//! a key, a password or a password-derived key cannot be formatted, and is overwritten when it is dropped and when it
//! moves. That is true of this crate's own memory: OpenSSL keeps the key for the connections, and its decoder leaves
//! copies of an unencrypted key behind, as do the HTTP client and OpenSSL where the identity comes from a vault. On macOS
//! and Windows native-tls imports the key into the system's store.

mod answer;
mod builder;
mod call_error;
mod connector;
mod contents;
mod day;
mod encoded_identity;
mod form;
mod identity;
mod input_file;
mod key_file;
mod key_vault;
mod limits;
mod load_error;
mod notice;
mod outbound;
mod password;
mod path;
mod pem;
mod pem_block;
mod pem_text;
mod pkcs12;
mod presented;
mod private_key;
mod reload_memory;
mod secret_bytes;
mod selection;
mod settings;
mod source;
mod tls_failure;
mod trust;
mod warning;
mod watch;

pub use answer::Answer;
pub use builder::OutboundBuilder;
pub use call_error::{CallError, CallErrorKind};
pub use contents::Contents;
pub use encoded_identity::EncodedIdentity;
pub use form::{Form, Found};
pub use identity::{Facts, Identity};
pub use key_vault::{InvalidVaultCertificate, KeyVault, VaultCertificate};
pub use limits::Limits;
pub use load_error::{LoadError, LoadErrorKind};
/// Who reads a [`KeyVault`].
pub use managed_identity::ManagedIdentity;
pub use notice::Notice;
pub use outbound::Outbound;
pub use password::Password;
pub use pem_text::{Oddity, is_pem};
pub use pkcs12::is_pkcs12;
/// The HTTP client, in the version that [`Outbound::client`] returns.
pub use reqwest;
pub use settings::{DECLARED, OutboundSettings};
pub use source::IdentitySource;
pub use tls_failure::TlsFailure;
pub use trust::Trust;
pub use warning::Warning;
pub use watch::RELOAD_INTERVAL;
