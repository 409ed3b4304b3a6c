//! An HTTPS server that checks certificates as it should, but for one flaw, and a plain one beside it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use openssl::ssl::{SslAcceptor, SslFiletype, SslMethod, SslVerifyMode, SslVersion};

/// What is wrong with a server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Flaw {
    None,
    /// A caller's header counts if its name has underscores.
    FoldsUnderscores,
    /// A caller's header counts if there are several values.
    BelievesAnyOfSeveral,
    /// A caller's header counts without TLS.
    BelievesPlainHttp,
    /// The same, if a header of the caller's says that TLS was there.
    BelievesAWordAboutTls,
    /// A caller's element of Envoy's counts, the last of several.
    BelievesEnvoysHeader,
    /// A caller's header counts on paths that begin as excluded, which are then decoded.
    BelievesExcludedPaths,
    /// A denied certificate gets a header of its own.
    SaysWhy,
    /// TLS 1.0 and 1.1 are offered.
    OldTls,
    /// One odd value is answered with 500.
    Breaks,
}

/// A running server. It ends with the test program.
pub struct Server {
    pub port: u16,
    pub plain_port: u16,
    answered: Arc<AtomicUsize>,
}

struct Rules {
    allowed: String,
    flaw: Flaw,
}

impl Server {
    /// Listens on two free ports.
    pub fn start(certificates: &Path, flaw: Flaw) -> Self {
        let acceptor = acceptor(certificates, flaw);
        let allowed = std::fs::read_to_string(certificates.join("allowed.crt.base64")).unwrap();
        let rules = Arc::new(Rules { allowed, flaw });
        let answered = Arc::new(AtomicUsize::new(0));
        let secure = TcpListener::bind("127.0.0.1:0").unwrap();
        let plain = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            port: secure.local_addr().unwrap().port(),
            plain_port: plain.local_addr().unwrap().port(),
            answered: answered.clone(),
        };
        let plain_rules = rules.clone();
        std::thread::spawn(move || {
            for stream in plain.incoming() {
                let mut stream = bounded(stream.unwrap());
                if let Some(head) = head(&mut stream) {
                    let _ = stream.write_all(plain_rules.plain(&head).as_bytes());
                }
            }
        });
        std::thread::spawn(move || {
            for stream in secure.incoming() {
                let Ok(mut stream) = acceptor.accept(bounded(stream.unwrap())) else {
                    continue;
                };
                let presented = stream.ssl().peer_certificate().map(|certificate| {
                    openssl::base64::encode_block(&certificate.to_der().unwrap())
                });
                if let Some(head) = head(&mut stream) {
                    answered.fetch_add(1, Ordering::SeqCst);
                    let answer = rules.answer(&head, presented.as_deref());
                    let _ = stream.write_all(answer.as_bytes());
                    let _ = stream.shutdown();
                }
            }
        });
        server
    }

    /// How many requests came over TLS.
    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::SeqCst)
    }
}

impl Rules {
    fn answer(&self, head: &str, presented: Option<&str>) -> String {
        let path = head.split(' ').nth(1).unwrap();
        match self.function(path) {
            Some("public") => text(200, "", "public"),
            Some("secured") => self.secured(head, path, presented),
            _ => text(404, "", ""),
        }
    }

    fn function(&self, path: &str) -> Option<&'static str> {
        match path {
            "/api/PublicFunction" | "/api/health" => Some("public"),
            "/api/SecuredFunction" => Some("secured"),
            // What the Functions host makes of it.
            path if path.contains("..%5C") && path.ends_with("SecuredFunction") => Some("secured"),
            _ => None,
        }
    }

    fn secured(&self, head: &str, path: &str, presented: Option<&str>) -> String {
        let values = values(head);
        let joined: Vec<&str> = values
            .iter()
            .flat_map(|(_, value)| value.split(", "))
            .collect();
        let forged = joined.contains(&self.allowed.as_str());
        let believed = match self.flaw {
            Flaw::FoldsUnderscores => values.iter().any(|(name, _)| name.contains('_')),
            Flaw::BelievesAnyOfSeveral => joined.len() > 1,
            Flaw::BelievesExcludedPaths => path.starts_with("/api/health/"),
            Flaw::BelievesEnvoysHeader => return self.envoys(head, presented),
            Flaw::None
            | Flaw::BelievesPlainHttp
            | Flaw::BelievesAWordAboutTls
            | Flaw::SaysWhy
            | Flaw::OldTls
            | Flaw::Breaks => false,
        };
        if presented == Some(&self.allowed) || (forged && believed) {
            return text(200, "", "secured");
        }
        let breaks = joined.len() > 1 && joined.last() == Some(&self.allowed.as_str());
        match self.flaw {
            Flaw::Breaks if breaks && joined[0] != self.allowed => text(500, "", ""),
            Flaw::SaysWhy if presented.is_some() => text(401, "X-Why: not listed\r\n", "no"),
            _ => text(401, "", "no"),
        }
    }

    /// The answer of one that reads Envoy's header as well, and whatever follows the last comma.
    fn envoys(&self, head: &str, presented: Option<&str>) -> String {
        let mut values = head
            .lines()
            .filter_map(|line| line.strip_prefix("X-Forwarded-Client-Cert: "));
        let pem = values
            .next_back()
            .and_then(|value| value.rsplit(',').next());
        let pem = pem.map(|element| element.replace("%2B", "+").replace("%2F", "/"));
        let pem = pem.map(|element| element.replace("%3D", "=").replace("%0A", ""));
        let forged = pem.is_some_and(|pem| pem.contains(&self.allowed));
        match forged || presented == Some(&self.allowed) {
            true => text(200, "", "secured"),
            false => text(401, "", "no"),
        }
    }

    fn plain(&self, head: &str) -> String {
        let value = format!("X-ARR-ClientCert: {}\r\n", self.allowed);
        match self.flaw {
            Flaw::BelievesPlainHttp if head.contains(&value) => text(200, "", "secured"),
            Flaw::BelievesAWordAboutTls
                if head.contains(&value) && head.contains("X-Forwarded-Proto: https\r\n") =>
            {
                text(200, "", "secured")
            }
            _ => text(307, "Location: https://localhost/\r\n", ""),
        }
    }
}

/// The certificate header's lines, in whatever spelling.
fn values(head: &str) -> Vec<(String, String)> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .filter(|(name, _)| name.to_ascii_lowercase().replace('_', "-") == "x-arr-clientcert")
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn text(status: u16, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn head(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.ends_with(b"\r\n\r\n") {
        let length = stream.read(&mut buffer).ok()?;
        let is_text = buffer.first().is_some_and(u8::is_ascii_alphabetic) || !head.is_empty();
        if length == 0 || head.len() > 100_000 || !is_text {
            return None;
        }
        head.extend_from_slice(&buffer[..length]);
    }
    String::from_utf8(head).ok()
}

fn bounded(stream: TcpStream) -> TcpStream {
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
}

fn acceptor(certificates: &Path, flaw: Flaw) -> SslAcceptor {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
    builder
        .set_certificate_chain_file(certificates.join("server.pem"))
        .unwrap();
    builder
        .set_private_key_file(certificates.join("server.key"), SslFiletype::PEM)
        .unwrap();
    builder.set_verify_callback(SslVerifyMode::PEER, |_, _| true);
    builder.set_session_id_context(b"test").unwrap();
    if flaw == Flaw::OldTls {
        builder.set_security_level(0);
        builder.set_cipher_list("ALL:@SECLEVEL=0").unwrap();
        builder.clear_options(
            openssl::ssl::SslOptions::NO_TLSV1 | openssl::ssl::SslOptions::NO_TLSV1_1,
        );
        builder
            .set_min_proto_version(Some(SslVersion::TLS1))
            .unwrap();
    } else {
        builder
            .set_min_proto_version(Some(SslVersion::TLS1_2))
            .unwrap();
    }
    builder.build()
}
