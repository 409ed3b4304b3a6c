//! Why an envelope cannot be answered, and the one mapping from that to a status.

use http::StatusCode;

use crate::functions::BodyError;
use crate::host::{EnvelopeError, NoRoom};
use crate::log::{FailureLine, Subject};

/// Why an envelope cannot be answered. The host gets a status that counts as a failed invocation.
#[derive(Debug)]
pub(super) enum Unreadable {
    Body(BodyError),
    Envelope(EnvelopeError),
    /// A secured function's headers are not where the host writes them.
    LateHeaders,
    NoRoom,
}

impl Unreadable {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Body(BodyError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(BodyError::Interrupted) | Self::Envelope(_) | Self::LateHeaders => {
                StatusCode::BAD_REQUEST
            }
            Self::NoRoom => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The line of the log. The host alone writes envelopes, so somebody should look.
    pub(super) fn line<'a>(&self, subject: &'a Subject) -> FailureLine<'a> {
        let detail = match self {
            Self::Body(error) => error.to_string(),
            Self::Envelope(error) => error.to_string(),
            Self::LateHeaders => {
                "expected the method and the headers of the request before its body and other inputs, found neither in time"
                    .to_owned()
            }
            Self::NoRoom => {
                "the memory for envelopes of callers who are not admitted is used up".to_owned()
            }
        };
        FailureLine::new(subject, "envelope-unreadable", Some(detail))
    }
}

impl From<BodyError> for Unreadable {
    fn from(error: BodyError) -> Self {
        Self::Body(error)
    }
}

impl From<EnvelopeError> for Unreadable {
    fn from(error: EnvelopeError) -> Self {
        match error {
            EnvelopeError::NoRoom => Self::NoRoom,
            other => Self::Envelope(other),
        }
    }
}

impl From<NoRoom> for Unreadable {
    fn from(NoRoom: NoRoom) -> Self {
        Self::NoRoom
    }
}
