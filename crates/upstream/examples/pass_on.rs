//! A server that passes every request on with one caller's identity, to be measured with a load generator:
//! `pass_on 127.0.0.1:8001 127.0.0.1:8000` listens on the first address and passes on to the second.

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::sync::Arc;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use upstream::{Address, Admitted, Identity, Outside, Upstream, UpstreamOptions};
use uuid::Uuid;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut addresses = env::args().skip(1);
    let (Some(own), Some(others)) = (addresses.next(), addresses.next()) else {
        return Err("expected two addresses: one to listen on, one to pass requests on to".into());
    };
    let upstream = Upstream::new(UpstreamOptions {
        event_stream_comments: true,
        ..UpstreamOptions::new(Address::loopback(others.parse()?)?)
    });
    let identity = Arc::new(Identity::new(&Admitted {
        caller: Some("billing"),
        roles: vec!["reader"],
        rule: "SHA-256",
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        der: &[0x30; 1200],
    }));
    let listener = TcpListener::bind(own).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve(stream, upstream.clone(), Arc::clone(&identity)));
    }
}

async fn serve(stream: TcpStream, upstream: Upstream, identity: Arc<Identity>) {
    let respond = service_fn(|request: Request<Incoming>| {
        let (upstream, identity) = (&upstream, &identity);
        async move {
            let outside = Outside::of(request.headers(), true, Uuid::nil());
            Ok::<_, Infallible>(upstream.call(request, Some(identity), &outside).await)
        }
    });
    // What ends a connection early is the peer's affair.
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), respond);
    drop(connection.await);
}
