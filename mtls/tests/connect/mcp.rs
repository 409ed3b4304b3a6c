//! What clients of the Model Context Protocol do over Streamable HTTP: a stream beside calls, sessions, resumption.

use crate::stage::Stage;

#[test]
fn a_session_passes_with_its_stream_its_calls_and_its_end() {
    let stage = Stage::new();
    let json = "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n";
    // A call opens the session.
    let (head, answer) = stage.exchange(
        &format!("POST /mcp HTTP/1.1\r\nHost: HOST\r\n{json}MCP-Protocol-Version: 2025-06-18\r\nContent-Length: 2\r\n\r\n{{}}"),
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nMcp-Session-Id: s-1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
    );
    for line in [
        "accept: application/json, text/event-stream",
        "mcp-protocol-version: 2025-06-18",
    ] {
        assert!(head.contains(&format!("{line}\r\n")), "{head}");
    }
    assert!(answer.contains("mcp-session-id: s-1\r\n"), "{answer}");

    // Its stream goes on where it was left, and is silent while another call runs.
    let mut reader = stage.call(
        "GET /mcp HTTP/1.1\r\nHost: HOST\r\nAccept: text/event-stream\r\nMcp-Session-Id: s-1\r\nLast-Event-ID: 7\r\n\r\n",
    );
    let mut stream = stage.accept();
    let head = stream.head();
    assert!(head.contains("last-event-id: 7\r\n"), "{head}");
    assert!(head.contains("mcp-session-id: s-1\r\n"), "{head}");
    stream.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    assert!(reader.head().starts_with("HTTP/1.1 200 "));
    let (_, answer) = stage.exchange(
        &format!("POST /mcp HTTP/1.1\r\nHost: HOST\r\n{json}Mcp-Session-Id: s-1\r\nContent-Length: 2\r\n\r\n{{}}"),
        "HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    );
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    stream.send("16\r\nid: 8\ndata: progress\n\n\r\n");
    assert!(reader.until("data: progress\n\n").contains("id: 8\n"));

    // The client ends its stream, and then the session.
    drop(reader);
    assert_eq!(stream.rest(), "");
    let (head, answer) = stage.exchange(
        "DELETE /mcp HTTP/1.1\r\nHost: HOST\r\nMcp-Session-Id: s-1\r\n\r\n",
        "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, POST\r\nContent-Length: 0\r\n\r\n",
    );
    assert!(head.starts_with("DELETE /mcp "), "{head}");
    assert!(head.contains("mcp-session-id: s-1\r\n"), "{head}");
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    assert!(answer.contains("allow: GET, POST\r\n"), "{answer}");
}
