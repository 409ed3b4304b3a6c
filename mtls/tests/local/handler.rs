//! A handler for tests: this test program, started by the stand-in as the host starts a handler.
//!
//! It answers with what arrived, byte for byte, and does as told by the path.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

use serde_json::{Value, json};

/// The test that plays the role; the stand-in passes it as arguments.
pub const ARGUMENTS: [&str; 3] = ["play_the_handler", "--exact", "--nocapture"];

/// Serves until it is killed, if the stand-in has started this program; else there is no part to play.
pub fn play() {
    if std::env::var_os("FUNCTIONS_CUSTOMHANDLER_WORKER_ID").is_none() {
        return;
    }
    let variable = |name| std::env::var_os(name).unwrap().into_string().unwrap();
    if std::env::var_os("TEST_MISCONFIGURED").is_some() {
        eprintln!("TEST_SETTING: expected a, found b");
        std::process::exit(64);
    }
    if std::env::var_os("TEST_CRASHES").is_some() {
        std::process::exit(3);
    }
    let port: u16 = variable("FUNCTIONS_CUSTOMHANDLER_PORT").parse().unwrap();
    println!(
        "{}",
        json!({"event": "environment", "port": port, "pid": std::process::id(),
        "root": variable("FUNCTIONS_APP_ROOT_PATH"), "folder": std::env::current_dir().unwrap(),
        "legacyPort": variable("FUNCTIONS_HTTPWORKER_PORT"),
        "worker": variable("FUNCTIONS_CUSTOMHANDLER_WORKER_ID"),
        "legacyWorker": variable("FUNCTIONS_HTTPWORKER_ID"),
        "allowed": std::env::var_os("ALLOWED_CLIENT_CERT_THUMBPRINTS").map(|v| v.into_string().unwrap()),
        "frontEnd": std::env::var_os("CLIENT_CERT_FRONT_END").map(|v| v.into_string().unwrap()),
        "setting": std::env::var_os("TEST_SETTING").map(|v| v.into_string().unwrap()),
        "arguments": std::env::args().collect::<Vec<_>>()})
    );
    if let Some(text) = std::env::var_os("TEST_SAYS") {
        println!("says: {}", text.to_string_lossy());
    }
    // A start that takes as long as the test wants.
    if let Some(file) = std::env::var_os("TEST_STARTS_WITH") {
        while !std::path::Path::new(&file).exists() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    for stream in listener.incoming() {
        let stream = stream.unwrap();
        std::thread::spawn(move || converse(stream));
    }
}

fn converse(mut stream: TcpStream) {
    while let Some((head, body)) = read_request(&mut stream) {
        let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let line = |name: &str| {
            let prefix = format!("{name}: ");
            head.lines()
                .find_map(|line| line.strip_prefix(&prefix).map(ToOwned::to_owned))
        };
        let invocation = line("x-azure-functions-invocationid");
        if let Some(invocation) = invocation {
            let id = invocation.rsplit(", ").next().unwrap();
            println!(
                "{}",
                json!({"event": "decision", "invocationId": id, "outcome": "allow", "reason": "test-reason", "target": target})
            );
        }
        match target.as_str() {
            "/api/echo/crash" => std::process::exit(1),
            "/api/echo/exit" => std::process::exit(0),
            "/api/echo/restart" => std::process::exit(200),
            "/api/echo/slow" => std::thread::sleep(std::time::Duration::from_secs(60)),
            "/api/echo/switch" => {
                let _ = stream.write_all(b"HTTP/1.1 101 Switching Protocols\r\n\r\nraw bytes");
                return;
            }
            "/api/echo/garbage" => {
                let _ = stream.write_all(b"no http\r\n\r\n");
                return;
            }
            _ => {}
        }
        if target == "/Scripted" {
            if !answer_as_told(&mut stream, &body) {
                return;
            }
            continue;
        }
        let text = json!({"head": head.lines().collect::<Vec<_>>(), "body": String::from_utf8_lossy(&body)}).to_string();
        let status = if target == "/api/echo/teapot" {
            "418 Short And Stout"
        } else {
            "200 OK"
        };
        let more = match target.as_str() {
            "/api/echo/secure" => "Strict-Transport-Security: max-age=1\r\n",
            _ => "",
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{more}X-Custom: handler\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: keep-alive\r\n\r\n{text}",
            text.len()
        );
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// Answers an envelope as its request's body says: `status`, `type`, `text`; `@received` stands for the post itself.
fn answer_as_told(stream: &mut TcpStream, body: &[u8]) -> bool {
    let received = String::from_utf8_lossy(body).into_owned();
    // One chunk, if it came in chunks.
    let (start, end) = (received.find('{').unwrap(), received.rfind('}').unwrap());
    let envelope: Value = serde_json::from_str(&received[start..=end]).unwrap();
    let told = envelope["Data"]["req"]["Body"].as_str().unwrap_or_default();
    let told: Value = serde_json::from_str(told).unwrap();
    let mut text = told["text"].as_str().unwrap().to_owned();
    if text == "@received" {
        let seen = json!({"envelope": envelope, "chunked": start > 0});
        text = json!({"Outputs": {"res": {"statusCode": "203", "body": seen.to_string()}}})
            .to_string();
    }
    let answer = format!(
        "HTTP/1.1 {} Told\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{text}",
        told["status"],
        told["type"].as_str().unwrap(),
        text.len()
    );
    stream.write_all(answer.as_bytes()).is_ok()
}

/// The head as text, and the body by its length or in chunks with their framing.
fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        bytes.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    while head.contains("transfer-encoding: chunked") && !body.ends_with(b"0\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        body.push(byte[0]);
    }
    Some((head, body))
}
