//! The body of an answer, as .NET finds its end (`HttpConnection.cs`, `ChunkedEncodingReadStream.cs`).

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::head::Head;

/// Bytes of a line with a chunk's size and extensions; more is garbage.
const CHUNK_LINE_BYTES: usize = 16 * 1024;

/// Where the body ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// After the last chunk.
    Chunked(Chunk),
    /// When the handler closes the connection.
    UntilClose,
}

/// What comes next in a chunked body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Chunk {
    /// A line with a size.
    Size,
    /// So many bytes, and the line end behind them.
    Data(u64),
    /// The line end behind the bytes of a chunk.
    End,
    /// Lines after the last chunk; they are forgotten.
    Trailers,
}

/// The body broke off, or its framing is wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::stand_in) struct Broken;

impl Framing {
    /// The framing of an answer: chunked comes before a length, an unreadable length is none.
    pub(super) fn of(head: &Head, method_is_head: bool) -> Self {
        if method_is_head || matches!(head.status, 204 | 304) {
            return Self::Length(0);
        }
        if head.status == 101 {
            return Self::UntilClose;
        }
        if head.lists("transfer-encoding", "chunked") {
            return Self::Chunked(Chunk::Size);
        }
        let lengths = head.values("content-length");
        let mut sound = lengths.filter_map(length);
        sound.next().map_or(Self::UntilClose, Self::Length)
    }

    /// Whether the next answer may follow on the same connection.
    pub(super) fn has_end(self) -> bool {
        self != Self::UntilClose
    }

    /// Takes the next piece of the body off `received`; `Piece::More` where more has to come first.
    pub(super) fn take(&mut self, received: &mut BytesMut) -> Result<Piece, Broken> {
        loop {
            match *self {
                Self::Length(0) => return Ok(Piece::End),
                Self::UntilClose if received.is_empty() => return Ok(Piece::More),
                Self::UntilClose => return Ok(Piece::Data(received.split().freeze())),
                Self::Length(left) | Self::Chunked(Chunk::Data(left)) => {
                    let Some((data, left)) = split_data(received, left) else {
                        return Ok(Piece::More);
                    };
                    *self = match self {
                        Self::Length(_) => Self::Length(left),
                        _ if left == 0 => Self::Chunked(Chunk::End),
                        _ => Self::Chunked(Chunk::Data(left)),
                    };
                    return Ok(Piece::Data(data));
                }
                Self::Chunked(chunk) => {
                    let Some(line) = split_line(received)? else {
                        return Ok(Piece::More);
                    };
                    *self = after_line(chunk, &line)?;
                }
            }
        }
    }
}

/// What was found of a body.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Piece {
    /// Some bytes.
    Data(Bytes),
    /// Nothing until more has come.
    More,
    /// The body is whole.
    End,
}

/// What .NET reads of a `Content-Length`: digits alone.
pub(in crate::stand_in) fn length(value: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(value).ok()?;
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn split_data(received: &mut BytesMut, left: u64) -> Option<(Bytes, u64)> {
    if received.is_empty() {
        return None;
    }
    let available = usize::try_from(left)
        .unwrap_or(usize::MAX)
        .min(received.len());
    let data = received.split_to(available).freeze();
    Some((
        data,
        left.saturating_sub(u64::try_from(available).unwrap_or(left)),
    ))
}

/// A line without its end; nothing while it is not whole.
fn split_line(received: &mut BytesMut) -> Result<Option<Bytes>, Broken> {
    let Some(end) = received.iter().position(|byte| *byte == b'\n') else {
        return match received.len() > CHUNK_LINE_BYTES {
            true => Err(Broken),
            false => Ok(None),
        };
    };
    let line = received.split_to(end).freeze();
    received.advance(1);
    Ok(Some(match line.last() {
        Some(b'\r') => line.slice(..line.len() - 1),
        _ => line,
    }))
}

fn after_line(chunk: Chunk, line: &[u8]) -> Result<Framing, Broken> {
    let next = match chunk {
        Chunk::Size => match size(line)? {
            0 => Chunk::Trailers,
            size => Chunk::Data(size),
        },
        Chunk::End if line.is_empty() => Chunk::Size,
        Chunk::Trailers if line.is_empty() => return Ok(Framing::Length(0)),
        Chunk::Trailers => Chunk::Trailers,
        Chunk::End | Chunk::Data(_) => return Err(Broken),
    };
    Ok(Framing::Chunked(next))
}

/// The size in hexadecimal digits; after it blanks and extensions may follow.
fn size(line: &[u8]) -> Result<u64, Broken> {
    let digits = line
        .iter()
        .take_while(|byte| byte.is_ascii_hexdigit())
        .count();
    let (digits, rest) = line.split_at(digits);
    let rest = rest.trim_ascii_start();
    if !(rest.is_empty() || rest.starts_with(b";")) {
        return Err(Broken);
    }
    let text = std::str::from_utf8(digits).map_err(|_| Broken)?;
    u64::from_str_radix(text, 16).map_err(|_| Broken)
}

/// Reads more into `received`; `Ok(false)` at the end of the connection.
pub(super) async fn read_more(
    stream: &mut TcpStream,
    received: &mut BytesMut,
) -> std::io::Result<bool> {
    received.reserve(16 * 1024);
    Ok(stream.read_buf(received).await? > 0)
}

#[cfg(test)]
mod tests;
