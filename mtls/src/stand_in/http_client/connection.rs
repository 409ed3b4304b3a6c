//! One connection to the handler: a request out, an answer in (`HttpConnection.cs`).

use bytes::{Bytes, BytesMut};
use http::header::TRANSFER_ENCODING;
use http::request::Parts;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

use super::body::{Broken, Framing, Piece, read_more};
use super::head::{Head, parse};
use crate::body::Body;

/// The size of .NET's write buffer (`HttpConnection.cs`: `InitialWriteBufferSize`).
const WRITE_BUFFER_BYTES: usize = 4096;

/// A connection while it serves one request.
pub(super) struct Connection {
    stream: TcpStream,
    received: BytesMut,
    framing: Framing,
    has_sent_all: bool,
}

/// Why no head came.
pub(super) enum Unanswered {
    /// No connection could be made.
    NotConnected,
    /// The handler ended the connection in order, before a byte of an answer.
    ClosedAtOnce,
    /// The connection ended otherwise.
    Closed,
    /// What came is no HTTP.
    NotHttp,
    /// The caller's body broke off.
    RequestBroken,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            received: BytesMut::new(),
            framing: Framing::UntilClose,
            has_sent_all: false,
        }
    }

    /// Whether the request is out, to its last byte.
    pub(super) fn has_sent_all(&self) -> bool {
        self.has_sent_all
    }

    /// Whether the answer ends before the connection does.
    pub(super) fn answer_has_end(&self) -> bool {
        self.framing.has_end()
    }

    /// Sends the request and reads heads until one is final. An answer may come before the request is out; no more of it
    /// is sent then.
    pub(super) async fn exchange(
        &mut self,
        request: &Parts,
        body: Body,
    ) -> Result<Head, Unanswered> {
        let (mut reader, writer) = self.stream.split();
        let reading = head(&mut reader, &mut self.received);
        let sending = send(writer, request, body);
        tokio::pin!(reading, sending);
        let head = tokio::select! {
            head = &mut reading => head?,
            sent = &mut sending => match sent {
                // What a handler that reads no further has answered is still there.
                Ok(()) | Err(Unsent::Connection) => {
                    self.has_sent_all = sent.is_ok();
                    reading.await?
                }
                Err(Unsent::Body) => return Err(Unanswered::RequestBroken),
            },
        };
        self.framing = Framing::of(&head, request.method == http::Method::HEAD);
        Ok(head)
    }

    /// The next bytes of the answer's body; nothing at its end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        loop {
            match self.framing.take(&mut self.received)? {
                Piece::Data(data) => return Ok(Some(data)),
                Piece::End => return Ok(None),
                Piece::More => {
                    let more = read_more(&mut self.stream, &mut self.received).await;
                    match (more, self.framing) {
                        (Ok(true), _) => {}
                        (Ok(false), Framing::UntilClose) => return Ok(None),
                        _ => return Err(Broken),
                    }
                }
            }
        }
    }

    /// The stream, for another request; nothing where bytes came that belong to no answer.
    pub(super) fn into_idle(self) -> Option<TcpStream> {
        self.received.is_empty().then_some(self.stream)
    }
}

/// Reads heads until one is final; interim ones but 101 are passed over.
async fn head(reader: &mut ReadHalf<'_>, received: &mut BytesMut) -> Result<Head, Unanswered> {
    loop {
        match parse(received).map_err(|_| Unanswered::NotHttp)? {
            Some((head, length)) => {
                drop(received.split_to(length));
                if head.status == 101 || !(100..200).contains(&head.status) {
                    return Ok(head);
                }
            }
            None => match reader.read_buf(received).await {
                Ok(0) if received.is_empty() => return Err(Unanswered::ClosedAtOnce),
                Ok(0) | Err(_) => return Err(Unanswered::Closed),
                Ok(_) => {}
            },
        }
    }
}

/// What kept the request from going out whole.
enum Unsent {
    Connection,
    Body,
}

async fn send(mut writer: WriteHalf<'_>, request: &Parts, body: Body) -> Result<(), Unsent> {
    let mut head = Vec::with_capacity(1024);
    let target = request
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    head.extend_from_slice(format!("{} {target} HTTP/1.1\r\n", request.method).as_bytes());
    for (name, value) in &request.headers {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    write(&mut writer, &head).await?;
    match request.headers.contains_key(TRANSFER_ENCODING) {
        true => send_chunks(writer, body).await,
        false => send_bytes(writer, body).await,
    }
}

async fn send_bytes(mut writer: WriteHalf<'_>, mut body: Body) -> Result<(), Unsent> {
    while let Some(data) = body.next().await {
        write(&mut writer, &data.map_err(|_| Unsent::Body)?).await?;
    }
    Ok(())
}

/// Chunks wait in .NET's buffer until it is full or the body is whole: of one that breaks off before, nothing is sent.
async fn send_chunks(mut writer: WriteHalf<'_>, mut body: Body) -> Result<(), Unsent> {
    let mut waiting = Vec::with_capacity(WRITE_BUFFER_BYTES);
    while let Some(data) = body.next().await {
        let data = data.map_err(|_| Unsent::Body)?;
        if !data.is_empty() {
            waiting.extend_from_slice(format!("{:X}\r\n", data.len()).as_bytes());
            waiting.extend_from_slice(&data);
            waiting.extend_from_slice(b"\r\n");
        }
        if waiting.len() > WRITE_BUFFER_BYTES {
            write(&mut writer, &waiting).await?;
            waiting.clear();
        }
    }
    waiting.extend_from_slice(b"0\r\n\r\n");
    write(&mut writer, &waiting).await
}

async fn write(writer: &mut WriteHalf<'_>, bytes: &[u8]) -> Result<(), Unsent> {
    writer
        .write_all(bytes)
        .await
        .map_err(|_| Unsent::Connection)
}
