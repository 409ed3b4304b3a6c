//! Sends one request on one connection, as somebody, and says what came of it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::IpAddr;
use std::time::Duration;

use openssl::error::ErrorStack;
use openssl::ssl::{
    HandshakeError, Ssl, SslContext, SslContextBuilder, SslMethod, SslStream, SslVerifyMode,
    SslVersion,
};
use openssl::x509::X509VerifyResult;

use super::answer::{Answer, Unanswered};
use super::bounded_stream::BoundedStream;
use super::forgeries::{Forgery, Presenting, Wire};
use super::identity::Identity;
use super::target::Target;
use super::trust::Trust;

/// How long a connection may take to be made: three repeated first packets (after 1, 3 and 7 seconds).
const CONNECT: Duration = Duration::from_secs(10);

/// How long one exchange may take in all: a cold start of a Functions app takes some ten seconds.
const EXCHANGE: Duration = Duration::from_secs(60);

/// Level 0, so that old protocol versions can be offered and weak callers presented; the server has to refuse them.
const SECURITY_LEVEL: u32 = 0;

/// Everything that OpenSSL was built with; TLS 1.3 has its own list, which stays as it is.
const CIPHERS: &str = "ALL:!aNULL:!eNULL";

/// Whoever calls: the address, whom to believe, whom to be.
pub(super) struct Caller {
    pub(super) allowed: Identity,
    pub(super) denied: Option<Identity>,
    pub(super) plain_port: u16,
    pub(super) target: Target,
    pub(super) trust: Trust,
}

/// What came of one request or handshake.
#[derive(Debug)]
pub(super) enum Outcome {
    /// An answer in HTTP.
    Answered(Answer),
    /// The connection ended without an answer.
    Closed,
    /// Something else than HTTP came back.
    NotHttp,
    /// The server refused the handshake or the certificate by a TLS alert.
    Alert(String),
    /// No connection was made.
    NotConnected(io::Error),
    /// The deadline passed.
    TimedOut,
    /// The server's certificate was not believed; nothing was sent.
    Untrusted(String),
    /// OpenSSL of this program could not do it.
    Unable(String),
}

/// One handshake to try.
pub(super) struct Greeting {
    pub(super) oldest: SslVersion,
    pub(super) newest: SslVersion,
    pub(super) protocols: &'static [u8],
    pub(super) presenting: Presenting,
}

/// A handshake's outcome and the first bytes of the server.
pub(super) struct Shaken {
    pub(super) stream: Result<SslStream<BoundedStream>, Outcome>,
    /// Filled where the handshake failed; a stream remembers its own.
    pub(super) beginning: Vec<u8>,
}

impl Caller {
    /// A plain request over TLS.
    pub(super) fn get(&self, presenting: Presenting, path: &str) -> Outcome {
        self.send(&Forgery {
            check: String::new(),
            wire: Wire::Tls(presenting),
            path: path.to_owned(),
            headers: Vec::new(),
        })
    }

    /// Sends what the plan says and nothing else.
    pub(super) fn send(&self, forgery: &Forgery) -> Outcome {
        let request = self.request(forgery);
        match forgery.wire {
            Wire::Tls(presenting) => match self.shake(&Greeting::usual(presenting)).stream {
                Ok(mut stream) => exchange(&mut stream, &request),
                Err(outcome) => outcome,
            },
            Wire::Plain => {
                match BoundedStream::open(&self.target.host, self.plain_port, CONNECT, EXCHANGE) {
                    Ok(mut stream) => exchange(&mut stream, &request),
                    Err(error) => Outcome::NotConnected(error),
                }
            }
        }
    }

    fn request(&self, forgery: &Forgery) -> String {
        let mut text = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: mtls-probe/{}\r\nAccept: */*\r\nConnection: close\r\n",
            forgery.path,
            self.host(forgery.wire),
            env!("CARGO_PKG_VERSION")
        );
        for (name, value) in &forgery.headers {
            text.push_str(name);
            text.push_str(": ");
            text.push_str(value);
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        text
    }

    /// The `Host` of a request; over plain HTTP the port is another one.
    fn host(&self, wire: Wire) -> String {
        if wire != Wire::Plain || self.plain_port == self.target.port {
            return self.target.authority.clone();
        }
        let name = match self.target.host.contains(':') {
            true => format!("[{}]", self.target.host),
            false => self.target.host.clone(),
        };
        match self.plain_port {
            80 => name,
            port => format!("{name}:{port}"),
        }
    }

    /// Connects and shakes hands; the server's certificate is verified.
    pub(super) fn shake(&self, greeting: &Greeting) -> Shaken {
        let failed = |outcome| Shaken {
            stream: Err(outcome),
            beginning: Vec::new(),
        };
        let ssl = match self
            .context(greeting)
            .and_then(|context| self.ssl(&context))
        {
            Ok(ssl) => ssl,
            Err(error) => return failed(Outcome::Unable(error.to_string())),
        };
        match BoundedStream::open(&self.target.host, self.target.port, CONNECT, EXCHANGE) {
            Ok(stream) => shaken(ssl.connect(stream)),
            Err(error) => failed(Outcome::NotConnected(error)),
        }
    }

    fn context(&self, greeting: &Greeting) -> Result<SslContext, ErrorStack> {
        let mut builder = SslContextBuilder::new(SslMethod::tls_client())?;
        builder.set_security_level(SECURITY_LEVEL);
        builder.set_cipher_list(CIPHERS)?;
        builder.set_min_proto_version(Some(greeting.oldest))?;
        builder.set_max_proto_version(Some(greeting.newest))?;
        builder.set_verify(SslVerifyMode::PEER);
        self.trust.apply(&mut builder)?;
        if !greeting.protocols.is_empty() {
            builder.set_alpn_protos(greeting.protocols)?;
        }
        let identity = match greeting.presenting {
            Presenting::Nothing => None,
            Presenting::Allowed => Some(&self.allowed),
            Presenting::Denied => self.denied.as_ref(),
        };
        if let Some(identity) = identity {
            identity.present(&mut builder)?;
        }
        Ok(builder.build())
    }

    fn ssl(&self, context: &SslContext) -> Result<Ssl, ErrorStack> {
        let mut ssl = Ssl::new(context)?;
        match self.target.host.parse::<IpAddr>() {
            Ok(address) => ssl.param_mut().set_ip(address)?,
            Err(_) => {
                ssl.set_hostname(&self.target.host)?;
                ssl.param_mut().set_host(&self.target.host)?;
            }
        }
        Ok(ssl)
    }
}

impl Outcome {
    /// The answer, where one came.
    pub(super) fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answered(answer) => Some(answer),
            _ => None,
        }
    }
}

impl Greeting {
    /// As any client would: every version, no ALPN, which means HTTP/1.1.
    pub(super) fn usual(presenting: Presenting) -> Self {
        Self {
            oldest: SslVersion::TLS1,
            newest: SslVersion::TLS1_3,
            protocols: b"",
            presenting,
        }
    }
}

fn shaken(result: Result<SslStream<BoundedStream>, HandshakeError<BoundedStream>>) -> Shaken {
    match result {
        Ok(stream) => Shaken {
            stream: Ok(stream),
            beginning: Vec::new(),
        },
        Err(HandshakeError::SetupFailure(error)) => Shaken {
            stream: Err(Outcome::Unable(error.to_string())),
            beginning: Vec::new(),
        },
        Err(HandshakeError::Failure(failed) | HandshakeError::WouldBlock(failed)) => {
            let verified = failed.ssl().verify_result();
            let outcome = match verified == X509VerifyResult::OK {
                true => tls_failure(failed.error()),
                false => Outcome::Untrusted(verified.error_string().to_owned()),
            };
            Shaken {
                stream: Err(outcome),
                beginning: failed.get_ref().beginning().to_vec(),
            }
        }
    }
}

fn exchange(stream: &mut (impl Read + Write), request: &str) -> Outcome {
    // The server may have answered and closed before it took everything.
    let written = stream
        .write_all(request.as_bytes())
        .and_then(|()| stream.flush());
    match Answer::read(stream) {
        Ok(answer) => Outcome::Answered(answer),
        Err(Unanswered::NotHttp) => Outcome::NotHttp,
        Err(Unanswered::Closed) => written
            .err()
            .map_or(Outcome::Closed, |error| broken(&error)),
        Err(Unanswered::Broken(error)) => broken(&error),
    }
}

/// An error of a connection that was there.
fn broken(error: &io::Error) -> Outcome {
    if error.kind() == ErrorKind::TimedOut {
        return Outcome::TimedOut;
    }
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    inner.map_or(Outcome::Closed, tls_failure)
}

fn tls_failure(error: &openssl::ssl::Error) -> Outcome {
    if let Some(error) = error.io_error() {
        return match error.kind() {
            ErrorKind::TimedOut => Outcome::TimedOut,
            _ => Outcome::Closed,
        };
    }
    let reason = error
        .ssl_error()
        .and_then(|stack| stack.errors().first())
        .and_then(openssl::error::Error::reason);
    match reason {
        // OpenSSL's word for a connection that ends where TLS does not allow it.
        None | Some("unexpected eof while reading") => Outcome::Closed,
        Some(reason) if reason.contains("alert") => Outcome::Alert(reason.to_owned()),
        // Such as a server without the cipher, which OpenSSL of this side notices first.
        Some(reason) => Outcome::Unable(reason.to_owned()),
    }
}
