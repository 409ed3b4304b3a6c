//! Why a call has no result, and the one mapping from that to a status.

use http::StatusCode;

use crate::functions::TriggerFailed;
use crate::log::{FailureLine, Subject};

/// Why a call has no result. The caller learns the status and nothing else.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Failed {
    /// The implementation panicked.
    Panicked,
    /// The implementation took longer than it may.
    TimedOut,
    /// The implementation gave a value to a binding that the function does not have, or one that is not JSON.
    Output(String),
    /// The implementation answered what cannot be sent.
    Reply(String),
    /// The implementation says so itself.
    Trigger(TriggerFailed),
}

impl Failed {
    /// The status, in either dialect: inside an envelope's 200 nothing of it would tell the host that the invocation
    /// failed.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Self::Panicked | Self::Output(_) | Self::Reply(_) | Self::Trigger(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    /// The line of the log. A panic itself is reported where it happens.
    pub(super) fn line<'a>(&self, subject: &'a Subject) -> FailureLine<'a> {
        let (event, detail) = match self {
            Self::Panicked => ("panic", None),
            Self::TimedOut => ("function-timed-out", None),
            Self::Output(binding) => (
                "output-without-binding",
                Some(format!(
                    "expected an output binding of function.json and a JSON value, found {binding:?}"
                )),
            ),
            Self::Reply(mistake) => ("reply-unusable", Some(mistake.clone())),
            Self::Trigger(failed) => ("trigger-failed", Some(failed.to_string())),
        };
        FailureLine::new(subject, event, detail)
    }
}
