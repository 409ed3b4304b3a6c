//! What the host expects back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::host::function_json::Output;

/// The name of the binding whose value travels as the return value.
const RETURN: &str = "$return";

/// The answer to an envelope. On the wire it is always 200 and `application/json`, and never empty: the host waits
/// for ever for an answer that is empty or `null`.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EnvelopeReply {
    outputs: Map<String, Value>,
    logs: [&'static str; 0],
    return_value: Value,
}

/// The HTTP answer inside an envelope: the value of the http output.
///
/// The status goes by `statusCode`. The host knows `status` as well, and then a `StatusCode` of null, which it makes
/// itself, stands before it and the caller gets 200.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpAnswer {
    /// The status.
    pub status_code: u16,
    /// The headers. The host takes one value for each name.
    pub headers: Map<String, Value>,
    /// The body, as text.
    pub body: String,
}

impl EnvelopeReply {
    /// An answer without outputs.
    pub fn new() -> Self {
        Self::default()
    }

    /// With the HTTP answer for the http output of this name.
    #[must_use]
    pub fn with_answer(self, binding: &str, answer: &HttpAnswer) -> Self {
        // Texts and a number, so rendering does not fail.
        let value = serde_json::to_value(answer).unwrap_or_default();
        self.with(binding, value)
    }

    /// With the value of another output. A text arrives there as it is here.
    #[must_use]
    pub fn with_output(self, output: &Output, value: Value) -> Self {
        let value = match value {
            Value::String(text) if !output.is_binary && is_base64(&text) => {
                Value::String(STANDARD.encode(text))
            }
            other => other,
        };
        self.with(&output.name, value)
    }

    /// The text of the answer.
    pub fn into_text(self) -> Vec<u8> {
        // Values of JSON, so rendering does not fail; the fallback is an answer like any other, and never empty.
        serde_json::to_vec(&self).unwrap_or_else(|_| b"{}".to_vec())
    }

    fn with(mut self, binding: &str, value: Value) -> Self {
        if binding.eq_ignore_ascii_case(RETURN) {
            self.return_value = value;
        } else {
            self.outputs.insert(binding.to_owned(), value);
        }
        self
    }
}

/// Whether the host would take a text for base64 and put its bytes on the binding instead (`test` is one such text).
///
/// .NET passes over blanks and line breaks.
fn is_base64(text: &str) -> bool {
    let letters: Vec<u8> = text
        .bytes()
        .filter(|byte| !b" \t\r\n".contains(byte))
        .collect();
    let padding = letters
        .iter()
        .rev()
        .take_while(|byte| **byte == b'=')
        .count();
    let data = letters.len() - padding;
    let alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    data > 0
        && padding <= 2
        && letters.len().is_multiple_of(4)
        && letters.iter().take(data).all(alphabet)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn output(name: &str, is_binary: bool) -> Output {
        Output {
            name: name.to_owned(),
            kind: "queue".to_owned(),
            is_binary,
        }
    }

    fn answer() -> HttpAnswer {
        HttpAnswer {
            status_code: 401,
            headers: Map::from_iter([("content-type".to_owned(), json!("text/plain"))]),
            body: "no".to_owned(),
        }
    }

    fn text(reply: EnvelopeReply) -> String {
        String::from_utf8(reply.into_text()).unwrap()
    }

    #[test]
    fn an_answer_has_all_three_members_and_the_hosts_own_names() {
        assert_eq!(
            text(EnvelopeReply::new()),
            r#"{"Outputs":{},"Logs":[],"ReturnValue":null}"#
        );
        let reply = EnvelopeReply::new().with_answer("res", &answer());
        assert_eq!(
            text(reply),
            r#"{"Outputs":{"res":{"body":"no","headers":{"content-type":"text/plain"},"statusCode":401}},"Logs":[],"ReturnValue":null}"#
        );
    }

    #[test]
    fn the_return_value_has_a_place_of_its_own() {
        let reply = EnvelopeReply::new()
            .with_answer("$return", &answer())
            .with_output(&output("message", false), json!({"id": 1}));
        let value: Value = serde_json::from_str(&text(reply)).unwrap();
        assert_eq!(value["ReturnValue"]["statusCode"], 401);
        assert_eq!(value["Outputs"], json!({"message": {"id": 1}}));
    }

    #[test]
    fn a_text_that_the_host_would_decode_is_encoded_first() {
        let table = [
            ("test", "dGVzdA=="),
            ("te st\r\n", "dGUgc3QNCg=="),
            ("YQ==", "WVE9PQ=="),
            ("hello", "hello"),
            ("", ""),
            ("====", "===="),
            ("a===", "a==="),
            ("te=t", "te=t"),
            ("te-t", "te-t"),
            ("{\"a\": 1}", "{\"a\": 1}"),
        ];
        for (given, sent) in table {
            let reply = EnvelopeReply::new().with_output(&output("out", false), json!(given));
            assert_eq!(reply.outputs["out"], sent, "{given}");
            let reply = EnvelopeReply::new().with_output(&output("out", true), json!(given));
            assert_eq!(reply.outputs["out"], given, "{given}");
        }
    }
}
