//! A caller, a server that passes requests on, and an upstream written by hand: three parties on real sockets.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use upstream::{Address, Admitted, Exchange, Identity, Outside, Upstream, UpstreamOptions};
use uuid::Uuid;

/// The id of every call.
pub(crate) const ID: Uuid = Uuid::from_u128(0x2f9f_5c0e_5a0e_4a53_9d0d_6c1b_1f1f_5a11);

/// The parties, but for the caller.
pub(crate) struct Stage {
    /// Where the upstream listens.
    pub(crate) upstream: TcpListener,
    /// Where the server in between listens.
    pub(crate) between: SocketAddr,
    /// What happened, by call.
    pub(crate) exchanges: UnboundedReceiver<Exchange>,
}

/// One end of a connection.
pub(crate) struct Peer {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(|options| options, |_| ()).await
    }

    /// Calls below `/secured` have an identity.
    pub(crate) async fn with(
        options: impl FnOnce(UpstreamOptions) -> UpstreamOptions,
        outside: fn(&mut Outside),
    ) -> Self {
        Self::open(options, outside, false).await
    }

    /// The server in between takes the end of a caller's sending for no more than that.
    pub(crate) async fn for_half_closed_callers() -> Self {
        Self::open(|options| options, |_| (), true).await
    }

    async fn open(
        options: impl FnOnce(UpstreamOptions) -> UpstreamOptions,
        outside: fn(&mut Outside),
        half_close: bool,
    ) -> Self {
        let upstream = listener().await;
        let address = Address::loopback(upstream.local_addr().unwrap()).unwrap();
        let passing = Upstream::new(options(UpstreamOptions::new(address)));
        let (report, exchanges) = unbounded_channel();
        let listener = listener().await;
        let between = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let http = http1::Builder::new().half_close(half_close).to_owned();
                tokio::spawn(serve(
                    http,
                    stream,
                    passing.clone(),
                    outside,
                    report.clone(),
                ));
            }
        });
        Self {
            upstream,
            between,
            exchanges,
        }
    }

    /// The next connection to the upstream.
    pub(crate) async fn accept(&self) -> Peer {
        Peer::new(self.upstream.accept().await.unwrap().0)
    }

    pub(crate) async fn caller(&self) -> Peer {
        Peer::new(TcpStream::connect(self.between).await.unwrap())
    }

    /// A caller that has sent this.
    pub(crate) async fn call(&self, request: &str) -> Peer {
        let mut caller = self.caller().await;
        caller.send(request).await;
        caller
    }

    pub(crate) async fn exchange(&mut self) -> Exchange {
        self.exchanges.recv().await.unwrap()
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap()
}

async fn serve(
    http: http1::Builder,
    stream: TcpStream,
    upstream: Upstream,
    outside: fn(&mut Outside),
    report: UnboundedSender<Exchange>,
) {
    stream.set_nodelay(true).unwrap();
    let identity = Identity::new(&Admitted {
        caller: Some("billing"),
        roles: vec!["read"],
        rule: "SHA-256",
        sha256: "abcd",
        der: &[1, 2, 3],
    });
    let respond = service_fn(|request: Request<Incoming>| {
        let (upstream, identity, report) = (&upstream, &identity, &report);
        async move {
            let is_secured = request.uri().path().starts_with("/secured");
            let mut seen = Outside::of(request.headers(), true, ID);
            outside(&mut seen);
            let identity = is_secured.then_some(identity);
            let response = upstream.call(request, identity, &seen).await;
            let exchange = response.extensions().get::<Exchange>().unwrap();
            let _ = report.send(exchange.clone());
            Ok::<_, Infallible>(response)
        }
    });
    let _ = http.serve_connection(TokioIo::new(stream), respond).await;
}

impl Peer {
    fn new(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            read: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, text: impl AsRef<[u8]>) {
        self.stream.write_all(text.as_ref()).await.unwrap();
    }

    /// What comes until this text, and it.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        loop {
            let found = self
                .read
                .windows(end.len())
                .position(|window| window == end.as_bytes());
            if let Some(start) = found {
                let rest = self.read.split_off(start + end.len());
                let text = std::mem::replace(&mut self.read, rest);
                return String::from_utf8_lossy(&text).into_owned();
            }
            let found = self.stream.read_buf(&mut self.read).await.unwrap();
            let so_far = String::from_utf8_lossy(&self.read);
            assert!(
                found > 0,
                "expected {end:?}, found the end after {so_far:?}"
            );
        }
    }

    /// The next head.
    pub(crate) async fn head(&mut self) -> String {
        self.until("\r\n\r\n").await
    }

    /// The next head, and the body of the length that it says.
    pub(crate) async fn message(&mut self) -> (String, String) {
        let head = self.head().await;
        let length = value(&head, "content-length").map_or(0, |text| text.parse().unwrap());
        let body = self.exactly(length).await;
        (head, body)
    }

    pub(crate) async fn exactly(&mut self, length: usize) -> String {
        while self.read.len() < length {
            let found = self.stream.read_buf(&mut self.read).await.unwrap();
            assert!(
                found > 0,
                "expected {length} bytes, found {}",
                self.read.len()
            );
        }
        let rest = self.read.split_off(length);
        let bytes = std::mem::replace(&mut self.read, rest);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// All that comes until the connection ends, one way or another.
    pub(crate) async fn rest(&mut self) -> String {
        while matches!(self.stream.read_buf(&mut self.read).await, Ok(found) if found > 0) {}
        String::from_utf8_lossy(&std::mem::take(&mut self.read)).into_owned()
    }
}

/// The value of a header, if it is there once.
pub(crate) fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut found = head.lines().filter_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    });
    let value = found.next()?;
    assert_eq!(found.next(), None, "two lines of {name} in {head}");
    Some(value)
}

/// The outcome, unless it does not come: nothing here takes as long.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    let end = tokio::time::timeout(Duration::from_secs(30), future);
    end.await.expect("it comes")
}
