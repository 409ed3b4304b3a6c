//! The identity endpoint that App Service gives to an app: tokens for a managed identity, over http on this machine.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// After this a connection is given up, so that no test waits for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// The value that whoever asks must show: only processes of the app know it.
const SECRET: &str = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a";

/// An endpoint after the protocol of 2019-08-01; it stops when it is dropped.
pub struct IdentityEndpoint {
    address: SocketAddr,
    resources: Arc<Mutex<Vec<String>>>,
    stopped: Arc<AtomicBool>,
}

impl IdentityEndpoint {
    /// Answers with the token that `issue` makes for a resource; its end is in 2286.
    pub fn start(issue: impl Fn(&str) -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = Self {
            address: listener.local_addr().unwrap(),
            resources: Arc::default(),
            stopped: Arc::default(),
        };
        let (resources, stopped) = (
            Arc::clone(&endpoint.resources),
            Arc::clone(&endpoint.stopped),
        );
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let served = stream.and_then(|stream| serve(stream, &resources, &issue));
                // A client that goes away is its own matter.
                drop(served);
            }
        });
        endpoint
    }

    /// The variables of an app that has this endpoint.
    pub fn variables(&self) -> [(&'static str, String); 2] {
        [
            (
                "IDENTITY_ENDPOINT",
                format!("http://{}/msi/token", self.address),
            ),
            ("IDENTITY_HEADER", SECRET.to_owned()),
        ]
    }

    /// What tokens have been issued for.
    pub fn resources(&self) -> Vec<String> {
        self.resources.lock().unwrap().clone()
    }
}

impl Drop for IdentityEndpoint {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
    }
}

/// One request, and the end of its connection.
fn serve(
    stream: TcpStream,
    resources: &Mutex<Vec<String>>,
    issue: &dyn Fn(&str) -> String,
) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let (status, content) = match resource(&head) {
        Ok(resource) => {
            let token = issue(&resource);
            resources.lock().unwrap().push(resource);
            let answer = serde_json::json!({
                "access_token": token, "expires_on": "9999999999", "token_type": "Bearer",
            });
            ("200 OK", answer.to_string())
        }
        Err(status) => (status, String::new()),
    };
    let length = content.len();
    write!(
        stream.get_mut(),
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{content}"
    )
}

/// What a token is asked for, if the request is as documented.
fn resource(head: &str) -> Result<String, &'static str> {
    let shown = head.lines().filter_map(|line| line.split_once(": "));
    let mut shown = shown.filter(|(name, _)| name.eq_ignore_ascii_case("x-identity-header"));
    if shown.next().is_none_or(|(_, value)| value != SECRET) {
        return Err("401 Unauthorized");
    }
    let query = head
        .split(' ')
        .nth(1)
        .and_then(|path| path.strip_prefix("/msi/token?"));
    let pairs = query
        .unwrap_or_default()
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    let find = |wanted: &str| pairs.clone().find(|(name, _)| *name == wanted);
    match (find("api-version"), find("resource")) {
        (Some((_, "2019-08-01")), Some((_, resource))) => {
            Ok(resource.replace("%3A", ":").replace("%2F", "/"))
        }
        _ => Err("400 Bad Request"),
    }
}
