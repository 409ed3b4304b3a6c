//! A recorded request as it is sent through the gate.

use test_support::host_recordings::Request;

use super::envelope;
use super::headers::{CERTIFICATE, Line, OVER_TLS};

/// Lines of one name, apart and out of the order of their values: the host joins a caller's, and the gate keeps what it gets.
/// An envelope gets none: a head that has what the host does not write is a caller's.
const FIRST: (&str, &str) = ("X-Replayed", "second");
const LAST: [(&str, &str); 2] = [("x-replayed", "first"), ("X-Replayed", "second")];

/// A request with what is compared of it.
pub(super) struct Call {
    pub(super) line: Vec<u8>,
    pub(super) headers: Vec<Line>,
    pub(super) content: Vec<u8>,
    framed: Vec<u8>,
    pub(super) is_cut: bool,
    pub(super) is_envelope: bool,
}

impl Call {
    /// The recorded request with a certificate that came over TLS, in place of any that it has, an envelope's in the headers
    /// inside; `None` where the recording kept too little of the body.
    pub(super) fn new(request: &Request, port: u16, certificate: Option<&str>) -> Option<Self> {
        let bytes = request.bytes(port)?;
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap();
        let line = bytes.split(|byte| *byte == b'\r').next().unwrap();
        let mut call = Self {
            line: line.to_vec(),
            headers: request.headers(port),
            content: request.content().to_vec(),
            framed: bytes[end + 4..].to_vec(),
            is_cut: request.is_cut(),
            is_envelope: request.is_envelope(),
        };
        match certificate {
            Some(certificate) if call.is_envelope => call.carry_inside(certificate),
            Some(certificate) => call.carry(certificate),
            None => {}
        }
        if !call.is_envelope {
            call.headers.insert(0, line_of(FIRST));
            call.headers.extend(LAST.map(line_of));
        }
        Some(call)
    }

    fn carry(&mut self, certificate: &str) {
        for (name, value) in [(CERTIFICATE, certificate), OVER_TLS] {
            self.headers
                .retain(|(found, _)| !found.eq_ignore_ascii_case(name));
            self.headers.push(line_of((name, value)));
        }
    }

    /// The host frames an envelope by chunks.
    fn carry_inside(&mut self, certificate: &str) {
        self.content = envelope::with_certificate(&self.content, certificate);
        let size = format!("{:x}\r\n", self.content.len());
        self.framed = [size.as_bytes(), &self.content, b"\r\n0\r\n\r\n"].concat();
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.line.clone();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(b"\r\n");
            bytes.extend(name.chars().map(|letter| u8::try_from(letter).unwrap()));
            bytes.extend_from_slice(b": ");
            bytes.extend(value);
        }
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend(&self.framed);
        bytes
    }
}

fn line_of((name, value): (&str, &str)) -> Line {
    (name.to_owned(), value.as_bytes().to_vec())
}
