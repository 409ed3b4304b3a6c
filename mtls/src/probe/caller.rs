//! Sends one request on one connection, with or without a certificate.

use std::io::{Read, Write};
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
use super::outcome::Outcome;
use super::target::Target;
use super::trust::Trust;

/// How long a TCP connection may take: three repeated first packets (after 1, 3 and 7 seconds).
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long one exchange may take in all: a cold start of a Functions app takes some ten seconds.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(60);

/// Level 0, so that old protocol versions are offered and weak certificates presented; the server has to refuse them.
const SECURITY_LEVEL: u32 = 0;

/// Every cipher of TLS 1.2 and before that OpenSSL was built with; TLS 1.3 keeps its default list.
const CIPHERS: &str = "ALL:!aNULL:!eNULL";

/// Who calls: the address, the trusted authorities, the certificates to present.
pub(super) struct Caller {
    pub(super) allowed: Identity,
    pub(super) denied: Option<Identity>,
    pub(super) plain_port: u16,
    pub(super) target: Target,
    pub(super) trust: Trust,
}

/// One handshake to try.
pub(super) struct Greeting {
    pub(super) oldest: SslVersion,
    pub(super) newest: SslVersion,
    pub(super) protocols: &'static [u8],
    pub(super) presenting: Presenting,
}

/// A handshake's outcome and the server's first bytes.
pub(super) struct Shaken {
    pub(super) stream: Result<SslStream<BoundedStream>, Outcome>,
    /// Empty if the handshake succeeded: the stream has them.
    pub(super) beginning: Vec<u8>,
}

impl Caller {
    /// A plain request over TLS.
    pub(super) fn get(&self, presenting: Presenting, path: &str) -> Outcome {
        self.send(&plain(presenting, path))
    }

    /// The same on a connection that is there.
    pub(super) fn get_on(&self, stream: &mut SslStream<BoundedStream>, path: &str) -> Outcome {
        let request = self.request(&plain(Presenting::Nothing, path));
        exchange(stream, &request)
    }

    /// Sends what the plan contains and nothing else.
    pub(super) fn send(&self, forgery: &Forgery) -> Outcome {
        let request = self.request(forgery);
        match forgery.wire {
            Wire::Tls(presenting) => match self.shake(&Greeting::usual(presenting)).stream {
                Ok(mut stream) => exchange(&mut stream, &request),
                Err(outcome) => outcome,
            },
            Wire::Plain => {
                match BoundedStream::open(
                    &self.target.host,
                    self.plain_port,
                    CONNECT_TIMEOUT,
                    EXCHANGE_TIMEOUT,
                ) {
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

    /// Connects and completes the handshake; the server's certificate is verified.
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
        match BoundedStream::open(
            &self.target.host,
            self.target.port,
            CONNECT_TIMEOUT,
            EXCHANGE_TIMEOUT,
        ) {
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

impl Greeting {
    /// As any client does it: every version, no ALPN, which means HTTP/1.1.
    pub(super) fn usual(presenting: Presenting) -> Self {
        Self {
            oldest: SslVersion::TLS1,
            newest: SslVersion::TLS1_3,
            protocols: b"",
            presenting,
        }
    }
}

fn plain(presenting: Presenting, path: &str) -> Forgery {
    Forgery {
        check: String::new(),
        wire: Wire::Tls(presenting),
        path: path.to_owned(),
        headers: Vec::new(),
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
                true => Outcome::of_tls_error(failed.error()),
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
    // The server can answer and close before it has read everything.
    let written = stream
        .write_all(request.as_bytes())
        .and_then(|()| stream.flush());
    match Answer::read(stream) {
        Ok(answer) => Outcome::Answered(answer),
        Err(Unanswered::NotHttp) => Outcome::NotHttp,
        Err(Unanswered::Closed) => written
            .err()
            .map_or(Outcome::Closed, |error| Outcome::of_error(&error)),
        Err(Unanswered::Broken(error)) => Outcome::of_error(&error),
    }
}
