//! A service that demands a client certificate, on a real socket of this machine.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use openssl::ssl::{SslAcceptor, SslMethod, SslStream, SslVerifyMode, SslVersion};
use openssl::x509::store::X509StoreBuilder;

use crate::hierarchy::{Issued, server};

/// After this a connection is given up, so that no test waits for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a partner's server behaves.
pub struct Manner {
    pub version: SslVersion,
    /// The only cipher suite of TLS 1.3 that it takes, if not all.
    pub suite: Option<&'static str>,
    /// Signs the server's certificate.
    pub signed_by: Issued,
    /// The only root that clients are judged by; without it no certificate is asked for.
    pub trusts: Option<Issued>,
    pub answer: Arc<dyn Fn(&Request) -> String + Send + Sync>,
}

impl Manner {
    /// Demands certificates under this root, over TLS 1.3, and says yes to whoever gets in.
    pub fn strict(root: &Issued) -> Self {
        Self {
            version: SslVersion::TLS1_3,
            suite: None,
            signed_by: root.clone(),
            trusts: Some(root.clone()),
            answer: Arc::new(|_| status("200 OK")),
        }
    }
}

/// A request as it arrived, with the certificates of its connection: the caller's own first, then as sent.
#[derive(Clone)]
pub struct Request {
    pub head: String,
    pub chain: Vec<Vec<u8>>,
}

/// What a partner has seen.
#[derive(Default)]
pub struct Seen {
    pub connections: usize,
    pub refused: usize,
    pub requests: Vec<Request>,
}

/// A running server; it stops when it is dropped.
pub struct Partner {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    stopped: Arc<AtomicBool>,
}

impl Partner {
    pub fn start(manner: Manner) -> Self {
        let identity = server(&manner.signed_by);
        Self::start_as(&identity, manner)
    }

    /// With a certificate that is given in place of one for 127.0.0.1.
    pub fn start_as(identity: &Issued, manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let partner = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            stopped: Arc::default(),
        };
        let acceptor = acceptor(identity, &manner);
        let (seen, stopped) = (Arc::clone(&partner.seen), Arc::clone(&partner.stopped));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let (acceptor, seen) = (acceptor.clone(), Arc::clone(&seen));
                let answer = Arc::clone(&manner.answer);
                thread::spawn(move || {
                    let connection = stream.and_then(|stream| accept(&acceptor, stream, &seen));
                    connection.and_then(|stream| serve(stream, &seen, &*answer))
                });
            }
        });
        partner
    }

    pub fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn seen<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.seen.lock().unwrap())
    }
}

impl Drop for Partner {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
    }
}

/// An answer with an empty body that keeps the connection.
pub fn status(line: &str) -> String {
    format!("HTTP/1.1 {line}\r\nContent-Length: 2\r\n\r\nok")
}

/// An answer that sends the caller elsewhere.
pub fn redirect(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
}

fn acceptor(identity: &Issued, manner: &Manner) -> SslAcceptor {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    builder.set_certificate(&identity.certificate).unwrap();
    builder.set_private_key(&identity.key).unwrap();
    builder.set_min_proto_version(Some(manner.version)).unwrap();
    builder.set_max_proto_version(Some(manner.version)).unwrap();
    builder.set_session_id_context(b"partner").unwrap();
    if let Some(suite) = manner.suite {
        builder.set_ciphersuites(suite).unwrap();
    }
    if let Some(root) = &manner.trusts {
        let mut store = X509StoreBuilder::new().unwrap();
        store.add_cert(root.certificate.clone()).unwrap();
        builder.set_verify_cert_store(store.build()).unwrap();
        builder.add_client_ca(&root.certificate).unwrap();
        builder.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
    }
    builder.build()
}

fn accept(
    acceptor: &SslAcceptor,
    stream: TcpStream,
    seen: &Mutex<Seen>,
) -> io::Result<SslStream<TcpStream>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    match acceptor.accept(stream) {
        Ok(stream) => {
            seen.lock().unwrap().connections += 1;
            Ok(stream)
        }
        Err(error) => {
            seen.lock().unwrap().refused += 1;
            Err(io::Error::other(error.to_string()))
        }
    }
}

fn serve(
    stream: SslStream<TcpStream>,
    seen: &Mutex<Seen>,
    answer: &dyn Fn(&Request) -> String,
) -> io::Result<()> {
    let ssl = stream.ssl();
    let others = ssl.peer_cert_chain().into_iter().flatten();
    let chain: Vec<Vec<u8>> = ssl
        .peer_certificate()
        .iter()
        .map(|certificate| certificate.to_der())
        .chain(others.map(|certificate| certificate.to_der()))
        .collect::<Result<_, _>>()?;
    let mut stream = BufReader::new(stream);
    while let Some(head) = read_head(&mut stream)? {
        let request = Request {
            head,
            chain: chain.clone(),
        };
        seen.lock().unwrap().requests.push(request.clone());
        let answer = answer(&request);
        stream.get_mut().write_all(answer.as_bytes())?;
        if announces_the_end(&answer) {
            stream.get_mut().shutdown().map_err(io::Error::other)?;
            break;
        }
    }
    Ok(())
}

/// Whether the connection ends after an answer (RFC 9112 section 9.6), be the answer whole or not.
fn announces_the_end(answer: &str) -> bool {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    head.contains("\r\nConnection: close")
}

/// The lines of a request up to the empty one; `None` at the end of the connection.
fn read_head(stream: &mut BufReader<SslStream<TcpStream>>) -> io::Result<Option<String>> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head)? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(head))
}
