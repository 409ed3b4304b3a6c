//! A server that asks for a certificate in a second handshake. OpenSSL's own program is the server, since the library's
//! safe interface cannot renegotiate; without it the test is skipped.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use test_support::hierarchy::server;
use test_support::skipped;

use crate::desk::Desk;

/// No line for so long means that the server hangs.
const LINE_TIMEOUT: Duration = Duration::from_secs(10);

/// How often s_server may miss a command.
const TRIES: usize = 4;

/// `openssl s_server` on TLS 1.2. It ends when it is dropped.
struct Server {
    child: Child,
    input: ChildStdin,
    lines: Receiver<String>,
    url: String,
}

impl Server {
    /// `None` if this machine has no `openssl`.
    fn start(desk: &Desk) -> Option<Self> {
        let identity = server(&desk.family.root);
        let mut pem = identity.key.private_key_to_pem_pkcs8().unwrap();
        pem.extend(identity.certificate.to_pem().unwrap());
        desk.write("server.pem", &pem);
        let mut child = Command::new("openssl")
            .args(["s_server", "-tls1_2", "-crlf", "-cert", "server.pem"])
            // A resumed session would not ask again.
            .args(["-no_ticket", "-no_resumption_on_reneg"])
            .args(["-naccept", "1", "-accept", "127.0.0.1:0"])
            .current_dir(desk.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        thread::spawn(move || {
            // s_server also prints bytes that are not text.
            for line in output.split(b'\n').map_while(Result::ok) {
                let _ = sender.send(String::from_utf8_lossy(&line).into_owned());
            }
        });
        let mut server = Self {
            input: child.stdin.take().unwrap(),
            child,
            lines,
            url: String::new(),
        };
        let line = server.wait_for("ACCEPT ").unwrap();
        server.url = format!("https://{}/", line.trim_start_matches("ACCEPT "));
        Some(server)
    }

    /// The next line with a text, if one comes.
    fn wait_for(&self, text: &str) -> Option<String> {
        loop {
            let line = self.lines.recv_timeout(LINE_TIMEOUT).ok()?;
            if line.contains(text) {
                return Some(line);
            }
        }
    }

    /// Waits for a request, renegotiates by this command of s_server, and answers. False if s_server did not follow the
    /// command: now and then it misses one.
    fn serve(&mut self, command: &str) -> bool {
        self.wait_for("GET / HTTP/1.1").unwrap();
        writeln!(self.input, "{command}").unwrap();
        if self.wait_for("SSL_do_handshake -> 1").is_none() {
            return false;
        }
        let answer = "HTTP/1.1 403 Forbidden\nContent-Length: 2\n\nno";
        self.input.write_all(answer.as_bytes()).unwrap();
        self.input.flush().unwrap();
        true
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_certificate_asked_for_in_a_second_handshake_is_reported() {
    let desk = Desk::new();
    // R asks for a certificate, r does not.
    for (command, file, asked, sent, says) in [
        (
            "R",
            Some("ours.p12"),
            true,
            true,
            "the certificate of --identity was sent",
        ),
        ("R", None, true, false, "none was sent"),
        (
            "r",
            Some("ours.p12"),
            false,
            false,
            "asked for no certificate in it",
        ),
    ] {
        let run = |json: bool| {
            for _ in 0..TRIES {
                let mut server = Server::start(&desk)?;
                let url = server.url.clone();
                let serving = thread::spawn(move || server.serve(command).then_some(server));
                let mut arguments = match file {
                    Some(file) => vec!["--identity", file, "--password-env", "OURS_PASSWORD"],
                    None => Vec::new(),
                };
                arguments.extend(json.then_some("--json"));
                let output = desk.call(&url, &arguments);
                if serving.join().unwrap().is_some() {
                    return Some(output);
                }
            }
            panic!("s_server did not renegotiate in {TRIES} tries");
        };
        let Some(output) = run(true) else {
            skipped("a server that renegotiates: openssl is not installed");
            return;
        };
        let report = output.json();
        assert_eq!(report["response"]["status"], 403, "{report:#}");
        assert_eq!(
            report["renegotiation"],
            json!({"certificateAsked": asked, "certificateSent": sent}),
            "{command}"
        );
        assert_eq!(report["certificateAsked"], asked, "{command}");
        assert_eq!(report["note"] == Value::Null, !asked, "{command}");
        let text = run(false).unwrap().stdout;
        assert!(text.contains(says), "{text}");
        assert!(
            !text.contains("asked for no certificate, so none was sent"),
            "{text}"
        );
    }
}
