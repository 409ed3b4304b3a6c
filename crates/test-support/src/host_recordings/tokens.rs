//! What the tokens of a recording stand for.

use serde_json::Value;

/// The name by which callers called the recorded host. Our own, since a front end for development counts there alone.
const BASE: &str = "localhost:7071";

/// Times, dates and spans are not kept: any will do.
const ANY: [(&str, &str); 6] = [
    ("<base>", BASE),
    ("<client-port>", "50000"),
    ("<date>", "Thu, 01 Jan 2026 00:00:00 GMT"),
    ("<span-", "b7ad6b7169203331"),
    ("<time", "2026-01-01T00:00:00.1234567Z"),
    ("<host-version>", "4.1037.0.0"),
];

/// Where our own port goes, which is known when the request is sent.
pub(super) const PORT: &str = "<handler-port>";

/// The tokens of one case.
pub(super) struct Tokens(Vec<(String, String)>);

impl Tokens {
    pub(super) fn new(maps: [&Value; 2]) -> Self {
        let known = maps.into_iter().filter_map(Value::as_object).flatten();
        let known = known.filter(|(token, _)| token.as_str() != PORT && token.as_str() != "<base>");
        Self(
            known
                .map(|(token, value)| (token.clone(), value.as_str().unwrap().to_owned()))
                .collect(),
        )
    }

    /// A text with what its tokens stood for, but for our own port.
    pub(super) fn filled(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, token)) = rest.split_once('<') {
            filled.push_str(before);
            let end = token.find('>').map(|end| end + 2);
            let token = &rest[before.len()..];
            match end.and_then(|end| Some((end, self.value(&token[..end])?))) {
                Some((end, value)) => {
                    filled.push_str(value);
                    rest = &token[end..];
                }
                None => {
                    filled.push('<');
                    rest = &token[1..];
                }
            }
        }
        filled + rest
    }

    fn value(&self, token: &str) -> Option<&str> {
        let known = self.0.iter().find(|(name, _)| name == token);
        let any = || ANY.iter().find(|(start, _)| token.starts_with(start));
        known
            .map(|(_, value)| value.as_str())
            .or_else(|| any().map(|(_, value)| *value))
    }
}
