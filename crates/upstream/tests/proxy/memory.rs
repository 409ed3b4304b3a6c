//! Bodies of any length need no memory.

use std::time::Duration;

use crate::stage::{Stage, within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

const LENGTH: u64 = 1024 * 1024 * 1024;

/// What a body may need: buffers of two connections, and what the tests beside this one need.
const MOST: u64 = 64 * 1024 * 1024;

/// The most memory that this process has had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    let kibibytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kibibytes * 1024
}

async fn write(mut to: OwnedWriteHalf) -> OwnedWriteHalf {
    let chunk = vec![b'x'; 65_536];
    for _ in 0..LENGTH / 65_536 {
        to.write_all(&chunk).await.unwrap();
    }
    // It closes its side once both are done.
    to
}

async fn read(mut from: OwnedReadHalf) {
    let mut chunk = vec![0; 65_536];
    let mut left = LENGTH;
    while left > 0 {
        let found = from.read(&mut chunk).await.unwrap();
        assert!(found > 0, "{left} bytes are missing");
        left -= u64::try_from(found).unwrap();
    }
}

#[tokio::test]
async fn a_gibibyte_passes_both_ways_without_being_held() {
    let stage = Stage::new().await;
    let before = peak();
    let request = format!("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: {LENGTH}\r\n\r\n");
    let mut caller = stage.call(&request).await;
    let mut upstream = stage.accept().await;
    upstream.head().await;
    upstream
        .send(format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n"
        ))
        .await;
    caller.head().await;
    let (caller_read, caller_write) = caller.stream.into_split();
    let (upstream_read, upstream_write) = upstream.stream.into_split();
    tokio::join!(
        write(caller_write),
        read(upstream_read),
        write(upstream_write),
        read(caller_read),
    );
    let grown = peak() - before;
    assert!(grown < MOST, "{grown} bytes");
}

#[tokio::test]
async fn a_side_that_does_not_read_stops_the_other() {
    within(async {
        let stage = Stage::new().await;
        let request = format!("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: {LENGTH}\r\n\r\n");
        let mut caller = stage.call(&request).await;
        let mut upstream = stage.accept().await;
        upstream.head().await;
        let chunk = vec![b'x'; 65_536];
        let mut written = 0;
        // Until nothing is taken for a while.
        while let Ok(count) = timeout(Duration::from_millis(500), caller.stream.write(&chunk)).await
        {
            written += count.unwrap();
            assert!(written < 64 * 1024 * 1024, "it is held somewhere");
        }
    })
    .await;
}
