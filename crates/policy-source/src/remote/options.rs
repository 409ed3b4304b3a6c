//! How a remote document is read.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use managed_identity::ManagedIdentity;

use super::max_age::MaxAge;
use super::remote_url::RemoteUrl;

/// The pause between two attempts: how late an instance is with a change at most, and two requests a minute for a store.
const INTERVAL: Duration = Duration::from_secs(30);

/// How a remote document is read, kept, and how old it gets.
#[derive(Clone)]
pub struct RemoteOptions {
    /// Where the document is.
    pub url: RemoteUrl,
    /// What the store is shown.
    pub credential: Credential,
    /// The folder of the last good copy (`CLIENT_CERT_POLICY_CACHE`).
    pub cache: Option<PathBuf>,
    /// How long a policy is used without its store confirming it (`CLIENT_CERT_POLICY_MAX_AGE`).
    pub max_age: MaxAge,
    /// What applies after that (`CLIENT_CERT_POLICY_TOO_OLD`).
    pub too_old: TooOld,
    /// Which servers are trusted.
    pub trust: StoreTrust,
    /// How long a request takes at most.
    pub timeouts: Timeouts,
    /// The pause between two attempts while the store answers.
    pub interval: Duration,
    /// The present.
    pub clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl RemoteOptions {
    /// The defaults: a blob without a signature in its URL is read with `identity`, every other URL as it is; no copy is kept;
    /// after a day without the store every secured call is refused. `clock` is the present.
    pub fn new(
        url: RemoteUrl,
        identity: ManagedIdentity,
        clock: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> Self {
        let credential = if url.is_blob() && !url.has_signature() {
            Credential::ManagedIdentity(identity)
        } else {
            Credential::None
        };
        Self {
            url,
            credential,
            cache: None,
            max_age: MaxAge::default(),
            too_old: TooOld::default(),
            trust: StoreTrust::default(),
            timeouts: Timeouts::default(),
            interval: INTERVAL,
            clock: Arc::new(clock),
        }
    }
}

/// What the store is shown with each request.
#[derive(Clone)]
pub enum Credential {
    /// Nothing but the URL, whose query may be a shared access signature.
    None,
    /// A token for Azure Storage. The URL's host receives it.
    ManagedIdentity(ManagedIdentity),
}

/// Which servers are trusted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum StoreTrust {
    /// Those under the system's authorities.
    #[default]
    System,
    /// Those under the authorities of this PEM text alone.
    Only(Vec<u8>),
}

/// How long a request takes at most.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timeouts {
    /// The connection with its handshake.
    pub connect: Duration,
    /// The pause between two pieces of an answer.
    pub read: Duration,
    /// The whole request. 64 MiB in a minute are 9 Mbit/s.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(10),
            total: Duration::from_secs(60),
        }
    }
}

/// What applies when a policy is older than its maximum age: `deny` (the default) or `continue`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TooOld {
    /// The policy stays in use.
    Continue,
    /// Every secured call is refused until the store answers.
    #[default]
    Deny,
}

impl TooOld {
    /// The word of each in settings.
    pub const WORDS: &[(&str, Self)] = &[("deny", Self::Deny), ("continue", Self::Continue)];
}

/// Why options cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Unusable {
    /// The authorities' PEM text contains no certificate, or one that cannot be read.
    Authorities,
    /// The TLS library does not start.
    Tls,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authorities => "expected PEM certificates of authorities, found none or one that cannot be read; correct the file",
            Self::Tls => "expected a TLS client, found that the TLS library does not start",
        })
    }
}

impl std::error::Error for Unusable {}
