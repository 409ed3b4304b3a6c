//! `docs/front-end.md`, read as what it is: requests, and what becomes of them on their way to a server, byte for byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::caller::Caller;
use crate::project::Project;

const PAGE: &str = include_str!("../../../docs/front-end.md");

/// The line that stands for the headers of the first pair.
const PLATFORM: &str = "<the platform's headers>";

/// Where the platform's headers begin in the first pair.
const FIRST_OF_PLATFORM: &str = "x-arr-log-id: ";

/// What arrives no later than this arrives never.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request, and what becomes of it.
struct Example {
    sent: String,
    outcome: Outcome,
}

enum Outcome {
    /// These lines arrive at the server.
    Arrives(String),
    /// The front end answers so, and nothing arrives.
    Answered(String),
}

/// The blocks of the page, each with the words behind its fence.
fn blocks() -> impl Iterator<Item = (&'static str, String)> {
    let fenced = PAGE.split("\n```").skip(1).step_by(2);
    fenced.map(|block| {
        let (kind, lines) = block.split_once('\n').unwrap();
        let lines = lines.split('\n').map(|line| format!("{line}\r\n"));
        (kind, lines.collect())
    })
}

fn examples() -> Vec<Example> {
    let mut blocks = blocks();
    let mut examples = Vec::new();
    while let Some((kind, sent)) = blocks.next() {
        assert_eq!(kind, "http sent", "{sent}");
        let outcome = match blocks.next().unwrap() {
            ("http arrives", lines) => Outcome::Arrives(lines),
            ("http answered", line) => Outcome::Answered(line),
            (kind, lines) => panic!("{kind}: {lines}"),
        };
        examples.push(Example { sent, outcome });
    }
    examples
}

/// The platform's headers of the first pair, for a request that arrives with this host and this target.
fn platform(first: &str, head: &str) -> String {
    let part = |text: &'_ str| {
        let target = text.split(' ').nth(1).unwrap().to_owned();
        let host = text.lines().find_map(|line| line.strip_prefix("host: "));
        let host = host.unwrap().to_owned();
        let name = host.split(':').next().unwrap().to_owned();
        [target, host, name]
    };
    let headers = &first[first.find(FIRST_OF_PLATFORM).unwrap()..];
    let mut headers = headers.trim_end().to_owned();
    for (of_the_first, own) in part(first).iter().zip(part(head)) {
        headers = headers.replace(&format!(": {of_the_first}\r\n"), &format!(": {own}\r\n"));
    }
    headers
}

/// What varies from run to run, by the page's words for it.
fn filled(text: &str, stream: &TcpStream, arrived: &str, certificate: &str, port: u16) -> String {
    assert_ne!(arrived, "nothing", "expected what the page says:\n{text}");
    let id = arrived
        .lines()
        .find_map(|line| line.strip_prefix(FIRST_OF_PLATFORM));
    let id = id.unwrap_or_default();
    assert!(id.parse::<uuid::Uuid>().is_ok(), "{arrived}");
    text.replace("<id>", id)
        .replace(
            "<caller's port>",
            &stream.local_addr().unwrap().port().to_string(),
        )
        .replace("<front end's port>", &port.to_string())
        .replace("<certificate>", certificate)
}

/// The next connection; nothing where none comes in time.
fn accepted(server: &TcpListener) -> Option<TcpStream> {
    server.set_nonblocking(true).unwrap();
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        match server.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                return Some(stream);
            }
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    None
}

/// All that arrives on the next connection: as many bytes as are expected, and what still comes once they are answered.
fn arriving(server: &TcpListener, answer: &[u8]) -> String {
    let Some(mut stream) = accepted(server) else {
        return "nothing".to_owned();
    };
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while !is_whole(&bytes) {
        match stream.read(&mut piece) {
            Ok(count @ 1..) => bytes.extend_from_slice(&piece[..count]),
            Ok(0) | Err(_) => break,
        }
    }
    stream.write_all(answer).unwrap();
    // The front end closes: the answer says so.
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

/// Whether a request has come to its end.
fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    match length {
        _ if head.contains("transfer-encoding: ") => body.ends_with("\r\n\r\n"),
        Some(length) => body.len() >= length.parse().unwrap(),
        None => true,
    }
}

/// Sends bytes, and reads the heads that come, interim ones too.
fn exchange(caller: &Caller, sent: &str) -> (String, TcpStream) {
    let mut stream = caller.connect().unwrap();
    stream.write_all(sent.as_bytes()).unwrap();
    let mut heads = Vec::new();
    let mut byte = [0];
    let is_final = |heads: &[u8]| {
        let text = String::from_utf8_lossy(heads).replace("HTTP/1.1 100 Continue\r\n\r\n", "");
        text.ends_with("\r\n\r\n")
    };
    while !is_final(&heads) && stream.read(&mut byte).is_ok_and(|count| count == 1) {
        heads.push(byte[0]);
    }
    let connection = stream.get_ref().try_clone().unwrap();
    (String::from_utf8(heads).unwrap(), connection)
}

#[test]
fn the_page_lists_all_that_changes_in_a_request() {
    let project = Project::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let running = project.front_end(server.local_addr().unwrap(), &[]);
    let caller = running.caller().named("allowed");
    let certificate = project.certificate("allowed");
    let examples = examples();
    let Outcome::Arrives(first) = &examples[0].outcome else {
        panic!("expected a pair that arrives as the first");
    };
    for Example { sent, outcome } in &examples {
        match outcome {
            Outcome::Arrives(expected) => {
                let answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
                let (arrived, (heads, connection)) = std::thread::scope(|scope| {
                    let arriving = scope.spawn(|| arriving(&server, answer));
                    let exchanged = exchange(&caller, sent);
                    (arriving.join().unwrap(), exchanged)
                });
                assert!(heads.contains(" 204 "), "{sent}\n{heads}");
                let expected = expected.replace(PLATFORM, &platform(first, expected));
                let expected = filled(&expected, &connection, &arrived, &certificate, caller.port);
                assert_eq!(arrived, expected, "expected of\n{sent}");
            }
            Outcome::Answered(expected) => {
                let (heads, _) = exchange(&caller, sent);
                assert!(heads.starts_with(expected), "{sent}\n{heads}");
                server.set_nonblocking(true).unwrap();
                assert!(server.accept().is_err(), "{sent}");
            }
        }
    }
    assert!(examples.len() > 12, "{}", examples.len());
}

#[test]
fn without_a_certificate_the_last_of_the_platforms_headers_is_missing_alone() {
    let project = Project::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let running = project.front_end(server.local_addr().unwrap(), &[]);
    let Example { sent, outcome } = examples().swap_remove(0);
    let Outcome::Arrives(expected) = outcome else {
        panic!("expected a pair that arrives as the first");
    };
    let expected = expected.replace("x-arr-clientcert: <certificate>\r\n", "");
    let caller = running.caller();
    let (arrived, (_, connection)) = std::thread::scope(|scope| {
        let answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
        let arriving = scope.spawn(|| arriving(&server, answer));
        let exchanged = exchange(&caller, &sent);
        (arriving.join().unwrap(), exchanged)
    });
    let expected = filled(&expected, &connection, &arrived, "", caller.port);
    assert_eq!(arrived, expected);
}
