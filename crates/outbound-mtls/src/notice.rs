//! What happens to our identity while the client runs.

use std::sync::Arc;

use rustls_pki_types::UnixTime;
use serde::Serialize;
use serde::ser::Serializer;

use client_cert::rfc3339;

use super::identity::Facts;

/// Something that happened to our identity, for the log.
///
/// Each is given once for each change, failures and warnings again once a day. It serializes as the fields of a log
/// line: `event`, `level`, and what the event is about. The time of the line is the log's.
///
/// ```
/// use outbound_mtls::Notice;
///
/// let notice = Notice::LoadFailed { detail: "partner.p12: is empty".into(), previous_in_use: true };
/// assert_eq!(
///     serde_json::to_string(&notice)?,
///     r#"{"event":"outbound-identity-failed","level":"error","detail":"partner.p12: is empty","previousInUse":true}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Notice {
    /// An identity was loaded and is presented from the next call on.
    Loaded(Facts),
    /// The identity or the trust anchors could not be loaded.
    LoadFailed {
        /// The file, what was found and what to do.
        detail: String,
        /// Whether an identity that was loaded before is still in use.
        previous_in_use: bool,
    },
    /// The identity in use expires within [`EXPIRY_WARNING_DAYS`](client_cert::EXPIRY_WARNING_DAYS) days, or has expired.
    Expiring {
        /// The facts of the identity in use.
        facts: Facts,
        /// Whole days left; negative after the end.
        days: i64,
    },
}

/// Takes notices.
pub(super) type Notify = Arc<dyn Fn(Notice) + Send + Sync>;

/// Supplies the instant with which expiry is compared.
pub(super) type Clock = Arc<dyn Fn() -> UnixTime + Send + Sync>;

impl Notice {
    /// Whether somebody should act on it soon.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::LoadFailed { .. })
    }

    fn fields(&self) -> Fields<'_> {
        match self {
            Self::Loaded(facts) => {
                Fields::of_identity("outbound-identity-loaded", "information", facts)
            }
            Self::Expiring { facts, days } => Fields {
                expires_in_days: Some(*days),
                ..Fields::of_identity("outbound-identity-expires", "warning", facts)
            },
            Self::LoadFailed {
                detail,
                previous_in_use,
            } => Fields {
                detail: Some(detail),
                previous_in_use: Some(*previous_in_use),
                ..Fields::new("outbound-identity-failed", "error")
            },
        }
    }
}

impl Serialize for Notice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.fields().serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    event: &'static str,
    level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbprint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chain_length: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_in_use: Option<bool>,
}

impl Fields<'_> {
    fn new(event: &'static str, level: &'static str) -> Self {
        Self {
            event,
            level,
            thumbprint: None,
            not_after: None,
            chain_length: None,
            warnings: Vec::new(),
            expires_in_days: None,
            detail: None,
            previous_in_use: None,
        }
    }

    fn of_identity(event: &'static str, level: &'static str, facts: &Facts) -> Self {
        let not_after = i64::try_from(facts.not_after.as_secs()).unwrap_or(i64::MAX);
        Self {
            thumbprint: Some(facts.sha256.hex()),
            not_after: Some(rfc3339(not_after)),
            chain_length: Some(facts.chain_length),
            warnings: facts.warnings.iter().map(ToString::to_string).collect(),
            ..Self::new(event, level)
        }
    }
}
