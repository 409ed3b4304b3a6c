//! What a server prints.

use std::io::{self, Write};

use wrapped_server::{Output, ServerCommand, ServerOptions};

use crate::held::Held;
use crate::marked::{PATIENCE, within};

crate::trials![
    output_passes_unchanged_line_by_line_with_its_streams_apart,
    a_writer_that_blocks_for_ever_holds_no_server_up,
];

async fn output_passes_unchanged_line_by_line_with_its_streams_apart() {
    let held = Held::serve(&["prints"], ServerOptions::default());
    held.server.ready().await.unwrap();
    let (stdout, stderr) = (held.stdout.clone(), held.stderr.clone());
    // All but the last line, which has no end, comes while it runs.
    let complete = |bytes: &[u8]| bytes.ends_with(b"longer than 256 KiB]\n");
    assert!(within(PATIENCE, || complete(&stdout.bytes())));
    held.stop().await;
    let found = stdout.bytes();
    assert!(found.starts_with(b"{\"json\": true}\r\n\xff\n\nlong xxx"));
    assert!(found.ends_with(b"\nlast\n"));
    assert_eq!(stderr.bytes(), b"warning: \x1b[31mred\x1b[0m\n");
}

/// Nobody reads.
struct Blocked;

impl Write for Blocked {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        loop {
            std::thread::park();
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn a_writer_that_blocks_for_ever_holds_no_server_up() {
    let own = std::env::current_exe().unwrap();
    let command = ServerCommand::new(own, std::env::vars_os())
        .argument("serve")
        .argument("floods");
    let output = Output::new(Blocked, Blocked);
    let held = Held::with_output(command, ServerOptions::default(), output);
    // It listens after it has printed 64 MiB.
    let ready = tokio::time::timeout(PATIENCE, held.server.ready()).await;
    ready.unwrap().unwrap();
    held.stop().await;
}
