//! A caller who writes bytes, over real TLS.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslConnector, SslFiletype, SslMethod, SslStream, SslVersion};
use openssl::x509::X509;
use serde_json::Value;

/// Where to call, and as whom.
#[derive(Clone)]
pub struct Caller {
    certificates: PathBuf,
    identity: Option<(X509, PKey<Private>)>,
    pub port: u16,
    version: Option<SslVersion>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
    pub tls: &'static str,
}

impl Caller {
    pub fn new(port: u16, certificates: &Path) -> Self {
        Self {
            certificates: certificates.to_owned(),
            identity: None,
            port,
            version: None,
        }
    }

    /// As the holder of `certs/<name>.pem`.
    pub fn named(&self, name: &str) -> Self {
        let read = |extension| {
            std::fs::read(self.certificates.join(format!("{name}.{extension}"))).unwrap()
        };
        let certificate = X509::from_pem(&read("pem")).unwrap();
        self.holding(
            certificate,
            PKey::private_key_from_pem(&read("key")).unwrap(),
        )
    }

    pub fn holding(&self, certificate: X509, key: PKey<Private>) -> Self {
        Self {
            identity: Some((certificate, key)),
            ..self.clone()
        }
    }

    /// With this TLS version alone.
    pub fn speaking(&self, version: SslVersion) -> Self {
        Self {
            version: Some(version),
            ..self.clone()
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "")
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n",
            self.port
        );
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            text.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        self.raw(format!("{text}\r\n{body}").as_bytes())
    }

    /// Writes bytes and reads to the end.
    pub fn raw(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect().expect("a handshake");
        // The server may have answered and closed before all was written.
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Answer {
            status: status.unwrap_or_else(|| panic!("no answer: {text:?}")),
            head: head.to_ascii_lowercase(),
            body: match head
                .to_ascii_lowercase()
                .contains("transfer-encoding: chunked")
            {
                true => joined(body),
                false => body.to_owned(),
            },
            tls: stream.ssl().version_str(),
        }
    }

    /// The server is trusted through `certs/ca.pem` alone.
    pub fn connect(&self) -> Result<SslStream<TcpStream>, String> {
        let connector = self.connector().map_err(|error| error.to_string())?;
        let stream =
            TcpStream::connect(("127.0.0.1", self.port)).map_err(|error| error.to_string())?;
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        connector
            .connect("localhost", stream)
            .map_err(|error| error.to_string())
    }

    fn connector(&self) -> Result<SslConnector, ErrorStack> {
        let mut builder = SslConnector::builder(SslMethod::tls_client())?;
        builder.set_ca_file(self.certificates.join("ca.pem"))?;
        // Weak keys must get as far as the server.
        builder.set_security_level(0);
        if let Some((certificate, key)) = &self.identity {
            builder.set_certificate(certificate)?;
            builder.set_private_key(key)?;
        }
        if self.version.is_some() {
            builder.set_min_proto_version(self.version)?;
            builder.set_max_proto_version(self.version)?;
        }
        builder.set_alpn_protos(b"\x02h2\x08http/1.1")?;
        let _ = SslFiletype::PEM;
        Ok(builder.build())
    }
}

/// A chunked body without its framing, up to where it breaks off.
fn joined(chunks: &str) -> String {
    let mut whole = String::new();
    let mut rest = chunks;
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap_or_default();
        let Some((data, after)) = after.split_at_checked(size).filter(|_| size > 0) else {
            break;
        };
        whole.push_str(data);
        rest = after.trim_start_matches("\r\n");
    }
    whole
}

impl Answer {
    /// What the test handler received: the request line and the headers.
    pub fn received(&self) -> Vec<String> {
        let value: Value = serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"));
        value["head"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line.as_str().unwrap().to_owned())
            .collect()
    }

    /// The values under a name, of what the test handler received.
    pub fn values(&self, name: &str) -> Vec<String> {
        let prefix = format!("{name}: ");
        self.received()
            .iter()
            .filter_map(|line| line.strip_prefix(&prefix).map(ToOwned::to_owned))
            .collect()
    }

    /// Every line whose name is the certificate header in some spelling.
    pub fn certificates(&self) -> Vec<String> {
        self.received()
            .into_iter()
            .filter(|line| {
                let name = line.split(':').next().unwrap().to_ascii_lowercase();
                name.replace('_', "-") == "x-arr-clientcert"
            })
            .collect()
    }
}
