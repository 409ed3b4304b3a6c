use super::*;
use crate::stand_in::http_client::head::parse;

/// The pieces of a body that comes whole, and what ends it.
fn taken(head: &str, body: &str) -> Result<(String, bool), Broken> {
    let (head, _) = parse(head.as_bytes()).unwrap().unwrap();
    let mut framing = Framing::of(&head, false);
    let mut received = BytesMut::from(body);
    let mut text = String::new();
    loop {
        match framing.take(&mut received)? {
            Piece::Data(data) => text.push_str(std::str::from_utf8(&data).unwrap()),
            Piece::More => return Ok((text, false)),
            Piece::End => return Ok((text, true)),
        }
    }
}

#[test]
fn a_body_ends_where_net_sees_its_end() {
    let table = [
        ("Content-Length: 2", "okEXTRA", Ok(("ok", true))),
        ("Content-Length: 3", "ok", Ok(("ok", false))),
        ("Content-Length: two", "ok", Ok(("ok", false))),
        (
            "Content-Length: 2\r\nContent-Length: 9",
            "ok",
            Ok(("ok", true)),
        ),
        ("A: 1", "ok", Ok(("ok", false))),
        (
            "Transfer-Encoding: identity\r\nContent-Length: 2",
            "ok",
            Ok(("ok", true)),
        ),
        (
            "Transfer-Encoding: gzip, chunked",
            "3;a=b\r\none\r\n0\r\n\r\n",
            Ok(("one", true)),
        ),
        (
            "Content-Length: 99\r\nTransfer-Encoding: chunked",
            "3\none\n0\nX: 1\n\n",
            Ok(("one", true)),
        ),
        (
            "Transfer-Encoding: chunked",
            "3\r\none\r\n",
            Ok(("one", false)),
        ),
        ("Transfer-Encoding: chunked", "zz\r\none\r\n", Err(Broken)),
        ("Transfer-Encoding: chunked", "\r\none\r\n", Err(Broken)),
        ("Transfer-Encoding: chunked", "3\r\noneX\r\n", Err(Broken)),
        (
            "Transfer-Encoding: chunked",
            "fffffffffffffffff\r\n",
            Err(Broken),
        ),
    ];
    for (lines, body, expected) in table {
        let head = format!("HTTP/1.1 200 OK\r\n{lines}\r\n\r\n");
        let expected = expected.map(|(text, ended): (&str, bool)| (text.to_owned(), ended));
        assert_eq!(taken(&head, body), expected, "{lines} {body}");
    }
}

#[test]
fn some_answers_have_no_body_whatever_they_say() {
    for status in [204, 304] {
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: 5\r\n\r\n");
        assert_eq!(taken(&head, "12345"), Ok((String::new(), true)));
    }
    let (head, _) = parse(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        .unwrap()
        .unwrap();
    assert_eq!(Framing::of(&head, true), Framing::Length(0));
}
