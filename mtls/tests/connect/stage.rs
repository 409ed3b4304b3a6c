//! A client, `mtls connect`, and an app written by hand: three parties on real sockets.

use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;

use openssl::ssl::{SslAcceptor, SslMethod, SslStream, SslVerifyMode};
use serde_json::Value;
use tempfile::TempDir;
use test_support::hierarchy::{Family, Issued, server};
use test_support::pfx::{self, PASSWORD};

use crate::peer::Peer;
use crate::running::Running;

/// The file of the certificate that is presented.
pub const OURS: &str = "ours.p12";

/// The parties, but for the client.
pub struct Stage {
    pub folder: TempDir,
    pub family: Family,
    pub running: Running,
    pub port: u16,
    app: App,
}

/// An app behind TLS, which asks for a certificate and takes any.
pub struct App {
    listener: TcpListener,
    acceptor: SslAcceptor,
}

/// What a command needs beside the app's address.
pub struct Started {
    pub folder: TempDir,
    pub family: Family,
}

impl Started {
    /// A folder with `ca.pem` and `ours.p12`.
    pub fn new() -> Self {
        let started = Self {
            folder: tempfile::tempdir().unwrap(),
            family: Family::new(),
        };
        started.write("ca.pem", &started.family.root.certificate.to_pem().unwrap());
        let ours = pfx::ordinary(&started.family.client, &started.family.intermediates());
        started.write(OURS, &ours);
        started
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        write(&self.folder, name, bytes);
    }

    /// `mtls connect` to this address.
    pub fn connect(&self, url: &str, more: &[&str]) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mtls"));
        command
            .args(["connect", url, "--certificate", OURS])
            .args(["--password-env", "OURS_PASSWORD", "--log", "json"])
            .args(["--cacert", "ca.pem", "--cacert-only"])
            .args(more)
            .env("OURS_PASSWORD", PASSWORD)
            .env("CONNECT_TOKEN", "0123456789abcdef");
        Running::spawn(command, self.folder.path())
    }
}

pub fn write(folder: &TempDir, name: &str, bytes: &[u8]) {
    // Whole or absent, as a renewal should write it.
    let new = folder.path().join("new");
    std::fs::write(&new, bytes).unwrap();
    std::fs::rename(new, folder.path().join(name)).unwrap();
}

/// The port of the address that is ready.
pub fn port_of(running: &mut Running) -> u16 {
    let ready = running.event(|event| event["event"] == "ready");
    let url = ready["url"].as_str().unwrap();
    url.rsplit(':').next().unwrap().parse().unwrap()
}

impl Stage {
    pub fn new() -> Self {
        Self::with(true, &[])
    }

    /// With an app that asks for certificates or does not, and more arguments.
    pub fn with(is_asked: bool, more: &[&str]) -> Self {
        let started = Started::new();
        let app = App::start(
            &server(&started.family.root),
            &started.family.root,
            is_asked,
        );
        let mut running = started.connect(&app.url(), more);
        let port = port_of(&mut running);
        // The connection that is tried out.
        app.accept();
        Self {
            folder: started.folder,
            family: started.family,
            running,
            port,
            app,
        }
    }

    /// The next connection to the app.
    pub fn accept(&self) -> Peer<SslStream<TcpStream>> {
        self.app.accept()
    }

    /// The next connection to the app, which shakes no hands: the other side waits.
    pub fn accept_silently(&self) -> TcpStream {
        self.app.listener.accept().unwrap().0
    }

    pub fn client(&self) -> Peer<TcpStream> {
        client(self.port)
    }

    /// A client that has sent this; `HOST` in it is our address.
    pub fn call(&self, request: &str) -> Peer<TcpStream> {
        let mut client = self.client();
        client.send(&request.replace("HOST", &format!("127.0.0.1:{}", self.port)));
        client
    }

    /// A request and the app's answer to it: what the app got, and what the client gets.
    pub fn exchange(&self, request: &str, answer: &str) -> (String, String) {
        let mut client = self.call(request);
        let mut app = self.accept();
        let head = app.head();
        app.send(answer);
        (head, client.head())
    }

    /// The next connection to the app, unless a request comes on this one.
    pub fn accept_unless_used(
        &self,
        kept: &Peer<SslStream<TcpStream>>,
    ) -> Option<Peer<SslStream<TcpStream>>> {
        let tcp = kept.stream.get_ref();
        loop {
            tcp.set_nonblocking(true).unwrap();
            let is_used = tcp.peek(&mut [0]).is_ok_and(|count| count > 0);
            tcp.set_nonblocking(false).unwrap();
            if is_used {
                return None;
            }
            self.app.listener.set_nonblocking(true).unwrap();
            let found = self.app.listener.accept();
            self.app.listener.set_nonblocking(false).unwrap();
            if let Ok((stream, _)) = found {
                return Some(self.app.shake_hands(stream));
            }
            std::thread::yield_now();
        }
    }

    /// Checks that no connection to the app is waiting.
    pub fn is_untouched(&self) {
        self.app.listener.set_nonblocking(true).unwrap();
        assert!(self.app.listener.accept().is_err());
    }

    /// The next note with this text.
    pub fn note(&mut self, text: &str) -> String {
        note(&mut self.running, text)
    }
}

pub fn note(running: &mut Running, text: &str) -> String {
    let says = |event: &Value| {
        event["text"]
            .as_str()
            .is_some_and(|said| said.contains(text))
    };
    let event = running.event(|event| event["event"] == "note" && says(event));
    event["text"].as_str().unwrap().to_owned()
}

pub fn client(port: u16) -> Peer<TcpStream> {
    Peer::of(TcpStream::connect(("127.0.0.1", port)).unwrap())
}

impl App {
    /// A server with this certificate, which trusts callers under this root.
    pub fn start(identity: &Issued, root: &Issued, is_asked: bool) -> Self {
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
        builder.set_certificate(&identity.certificate).unwrap();
        builder.set_private_key(&identity.key).unwrap();
        if is_asked {
            builder
                .cert_store_mut()
                .add_cert(root.certificate.clone())
                .unwrap();
            builder.set_verify(SslVerifyMode::PEER);
            builder.set_session_id_context(b"app").unwrap();
        }
        Self {
            listener: TcpListener::bind("127.0.0.1:0").unwrap(),
            acceptor: builder.build(),
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap()
    }

    pub fn url(&self) -> String {
        format!("https://{}", self.address())
    }

    /// A connection whose handshake the other side ends.
    pub fn refuse(&self) {
        let (stream, _) = self.listener.accept().unwrap();
        let accepted = self.acceptor.accept(stream);
        // Under TLS 1.3 our side may have finished before it learns of it.
        if let Ok(mut stream) = accepted {
            assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0, "no request is sent");
        }
    }

    pub fn accept(&self) -> Peer<SslStream<TcpStream>> {
        self.shake_hands(self.listener.accept().unwrap().0)
    }

    fn shake_hands(&self, stream: TcpStream) -> Peer<SslStream<TcpStream>> {
        stream.set_nonblocking(false).unwrap();
        Peer::behind_tls(stream, &self.acceptor)
    }
}
