//! The token of a managed identity.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use zeroize::Zeroizing;

/// How long before its end a token is no longer used: more than a request takes.
const MARGIN: Duration = Duration::from_secs(300);

/// A bearer token. It has neither `Debug` nor `Display`, and is overwritten when it is dropped.
pub(super) struct Token {
    text: Zeroizing<String>,
    expires: SystemTime,
}

impl Token {
    /// Reads the answer of an identity endpoint. `expires_on` is a number of seconds since 1970, as text in App Service.
    pub(super) fn parse(answer: &[u8]) -> Option<Self> {
        let answer: Answer = serde_json::from_slice(answer).ok()?;
        let text = Zeroizing::new(answer.access_token);
        let seconds = match answer.expires_on {
            Seconds::Number(seconds) => seconds,
            Seconds::Text(text) => text.parse().ok()?,
        };
        let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let expires = UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?;
        is_token.then_some(Self { text, expires })
    }

    /// Whether it is good for another request.
    pub(super) fn is_usable(&self, now: SystemTime) -> bool {
        now.checked_add(MARGIN)
            .is_some_and(|soon| soon < self.expires)
    }

    /// For the request's header alone.
    pub(super) fn header(&self) -> Zeroizing<String> {
        Zeroizing::new(["Bearer ", &self.text].concat())
    }
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_on: Seconds,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(u64),
    Text(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_used_until_five_minutes_before_its_end() {
        for text in [r#""1000""#, "1000"] {
            let answer =
                format!(r#"{{"access_token":"t","expires_on":{text},"token_type":"Bearer"}}"#);
            let token = Token::parse(answer.as_bytes()).unwrap();
            let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
            assert!(token.is_usable(at(699)));
            assert!(!token.is_usable(at(700)));
        }
    }

    #[test]
    fn an_answer_that_is_not_as_documented_has_no_token() {
        for answer in [
            "",
            "<html>",
            "{}",
            r#"{"access_token":"t"}"#,
            r#"{"access_token":"","expires_on":"1"}"#,
            r#"{"access_token":"a\r\nb","expires_on":"1"}"#,
            r#"{"access_token":"t","expires_on":"soon"}"#,
            r#"{"access_token":"t","expires_on":18446744073709551615}"#,
        ] {
            assert!(Token::parse(answer.as_bytes()).is_none(), "{answer}");
        }
    }
}
