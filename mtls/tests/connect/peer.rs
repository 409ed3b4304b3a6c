//! One end of a connection, which writes and reads text.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use openssl::ssl::{SslAcceptor, SslStream};

/// Nothing here takes as long.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// One end of a connection.
pub struct Peer<S> {
    pub stream: S,
    read: Vec<u8>,
}

impl Peer<TcpStream> {
    pub fn of(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            read: Vec::new(),
        }
    }
}

impl Peer<SslStream<TcpStream>> {
    /// The server's end, after the handshake.
    pub fn behind_tls(stream: TcpStream, acceptor: &SslAcceptor) -> Self {
        let Peer { stream, read } = Peer::of(stream);
        Self {
            stream: acceptor.accept(stream).unwrap(),
            read,
        }
    }

    /// SHA-256 of the certificate that the other side presented.
    pub fn presented(&self) -> Option<Vec<u8>> {
        let certificate = self.stream.ssl().peer_certificate()?;
        let digest = certificate.digest(openssl::hash::MessageDigest::sha256());
        Some(digest.unwrap().to_vec())
    }
}

impl<S: Read + Write> Peer<S> {
    pub fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).unwrap();
        self.stream.flush().unwrap();
    }

    /// What comes until this text, and it.
    pub fn until(&mut self, end: &str) -> String {
        loop {
            let mut windows = self.read.windows(end.len());
            if let Some(start) = windows.position(|window| window == end.as_bytes()) {
                let rest = self.read.split_off(start + end.len());
                let text = std::mem::replace(&mut self.read, rest);
                return String::from_utf8_lossy(&text).into_owned();
            }
            let mut buffer = [0; 4096];
            let count = self.stream.read(&mut buffer).unwrap();
            let so_far = String::from_utf8_lossy(&self.read);
            assert!(
                count > 0,
                "expected {end:?}, found the end after {so_far:?}"
            );
            self.read.extend_from_slice(&buffer[..count]);
        }
    }

    /// The next head.
    pub fn head(&mut self) -> String {
        self.until("\r\n\r\n")
    }

    /// All that comes until the connection ends, one way or another.
    pub fn rest(&mut self) -> String {
        let mut bytes = std::mem::take(&mut self.read);
        let _ = self.stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
