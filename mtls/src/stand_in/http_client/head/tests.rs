use super::*;

fn lines(head: &Head) -> Vec<String> {
    let lines = head.lines.iter();
    let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
    lines
        .map(|(name, value)| format!("{}={}", text(name), text(value)))
        .collect()
}

#[test]
fn what_net_takes_is_taken() {
    let table: [(&str, u16, &str, &[&str]); 9] = [
        ("HTTP/1.1 200 OK\r\nA: 1\r\n\r\n", 200, "OK", &["A=1"]),
        ("HTTP/1.1 200\r\n\r\n", 200, "", &[]),
        ("HTTP/1.1 200 \r\n\r\n", 200, "", &[]),
        ("HTTP/1.0 099 Low\r\n\r\n", 99, "Low", &[]),
        ("HTTP/1.7 404 A B\n\n", 404, "A B", &[]),
        (
            "HTTP/1.1 200 OK\r\nA: a\r\n  b\r\n\r\n",
            200,
            "OK",
            &["A=a    b"],
        ),
        ("HTTP/1.1 200 OK\r\nA : 1\r\n\r\n", 200, "OK", &["A=1"]),
        (
            "HTTP/1.1 200 OK\r\nA:\t a\tb \t\r\n\r\n",
            200,
            "OK",
            &["A=a\tb"],
        ),
        (
            "HTTP/1.1 200 OK\r\nA: \r\nB:\r\n\r\n",
            200,
            "OK",
            &["A=", "B="],
        ),
    ];
    for (text, status, reason, expected) in table {
        let (head, length) = parse(text.as_bytes()).unwrap().expect(text);
        assert_eq!(
            (head.status, &*head.reason),
            (status, reason.as_bytes()),
            "{text}"
        );
        assert_eq!(lines(&head), expected, "{text}");
        assert_eq!(length, text.len(), "{text}");
        // Not before the last byte has come.
        for cut in 0..text.len() {
            assert_ne!(
                parse(&text.as_bytes()[..cut]).map(|one| one.is_some()),
                Ok(true),
                "{text} {cut}"
            );
        }
    }
}

#[test]
fn what_net_refuses_is_refused() {
    for text in [
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX Bad: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-\u{e9}: 1\r\n\r\n",
    ] {
        assert_eq!(parse(text.as_bytes()), Err(Malformed), "{text}");
    }
}

#[test]
fn a_head_of_64_kb_is_the_longest() {
    let head = |length: usize| format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "a".repeat(length));
    let frame = head(0).len();
    assert!(
        parse(head(HEAD_BYTES - frame).as_bytes())
            .unwrap()
            .is_some()
    );
    assert_eq!(
        parse(head(HEAD_BYTES - frame + 1).as_bytes()),
        Err(Malformed)
    );
    assert_eq!(
        parse("HTTP/1.1 200 OK\r\nA: ".repeat(4000).as_bytes()),
        Err(Malformed)
    );
}
