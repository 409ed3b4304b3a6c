//! The host's probe: whether the handler answers at all.

use std::net::Ipv4Addr;
use std::time::Duration;

use functions_handler::host::contract;

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

/// One `GET /`; done with the first byte of an answer.
async fn probe(port: u16) -> std::io::Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let request = format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut first_byte = [0];
    stream.read_exact(&mut first_byte).await?;
    Ok(())
}
