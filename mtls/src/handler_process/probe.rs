//! The host's probe: whether the handler answers at all.

use std::net::Ipv4Addr;
use std::time::Duration;

use functions_handler::host::contract;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How long the rest of an answer may take to come.
const REST: Duration = Duration::from_secs(1);

/// Whether anything answers `GET /`, tried as often as the host tries.
pub(super) async fn answers(port: u16, patience: Duration) -> bool {
    let pause = contract::PROBE_INTERVAL;
    let tries = patience.as_millis() / pause.as_millis();
    for _ in 0..tries {
        match probe(port).await {
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                tokio::time::sleep(pause).await;
            }
            // Garbage and a dropped connection count as ready, as in the host.
            Ok(()) | Err(_) => return true,
        }
    }
    false
}

/// One `GET /`; done with the first byte of an answer. The rest is read all the same: a connection that is closed before
/// its answer is read looks broken to the handler.
async fn probe(port: u16) -> std::io::Result<()> {
    let mut stream = tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let request = format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut first_byte = [0];
    stream.read_exact(&mut first_byte).await?;
    tokio::spawn(async move {
        let mut sink = tokio::io::sink();
        let rest = tokio::io::copy(&mut stream, &mut sink);
        // Nothing hangs on it.
        let _ = tokio::time::timeout(REST, rest).await;
    });
    Ok(())
}
