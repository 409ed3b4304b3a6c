//! Where a policy document is.

use std::path::PathBuf;
use std::str::FromStr;

use super::remote_url::{InvalidUrl, RemoteUrl};

/// Where a policy document is, as `CLIENT_CERT_POLICY` says: a URL if the text has `://`, and a file otherwise.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PolicyLocation {
    /// A file; relative to what the reader of the setting says.
    File(PathBuf),
    /// An Azure blob or another https URL.
    Remote(RemoteUrl),
}

impl FromStr for PolicyLocation {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains("://") {
            text.parse().map(Self::Remote)
        } else {
            Ok(Self::File(PathBuf::from(text)))
        }
    }
}
