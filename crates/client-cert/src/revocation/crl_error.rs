//! Why bytes are not a revocation list that can be used.

use std::fmt;

/// The longest list that is read, in bytes: a million entries take 40 MB.
pub const MAX_CRL_BYTES: usize = 128 * 1024 * 1024;

/// Why bytes are not a revocation list that can be used.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CrlError {
    /// Beyond [`MAX_CRL_BYTES`].
    TooLong {
        /// Bytes.
        found: usize,
    },
    /// Not a list (section 5.1).
    Malformed(&'static str),
    /// No nextUpdate, which RFC 5280, section 5.1.2.5, requires: it would never be stale.
    NoNextUpdate,
    /// A critical extension, of the list or of an entry, that is not processed.
    CriticalExtension {
        /// In dotted notation.
        found: String,
    },
    /// A list for attribute certificates alone.
    AttributeCertificates,
    /// More of something than is read before anybody knows who signed the list.
    TooMany {
        /// Of what.
        what: &'static str,
        /// The most that is read.
        most: usize,
    },
}

impl fmt::Display for CrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { found } => {
                write!(
                    f,
                    "expected a revocation list of at most {MAX_CRL_BYTES} bytes, found {found}"
                )
            }
            Self::Malformed(found) => write!(
                f,
                "expected the DER encoding of a revocation list, found {found}"
            ),
            Self::NoNextUpdate => {
                f.write_str("expected a nextUpdate, found none: the list would never be stale")
            }
            Self::CriticalExtension { found } => {
                write!(
                    f,
                    "expected no unrecognized critical extension, found {found}"
                )
            }
            Self::AttributeCertificates => f.write_str(
                "expected a list for certificates, found one for attribute certificates alone",
            ),
            Self::TooMany { what, most } => write!(
                f,
                "expected a revocation list with at most {most} {what}, found more"
            ),
        }
    }
}

impl std::error::Error for CrlError {}
