//! What is measured: the upstream by itself, nginx and the gate before it.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use test_support::Issued;
use test_support::process::{PATIENCE, Program, free_port, gate};

/// How many of the kernel's ticks make a second (`sysconf(_SC_CLK_TCK)`, 100 on Linux).
const TICKS: u64 = 100;

/// A server that can be called.
pub(crate) trait Target {
    fn name(&self) -> &'static str;
    fn port(&self) -> u16;
    /// Its processes.
    fn processes(&self) -> Vec<u32>;

    /// The CPU time of its processes so far.
    fn cpu(&self) -> Duration {
        let ticks: u64 = self.processes().into_iter().map(ticks).sum();
        Duration::from_millis(ticks * 1000 / TICKS)
    }

    /// The bytes of memory that its processes take.
    fn memory(&self) -> u64 {
        self.processes().into_iter().map(resident).sum()
    }
}

fn ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    [11, 12]
        .map(|index: usize| fields[index].parse::<u64>().unwrap())
        .iter()
        .sum()
}

fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// nginx with a configuration.
pub(crate) struct Nginx {
    name: &'static str,
    port: u16,
    child: Child,
    _folder: tempfile::TempDir,
}

/// Answers everything with a few bytes, at little cost.
pub(crate) fn upstream() -> Nginx {
    let port = free_port();
    let server = format!(
        "server {{ listen 127.0.0.1:{port}; location / {{ default_type application/json; return 200 '{{\"msg\":\"hello\"}}'; }} }}"
    );
    Nginx::run("upstream", port, &server)
}

impl Nginx {
    /// Before an upstream: the certificate is looked up in a map as it is.
    pub(crate) fn start(certificate: &Issued, upstream: u16) -> Self {
        let port = free_port();
        let server = format!(
            "map_hash_bucket_size 8192;
            map $http_x_arr_clientcert $is_listed {{ default 0; \"{}\" 1; }}
            upstream server {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000000; }}
            server {{ listen 127.0.0.1:{port}; location / {{
              if ($is_listed = 0) {{ return 401; }}
              proxy_pass http://server; proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_buffering off;
            }} }}",
            certificate.header()
        );
        Self::run("nginx", port, &server)
    }

    fn run(name: &'static str, port: u16, server: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("nginx.conf");
        let configuration = format!(
            "worker_processes 1; daemon off; error_log stderr crit; pid {}; events {{ worker_connections 8192; }}
            http {{ access_log {}/calls combined buffer=4k; keepalive_requests 1000000000; {server} }}",
            folder.path().join("pid").display(),
            folder.path().display()
        );
        fs::write(&path, configuration).unwrap();
        let child = Command::new("nginx")
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&path)
            .stdin(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("nginx: {error}; apt-get install nginx"));
        wait_for(port);
        Self {
            name,
            port,
            child,
            _folder: folder,
        }
    }
}

impl Target for Nginx {
    fn name(&self) -> &'static str {
        self.name
    }

    fn port(&self) -> u16 {
        self.port
    }

    fn processes(&self) -> Vec<u32> {
        let own = self.child.id();
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap();
        let children = children
            .split_ascii_whitespace()
            .map(|pid| pid.parse().unwrap());
        children.chain([own]).collect()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its worker ends with it, which a kill would leave.
        for pid in self.processes() {
            let _ = Command::new("kill").arg(pid.to_string()).status();
        }
        let _ = self.child.wait();
    }
}

/// The gate. Both write a line for each call into a file.
pub(crate) struct Gate {
    port: u16,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Gate {
    /// Before an upstream, on the app of its tests.
    pub(crate) fn start(certificate: &Issued, upstream: u16) -> Self {
        let address = format!("http://127.0.0.1:{upstream}");
        let pin = certificate.sha256();
        let settings = [
            ("CLIENT_CERT_FRONT_END", "development"),
            ("ALLOWED_CLIENT_CERT_THUMBPRINTS", pin.as_str()),
            ("CLIENT_CERT_UPSTREAM", address.as_str()),
        ];
        let program = Program {
            binary: gate().to_owned(),
            folder: Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/app"),
        };
        let (folder, port) = (program.app_root(), free_port());
        let calls = fs::File::create(folder.path().join("calls")).unwrap();
        let child = program
            .command(folder.path(), port, &settings)
            .stdout(calls)
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        wait_for(port);
        Self {
            port,
            child,
            _folder: folder,
        }
    }
}

/// Waits until a server listens.
fn wait_for(port: u16) {
    let end = Instant::now() + PATIENCE;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(Instant::now() < end, "nobody listens on {port}");
        std::thread::yield_now();
    }
}

impl Target for Gate {
    fn name(&self) -> &'static str {
        "gate"
    }

    fn port(&self) -> u16 {
        self.port
    }

    fn processes(&self) -> Vec<u32> {
        vec![self.child.id()]
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
