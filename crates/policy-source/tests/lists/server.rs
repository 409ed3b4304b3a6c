//! A server of revocation lists over plain http, as authorities run them.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// After this a connection is given up, so that no test waits for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a server does with a request.
#[derive(Clone)]
pub(crate) enum Answer {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Sends these bytes, and nothing more until the client goes.
    ThenHang(Vec<u8>),
    /// Sends these bytes after a while.
    Slow(Vec<u8>, Duration),
    /// Sends this head, and then so many zeros.
    Zeros(Vec<u8>, usize),
}

#[derive(Default)]
struct State {
    answers: BTreeMap<String, Answer>,
    heads: Vec<String>,
}

/// A running server; it stops when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    stopped: Arc<AtomicBool>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::default(),
            stopped: Arc::default(),
        };
        let (state, stopped) = (Arc::clone(&server.state), Arc::clone(&server.stopped));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let state = Arc::clone(&state);
                // A client that goes away is part of what is tried.
                thread::spawn(move || stream.and_then(|stream| serve(stream, &state)));
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// From now on, what is asked for by this path is answered so.
    pub(crate) fn answers(&self, path: &str, answer: Answer) {
        let mut state = self.state.lock().unwrap();
        state.answers.insert(path.to_owned(), answer);
    }

    /// The requests so far, in lower case.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.state.lock().unwrap().heads.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
    }
}

/// A list, with an entity tag.
pub(crate) fn list(bytes: &[u8]) -> Answer {
    let length = bytes.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    Answer::Bytes([head.as_bytes(), bytes].concat())
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let answer = {
        let mut state = state.lock().unwrap();
        let path = head.split([' ', '?']).nth(1).unwrap_or_default();
        let answer = state.answers.get(path).cloned();
        state.heads.push(head.to_lowercase());
        answer
    };
    match answer {
        None => {
            stream.write_all(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        Some(Answer::Bytes(bytes)) => stream.write_all(&bytes),
        Some(Answer::ThenHang(bytes)) => {
            stream.write_all(&bytes)?;
            reader.read_to_end(&mut Vec::new()).map(drop)
        }
        Some(Answer::Slow(bytes, after)) => {
            thread::sleep(after);
            stream.write_all(&bytes)
        }
        Some(Answer::Zeros(head, count)) => {
            stream.write_all(&head)?;
            let block = vec![0; 1024 * 1024];
            (0..count.div_ceil(block.len())).try_for_each(|_| stream.write_all(&block))
        }
    }
}
