//! Lines of a pipe that nobody bounds.

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// The longest line that is kept in one piece; more of it becomes the next line.
const LINE_LIMIT: u64 = 64 * 1024;

/// The next line without its end, bytes that are not UTF-8 replaced; nothing at the end.
///
/// # Errors
///
/// What the operating system says.
pub(crate) async fn read_line(
    reader: &mut (impl AsyncBufRead + Unpin),
) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let count = reader.take(LINE_LIMIT).read_until(b'\n', &mut line).await?;
    while line.last().is_some_and(|byte| b"\r\n".contains(byte)) {
        line.pop();
    }
    Ok((count > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_bounded_and_always_text() {
        let long = "x".repeat(70_000);
        let text = [b"a\r\n\n\xffb\n".as_slice(), long.as_bytes()].concat();
        let mut reader = text.as_slice();
        let mut lines = Vec::new();
        while let Some(line) = read_line(&mut reader).await.unwrap() {
            lines.push(line);
        }
        assert_eq!(lines[..3], ["a", "", "\u{FFFD}b"]);
        assert_eq!(
            (lines[3].len(), lines[4].len(), lines.len()),
            (65_536, 4_464, 5)
        );
    }
}
