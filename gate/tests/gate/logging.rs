//! A server that notes every request as its bytes came, and answers 200.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// A request as it reached the server.
pub(crate) struct Arrived {
    pub(crate) line: Vec<u8>,
    /// Names as written, values without the blanks around them.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    /// Without the framing.
    pub(crate) body: Vec<u8>,
}

/// A server in this process, which serves until the process ends.
pub(crate) struct LoggingServer {
    pub(crate) port: u16,
    requests: Receiver<Arrived>,
}

impl LoggingServer {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, requests) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let sender = sender.clone();
                thread::spawn(move || serve(stream, &sender));
            }
        });
        Self { port, requests }
    }

    /// The whole request that arrived since it was last asked. It is noted before it is answered.
    pub(crate) fn arrived(&self) -> Option<Arrived> {
        self.requests.try_recv().ok()
    }
}

fn serve(mut stream: TcpStream, sender: &Sender<Arrived>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let request = read(&mut reader)?;
        sender.send(request).ok()?;
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).ok()?;
    }
}

/// The next request; `None` where the connection ends before it is whole.
fn read(reader: &mut BufReader<TcpStream>) -> Option<Arrived> {
    let line = next_line(reader)?;
    let mut headers = Vec::new();
    loop {
        let line = next_line(reader)?;
        if line.is_empty() {
            break;
        }
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = String::from_utf8_lossy(&line[..colon]).into_owned();
        headers.push((name, line[colon + 1..].trim_ascii().to_vec()));
    }
    let of = |name: &str| {
        let found = headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    };
    let body = match (of("transfer-encoding"), of("content-length")) {
        (Some(_), _) => chunks(reader)?,
        (None, Some(length)) => exactly(reader, length.parse().ok()?)?,
        (None, None) => Vec::new(),
    };
    Some(Arrived {
        line,
        headers,
        body,
    })
}

fn chunks(reader: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = String::from_utf8(next_line(reader)?).ok()?;
        let size = usize::from_str_radix(line.split(';').next()?, 16).ok()?;
        if size == 0 {
            while !next_line(reader)?.is_empty() {}
            return Some(body);
        }
        body.extend(exactly(reader, size)?);
        next_line(reader)?;
    }
}

fn exactly(reader: &mut BufReader<TcpStream>, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// A line without its end.
fn next_line(reader: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line).ok()?;
    line.strip_suffix(b"\r\n").map(<[u8]>::to_vec)
}
