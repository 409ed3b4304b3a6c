//! The id of an invocation. What a request carries is untrusted text until it has been read here.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderMap;
use uuid::Uuid;

use crate::functions::InvocationId;
use crate::host::contract::INVOCATION_ID_HEADER;

/// The host's id of an invocation, or a fresh one where the host sent none.
///
/// The host appends its id to what a caller wrote into the same header, so the last part counts.
pub(crate) fn invocation_id(headers: &HeaderMap) -> InvocationId {
    let sent = headers
        .get_all(&INVOCATION_ID_HEADER)
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .and_then(|last| guid(last.trim()));
    InvocationId::new(sent.unwrap_or_else(fresh))
}

/// A random GUID (RFC 9562, version 4), without a call of the system for each.
///
/// It is an identifier and no secret: a keyed hash of a counter, with a key that the process drew at its start.
fn fresh() -> Uuid {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let (high, low) = (KEY.hash_one((count, true)), KEY.hash_one((count, false)));
    uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
        .into_uuid()
}

/// A GUID in the one form that the host writes (`D`: hyphens, no braces).
pub(crate) fn guid(text: &str) -> Option<Uuid> {
    /// 32 digits and four hyphens.
    const LENGTH: usize = 36;
    (text.len() == LENGTH)
        .then(|| Uuid::try_parse(text).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const ID: &str = "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11";

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(INVOCATION_ID_HEADER, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn the_host_wrote_the_last_part_of_the_invocation_id() {
        let upper = ID.to_uppercase();
        let id = |values: &[&str]| invocation_id(&headers(values)).as_str().to_owned();
        for values in [
            &[ID][..],
            &["evil, 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11"],
            &["evil", ID],
            &[&upper],
        ] {
            assert_eq!(id(values), ID, "{values:?}");
        }
        let braces = format!("{{{ID}}}");
        let simple = ID.replace('-', "");
        for values in [
            &[][..],
            &["evil"],
            &[ID, "evil"],
            &[&braces],
            &[&simple],
            &[""],
        ] {
            let fresh = id(values);
            assert_eq!(fresh.len(), ID.len(), "{values:?}");
            assert_ne!(fresh, ID, "{values:?}");
        }
    }
}
