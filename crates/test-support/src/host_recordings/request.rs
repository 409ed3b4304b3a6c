//! A recorded request: what a client sent, and what reached the handler.

use serde_json::Value;

use super::tokens::{PORT, Tokens};

/// What the client sent.
pub struct Sent {
    pub method: String,
    pub target: String,
    /// Names as written, values without the blanks around them.
    pub headers: Vec<(String, Vec<u8>)>,
    /// `None` where it is chunked, longer than a recording keeps, or cut.
    pub body: Option<Vec<u8>>,
}

/// A request as it reached the recorded handler.
pub struct Request {
    line: String,
    headers: Vec<String>,
    body: Body,
    is_envelope: bool,
}

struct Body {
    content: Vec<u8>,
    /// The sizes of the chunks as they were written, where the recording has them.
    chunks: Option<Vec<usize>>,
    is_chunked: bool,
    /// It broke off.
    is_cut: bool,
    /// Of a long one only length and hash were kept, and it is no text of one letter that could be made again.
    is_lost: bool,
}

impl Sent {
    pub(super) fn read(sent: &Value, tokens: &Tokens) -> Self {
        let head = tokens.filled(sent["head"].as_str().unwrap());
        // A client may send empty lines before a request.
        let mut lines = head.trim_start_matches("\r\n").split("\r\n").map(whole);
        let line = lines.next().unwrap_or_default();
        let mut words = line.split(' ');
        let pairs = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_owned(), latin1(value.trim_matches([' ', '\t']))))
        });
        let headers: Vec<(String, Vec<u8>)> = pairs.collect();
        let is_chunked = headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("transfer-encoding"));
        Self {
            method: words.next().unwrap_or_default().to_owned(),
            target: words.next().unwrap_or_default().to_owned(),
            headers,
            body: (!is_chunked && sent["body"].get("sha256").is_none())
                .then(|| latin1(sent["body"]["text"].as_str().unwrap_or_default())),
        }
    }
}

impl Request {
    pub(super) fn read(request: &Value, tokens: &Tokens) -> Self {
        let headers = request["headers"].as_array().unwrap().iter();
        let headers = headers.map(|line| whole(&tokens.filled(line.as_str().unwrap())));
        let is_envelope = request["envelope"] == true;
        Self {
            line: whole(&tokens.filled(request["line"].as_str().unwrap())),
            headers: headers.collect(),
            body: Body::read(&request["body"], is_envelope, tokens),
            is_envelope,
        }
    }

    /// The method, which is the first word of the line.
    pub fn method(&self) -> &str {
        self.line.split(' ').next().unwrap_or_default()
    }

    /// The target, which is the second.
    pub fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }

    /// Names and values, as written.
    pub fn headers(&self, port: u16) -> Vec<(String, Vec<u8>)> {
        let lines = self
            .headers
            .iter()
            .map(|line| line.split_once(':').unwrap());
        let pairs = lines.map(|(name, value)| {
            let value = value.replace(PORT, &port.to_string());
            (name.to_owned(), latin1(value.trim_matches([' ', '\t'])))
        });
        pairs
            .map(|(name, value)| match value.as_slice() {
                b"<length>" => (name, self.body.content.len().to_string().into_bytes()),
                _ => (name, value),
            })
            .collect()
    }

    /// The content of the body.
    pub fn content(&self) -> &[u8] {
        &self.body.content
    }

    /// Whether it is an envelope of the host's, rather than a caller's own request.
    pub fn is_envelope(&self) -> bool {
        self.is_envelope
    }

    /// Whether its body broke off.
    pub fn is_cut(&self) -> bool {
        self.body.is_cut
    }

    /// The bytes as they arrived, on a handler with this port; `None` where the recording kept too little of the body.
    pub fn bytes(&self, port: u16) -> Option<Vec<u8>> {
        if self.body.is_lost {
            return None;
        }
        let mut bytes = latin1(&self.line);
        bytes.extend_from_slice(b"\r\n");
        for (name, value) in self.headers(port) {
            bytes.extend(latin1(&name));
            bytes.extend_from_slice(b": ");
            bytes.extend(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend(self.body.framed());
        Some(bytes)
    }
}

impl Body {
    fn read(body: &Value, is_envelope: bool, tokens: &Tokens) -> Self {
        let is_hash = body.get("sha256").is_some();
        let content = match (body["text"].as_str(), body["length"].as_u64()) {
            (Some(text), _) => latin1(&tokens.filled(text)),
            // The cases' long bodies are of one letter; its name does not matter.
            (None, Some(length)) => vec![b'v'; usize::try_from(length).unwrap()],
            (None, None) => Vec::new(),
        };
        let sizes = body["chunks"].as_array().map(|sizes| {
            let sizes = sizes.iter().map(|size| size.as_str().unwrap());
            let sizes = sizes.map(|size| size.split(';').next().unwrap().trim());
            sizes
                .map(|size| usize::from_str_radix(size, 16).unwrap_or(0))
                .collect::<Vec<_>>()
        });
        Self {
            chunks: sizes.filter(|sizes| sizes.iter().sum::<usize>() == content.len()),
            is_chunked: body["framing"] == "chunked",
            is_cut: body["cut"] == true,
            is_lost: is_envelope && (is_hash || body["shortened"] == true),
            content,
        }
    }

    fn framed(&self) -> Vec<u8> {
        if !self.is_chunked {
            return self.content.clone();
        }
        // An envelope's sizes were counted, not kept.
        let halves = [self.content.len() / 2, self.content.len().div_ceil(2), 0];
        let sizes = self.chunks.as_deref().unwrap_or(&halves);
        let (mut bytes, mut rest) = (Vec::new(), self.content.as_slice());
        for size in sizes.iter().filter(|size| **size > 0) {
            let (chunk, after) = rest.split_at(*size);
            bytes.extend(format!("{size:x}\r\n").bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend_from_slice(b"\r\n");
            rest = after;
        }
        if !self.is_cut {
            bytes.extend_from_slice(b"0\r\n\r\n");
        }
        bytes
    }
}

/// The bytes that a recording writes as Latin-1 text.
fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| u8::try_from(letter).unwrap())
        .collect()
}

/// A line of which a recording kept the start and the length, as long as it was: filled up with its last letter.
fn whole(line: &str) -> String {
    let Some((start, facts)) = line.split_once('…') else {
        return line.to_owned();
    };
    let length: usize = facts.split_whitespace().next().unwrap().parse().unwrap();
    // A header's name comes with a colon, a request line has none before its target.
    let end = match start.split_once(' ') {
        Some((first, _)) if first.ends_with(':') => "",
        _ => " HTTP/1.1",
    };
    let letter = start.chars().last().unwrap();
    let missing = length - start.chars().count() - end.len();
    format!("{start}{}{end}", letter.to_string().repeat(missing))
}
