//! `CLIENT_CERT_DENIED_STATUS`: the status of a refusal.

use std::str::FromStr;

use http::StatusCode;

/// The status of a refusal of callers who are not authenticated. A caller who lacks a role gets 403 in any case.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum DeniedStatus {
    /// 401, as RFC 9110 has it.
    #[default]
    Unauthorized,
    /// 403, as the Flask sample has it.
    Forbidden,
}

impl DeniedStatus {
    /// The status on the wire.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
        }
    }
}

/// The values of `CLIENT_CERT_DENIED_STATUS`.
impl FromStr for DeniedStatus {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "401" => Ok(Self::Unauthorized),
            "403" => Ok(Self::Forbidden),
            _ => Err("expected 401 or 403"),
        }
    }
}
