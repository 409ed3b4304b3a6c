//! What the TLS library reports of a failure, from an error and its causes.

use std::error::Error;

use openssl::error::ErrorStack;

/// OpenSSL's number for its TLS part, and its reason for a certificate that does not verify (`sslerr.h`).
const TLS_LIBRARY: i32 = 20;
const CERTIFICATE_VERIFY_FAILED: i32 = 134;

/// OpenSSL reports a received alert as this plus the alert's number (RFC 8446, section 6).
const ALERT_OFFSET: i32 = 1_000;

/// How many causes of an error are followed; real ones have about six.
const MAX_CAUSES: usize = 32;

/// What an error and its causes say about TLS.
///
/// Found in the errors of OpenSSL, native-tls, hyper and reqwest alike. It holds no secret; the text is the
/// libraries' own.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct TlsFailure {
    /// Whether TLS had a part in it at all.
    pub tls: bool,
    /// Whether our side refused the server's certificate.
    pub untrusted: bool,
    /// The alert that the other side sent, by its number.
    pub alert: Option<u8>,
    /// All causes in words, from the outermost inwards.
    pub text: String,
}

impl TlsFailure {
    /// Follows the causes of an error.
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        let mut failure = Self::default();
        let mut next = Some(error);
        for _ in 0..MAX_CAUSES {
            let Some(error) = next else { break };
            failure.note(error);
            next = error.source();
        }
        failure
    }

    fn note(&mut self, error: &(dyn Error + 'static)) {
        let text = error.to_string();
        if !self.text.contains(&text) {
            let separator = if self.text.is_empty() { "" } else { ": " };
            self.text = format!("{}{separator}{text}", self.text);
        }
        self.tls |= error.is::<native_tls::Error>();
        if let Some(stack) = error.downcast_ref::<ErrorStack>() {
            self.note_stack(stack);
        }
        let ssl = error.downcast_ref::<openssl::ssl::Error>();
        if let Some(stack) = ssl.and_then(openssl::ssl::Error::ssl_error) {
            self.note_stack(stack);
        }
    }

    fn note_stack(&mut self, stack: &ErrorStack) {
        for error in stack.errors() {
            if error.library_code() != TLS_LIBRARY {
                continue;
            }
            self.tls = true;
            self.untrusted |= error.reason_code() == CERTIFICATE_VERIFY_FAILED;
            let alert = u8::try_from(error.reason_code() - ALERT_OFFSET).ok();
            self.alert = alert.or(self.alert);
        }
    }
}
