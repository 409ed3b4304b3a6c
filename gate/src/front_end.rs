//! Whether a call came through the declared front end, which callers reach over TLS alone.

use app_settings::Environment;
use functions_handler::functions::FallbackCall;

/// What the settings declare. The engine has checked the word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum FrontEnd {
    /// No front end.
    Undeclared,
    /// Every call comes through it, by the place where this runs.
    Everywhere,
    /// A call comes through it if it proves so by a secret. Others may come past it, to public functions.
    Proving,
}

impl FrontEnd {
    pub(crate) fn of(environment: &Environment) -> Self {
        let declared = environment.get("CLIENT_CERT_FRONT_END");
        match declared.map(|value| value.trimmed().expose()) {
            None | Some("") => Self::Undeclared,
            Some("rfc9440") => Self::Proving,
            Some(_) => Self::Everywhere,
        }
    }

    /// Whether it is before this call. An admitted caller's came through it.
    pub(crate) fn is_before(self, call: &FallbackCall) -> bool {
        match self {
            Self::Undeclared => false,
            Self::Everywhere => true,
            Self::Proving => call.caller.is_some() || call.head.is_from_proven_front_end(),
        }
    }
}
