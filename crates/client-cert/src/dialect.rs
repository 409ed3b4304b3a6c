//! How a front end writes the caller's certificate into a header.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::envoy_element::{self, MAX_ELEMENT_BYTES};
use crate::forwarded::{Forwarded, ForwardedError, MAX_HEADER_VALUE_BYTES, decode};
use crate::header_line::HeaderLine;

/// A header that carries the caller's certificate, and its encoding. Each front end has one; the others' headers are the
/// caller's own text and have no say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Dialect {
    /// `X-ARR-ClientCert`: base64 of the DER encoding.
    AppService,
    /// `X-Forwarded-Client-Cert`: Envoy's element.
    Envoy,
    /// `Client-Cert` (RFC 9440, section 2.2): base64 of the DER encoding between colons.
    Rfc9440,
}

impl Dialect {
    /// The header's name.
    pub(crate) fn header(self) -> &'static str {
        match self {
            Self::AppService => "X-ARR-ClientCert",
            Self::Envoy => "X-Forwarded-Client-Cert",
            Self::Rfc9440 => "Client-Cert",
        }
    }

    /// The longest value that is looked at, in bytes.
    pub(crate) fn max_value_bytes(self) -> usize {
        match self {
            Self::AppService | Self::Rfc9440 => MAX_HEADER_VALUE_BYTES,
            Self::Envoy => MAX_ELEMENT_BYTES,
        }
    }

    /// How the value is encoded, for people.
    pub(crate) fn encoding(self) -> &'static str {
        match self {
            Self::AppService => "standard base64 with its padding, and nothing else",
            Self::Rfc9440 => {
                "standard base64 with its padding between two colons, and nothing else"
            }
            Self::Envoy => {
                "Envoy's element with Cert in percent-encoded PEM, its SHA-256 if Hash is present, and no keys but Hash, Cert \
                 and Chain"
            }
        }
    }

    /// The one value of the header, bounded; not decoded yet.
    ///
    /// # Errors
    ///
    /// Absent, empty, repeated and oversized values. All of them fail closed.
    pub(crate) fn value<'a>(self, forwarded: &Forwarded<'a>) -> Result<&'a [u8], ForwardedError> {
        let value = match self.line(forwarded) {
            HeaderLine::Absent => return Err(ForwardedError::Absent),
            HeaderLine::Repeated(lines) => return Err(ForwardedError::Repeated { lines }),
            HeaderLine::Once(value) => value,
        };
        if value.trim_ascii().is_empty() {
            return Err(ForwardedError::Empty);
        }
        let (most, found) = (self.max_value_bytes(), value.len());
        match found > most {
            true => Err(ForwardedError::TooLong { most, found }),
            false => Ok(value),
        }
    }

    /// The lines of the header.
    pub(crate) fn line<'a>(self, forwarded: &Forwarded<'a>) -> HeaderLine<'a> {
        match self {
            Self::AppService => forwarded.arr_client_cert,
            Self::Envoy => forwarded.forwarded_client_cert,
            Self::Rfc9440 => forwarded.client_cert,
        }
    }

    /// The bytes of the certificate that a value encodes.
    pub(crate) fn decode(self, value: &[u8]) -> Result<Vec<u8>, ForwardedError> {
        match self {
            Self::AppService => decode(value),
            Self::Envoy => envoy_element::decode(value),
            Self::Rfc9440 => byte_sequence(value).and_then(decode),
        }
    }

    /// The same certificate as base64 of its DER encoding. Of a value that [`Dialect::decode`] takes.
    pub(crate) fn base64(self, value: &[u8]) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::AppService => Some(Cow::Borrowed(value)),
            Self::Envoy => {
                let der = self.decode(value).ok()?;
                Some(Cow::Owned(STANDARD.encode(der).into_bytes()))
            }
            Self::Rfc9440 => byte_sequence(value).ok().map(Cow::Borrowed),
        }
    }
}

/// The base64 of a byte sequence (RFC 8941, section 3.3.5). RFC 9440 allows no parameters after it; a comma makes a list, which
/// is what hops make of two lines.
fn byte_sequence(value: &[u8]) -> Result<&[u8], ForwardedError> {
    if value.contains(&b',') {
        return Err(ForwardedError::Joined);
    }
    let inner = value
        .strip_prefix(b":")
        .and_then(|rest| rest.strip_suffix(b":"));
    inner.ok_or(ForwardedError::ByteSequence)
}
