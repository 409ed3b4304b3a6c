use super::*;

#[test]
fn what_no_http_message_can_carry_is_a_mistake() {
    let unserializable = std::collections::HashMap::from([([1], 2)]);
    let table = [
        (Reply::new(StatusCode::SWITCHING_PROTOCOLS), "below 200"),
        (Reply::ok(&unserializable), "not JSON"),
        (Reply::ok(&1).with_header("a b", "c"), "impossible name"),
        (
            Reply::ok(&1).with_header("a", "c\r\nd: e"),
            "impossible value",
        ),
        (
            Reply::ok(&1).with_header("a", "\r").with_header(" ", "b"),
            "impossible value",
        ),
    ];
    for (reply, mistake) in table {
        let found = reply.into_parts().unwrap_err();
        assert!(found.contains(mistake), "{found}");
    }
}

#[test]
fn the_connections_headers_are_the_servers() {
    let reply = Reply::ok(&1)
        .with_header("Content-Length", "7")
        .with_header("transfer-encoding", "chunked")
        .with_header("Connection", "close")
        .with_header("x-a", "b");
    let (response, _) = reply.into_parts().unwrap();
    let names: Vec<&str> = response.headers().keys().map(HeaderName::as_str).collect();
    assert_eq!(names, ["content-type", "x-a"]);
}
