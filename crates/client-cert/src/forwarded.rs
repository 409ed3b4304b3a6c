//! What the front end forwarded with one request, and the way from its header value to DER.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::element_fault::ElementFault;
use crate::front_end_secret::FrontEndProof;
use crate::header_line::HeaderLine;
use crate::target_host::TargetHost;

/// The longest value of `X-ARR-ClientCert` that is looked at, in bytes.
///
/// An RSA-4096 certificate with dozens of names takes about 4 kB of base64. The front end itself refuses
/// requests with more than 64 KB of headers.
pub const MAX_HEADER_VALUE_BYTES: usize = 16 * 1024;

/// The headers of one request that the decision looks at. Nothing else of a request has a say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Forwarded<'a> {
    /// `X-ARR-ClientCert`: the caller's certificate, as base64 of its DER encoding.
    pub arr_client_cert: HeaderLine<'a>,
    /// `X-Forwarded-Client-Cert`: the caller's certificate as Envoy forwards it.
    pub forwarded_client_cert: HeaderLine<'a>,
    /// `Client-Cert` (RFC 9440): the caller's certificate as a byte sequence of a structured field.
    pub client_cert: HeaderLine<'a>,
    /// Whether `X-Client-Cert-Front-End` proves that the request comes from the front end.
    pub proof: FrontEndProof,
    /// `X-Forwarded-Proto`: how the caller reached the front end.
    pub proto: HeaderLine<'a>,
    /// `Host`, `X-Forwarded-Host` and `X-Original-Host`: the host that the request is addressed to.
    pub host: TargetHost<'a>,
}

impl Forwarded<'_> {
    /// A request without any of the headers.
    pub const EMPTY: Self = Self {
        arr_client_cert: HeaderLine::Absent,
        forwarded_client_cert: HeaderLine::Absent,
        client_cert: HeaderLine::Absent,
        proof: FrontEndProof::NONE,
        proto: HeaderLine::Absent,
        host: TargetHost::Absent,
    };
}

/// Decodes one header value: standard base64 with its padding, nothing before, between or after.
///
/// The Functions host joins two header lines into `A, B`. That is an attack or a mistake, and is refused
/// whatever A and B are.
pub(crate) fn decode(value: &[u8]) -> Result<Vec<u8>, ForwardedError> {
    STANDARD.decode(value).map_err(|_| {
        if value.contains(&b',') {
            ForwardedError::Joined
        } else {
            ForwardedError::Encoding {
                found: Encoding::recognise(value),
            }
        }
    })
}

/// Why the header does not hold exactly one certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ForwardedError {
    /// No such header: the caller presented no certificate, or the front end asked for none.
    Absent,
    /// The header stands there without a value.
    Empty,
    /// Several header lines.
    Repeated {
        /// How many.
        lines: usize,
    },
    /// One line with a comma: several values that a hop joined.
    Joined,
    /// Longer than any value that is looked at, as [`MAX_HEADER_VALUE_BYTES`].
    TooLong {
        /// The most bytes.
        most: usize,
        /// Bytes in the value.
        found: usize,
    },
    /// Not standard base64.
    Encoding {
        /// What it looks like instead.
        found: Encoding,
    },
    /// Not one byte sequence of a structured field (RFC 8941, section 3.3.5), standard base64 with its padding between colons.
    ByteSequence,
    /// Not an element of `X-Forwarded-Client-Cert` with one certificate.
    Element {
        /// What is wrong with it.
        found: ElementFault,
    },
    /// `Hash` is the SHA-256 of another certificate than the one in `Cert`.
    OtherHash,
}

impl fmt::Display for ForwardedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("expected one client certificate, found none"),
            Self::Empty => f.write_str("expected one client certificate, found an empty header"),
            Self::Repeated { lines } => {
                write!(
                    f,
                    "expected one header line with one certificate, found {lines} lines"
                )
            }
            Self::Joined => f.write_str(
                "expected one certificate in the header, found several values joined by a comma",
            ),
            Self::TooLong { most, found } => {
                write!(
                    f,
                    "expected at most {most} bytes in the header, found {found}"
                )
            }
            Self::Encoding { found } => {
                write!(
                    f,
                    "expected base64 of the DER encoding on one line, found {found}"
                )
            }
            Self::ByteSequence => f.write_str(
                "expected base64 of the DER encoding between two colons, found something else",
            ),
            Self::Element { found } => {
                write!(f, "expected one element as Envoy writes it, found {found}")
            }
            Self::OtherHash => f.write_str(
                "expected Hash to be the SHA-256 of the certificate in Cert, found that of another",
            ),
        }
    }
}

impl std::error::Error for ForwardedError {}

/// What a value that is not standard base64 looks like. A hint for people; nothing is decided by it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Encoding {
    /// `-----BEGIN CERTIFICATE-----`.
    Pem,
    /// Percent-encoded text.
    PercentEncoded,
    /// The URL-safe alphabet (`-` and `_`).
    Base64Url,
    /// Blanks, tabs or line breaks inside.
    Whitespace,
    /// Bytes outside ASCII.
    NotAscii,
    /// The right alphabet with missing, wrong or misplaced padding.
    Padding,
    /// None of these.
    Unknown,
}

impl Encoding {
    fn recognise(value: &[u8]) -> Self {
        let has = |wanted: fn(&u8) -> bool| value.iter().any(wanted);
        if !value.is_ascii() {
            Self::NotAscii
        } else if value.trim_ascii_start().starts_with(b"-----BEGIN") {
            Self::Pem
        } else if has(|byte| *byte == b'%') {
            Self::PercentEncoded
        } else if has(u8::is_ascii_whitespace) {
            Self::Whitespace
        } else if has(|byte| matches!(byte, b'-' | b'_')) {
            Self::Base64Url
        } else if value
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
        {
            Self::Padding
        } else {
            Self::Unknown
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pem => "PEM",
            Self::PercentEncoded => "percent-encoded text",
            Self::Base64Url => "base64url",
            Self::Whitespace => "white space inside",
            Self::NotAscii => "bytes outside ASCII",
            Self::Padding => "base64 of a wrong length or with wrong padding",
            Self::Unknown => "other characters",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    fn value(line: HeaderLine<'_>) -> Result<&[u8], ForwardedError> {
        Dialect::AppService.value(&Forwarded {
            arr_client_cert: line,
            ..Forwarded::EMPTY
        })
    }

    #[test]
    fn exactly_one_line_of_bounded_length_is_taken() {
        let longest = vec![b'A'; MAX_HEADER_VALUE_BYTES];
        let too_long = vec![b'A'; MAX_HEADER_VALUE_BYTES + 1];
        assert_eq!(value(HeaderLine::Once(b"AAAA")), Ok(&b"AAAA"[..]));
        assert_eq!(value(HeaderLine::Once(&longest)), Ok(&longest[..]));
        let refused = [
            (HeaderLine::Absent, ForwardedError::Absent),
            (HeaderLine::Once(b""), ForwardedError::Empty),
            (HeaderLine::Once(b" \t"), ForwardedError::Empty),
            (
                HeaderLine::Repeated(2),
                ForwardedError::Repeated { lines: 2 },
            ),
            (
                HeaderLine::Once(&too_long),
                ForwardedError::TooLong {
                    most: MAX_HEADER_VALUE_BYTES,
                    found: MAX_HEADER_VALUE_BYTES + 1,
                },
            ),
        ];
        for (line, error) in refused {
            assert_eq!(value(line), Err(error));
        }
    }

    #[test]
    fn only_canonical_base64_is_decoded() {
        assert_eq!(decode(b"AAEC"), Ok(vec![0, 1, 2]));
        assert_eq!(decode(b"AAE="), Ok(vec![0, 1]));
        let encoding = |found| ForwardedError::Encoding { found };
        let refused: [(&[u8], ForwardedError); 14] = [
            (b"AAEC,AAEC", ForwardedError::Joined),
            (b"AAEC, AAEC", ForwardedError::Joined),
            (b"AAEC,", ForwardedError::Joined),
            (b",AAEC", ForwardedError::Joined),
            (b"AAE", encoding(Encoding::Padding)),
            (b"AAF=", encoding(Encoding::Padding)),
            (b"AAEC====", encoding(Encoding::Padding)),
            (b"AAE=AAEC", encoding(Encoding::Padding)),
            (b"AAEC\r\n", encoding(Encoding::Whitespace)),
            (b" AAEC", encoding(Encoding::Whitespace)),
            (b"AA-_", encoding(Encoding::Base64Url)),
            (b"AA%2B", encoding(Encoding::PercentEncoded)),
            (b"-----BEGIN CERTIFICATE-----", encoding(Encoding::Pem)),
            (b"AAE\xff", encoding(Encoding::NotAscii)),
        ];
        for (text, error) in refused {
            assert_eq!(decode(text), Err(error), "{}", text.escape_ascii());
        }
    }
}
