//! A store that answers, and never ends.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use openssl::ssl::{SslAcceptor, SslMethod};
use policy_source::{FetchError, RemoteEvent, StoreTrust};
use test_support::hierarchy::{Issued, root, server};

use crate::Store;

/// Well below the pause between two pieces that a reader bears.
const PIECE_INTERVAL: Duration = Duration::from_millis(20);

/// Each piece comes in time, and all of them never: the bound of the whole request ends it.
#[tokio::test]
async fn a_store_that_drips_is_given_up_when_the_time_of_the_request_is_over() {
    let authority = root("Store Root");
    let address = dripping(&authority);
    let mut store = Store::new();
    let options = &mut store.options;
    options.url = format!("https://{address}/policy.json").parse().unwrap();
    options.trust = StoreTrust::Only(authority.certificate.to_pem().unwrap());
    options.timeouts.total = Duration::from_secs(1);
    let begun = Instant::now();
    let event = store.policy().next().await;
    assert!(
        matches!(event, RemoteEvent::Failed(FetchError::TimedOut)),
        "{event:?}"
    );
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

/// A server whose answers come a byte at a time until the reader leaves.
fn dripping(authority: &Issued) -> SocketAddr {
    let identity = server(authority);
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    builder.set_certificate(&identity.certificate).unwrap();
    builder.set_private_key(&identity.key).unwrap();
    let acceptor = builder.build();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(acceptor.accept(stream.unwrap()).unwrap());
            let mut line = String::new();
            while !line.ends_with("\r\n\r\n") && stream.read_line(&mut line).unwrap() > 0 {}
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
            let stream = stream.get_mut();
            let mut piece = head.as_slice();
            while stream.write_all(piece).is_ok() {
                piece = b" ";
                thread::sleep(PIECE_INTERVAL);
            }
        }
    });
    address
}
