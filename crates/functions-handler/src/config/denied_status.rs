//! `CLIENT_CERT_DENIED_STATUS`: the status of a refusal.

use http::StatusCode;

use crate::host::Profile;

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
    /// The values of the setting.
    pub const WORDS: &[(&str, Self)] = &[("401", Self::Unauthorized), ("403", Self::Forbidden)];

    /// The status where the setting is unset.
    ///
    /// Clients of the Model Context Protocol take a 401 for an invitation to OAuth, whatever its challenge says, so under
    /// the profile `mcp-custom-handler` it is 403.
    pub fn default_of(profile: Profile) -> Self {
        match profile {
            Profile::McpCustomHandler => Self::Forbidden,
            Profile::Default | Profile::WebAppCustomHandler => Self::Unauthorized,
        }
    }

    /// The status on the wire.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
        }
    }
}
