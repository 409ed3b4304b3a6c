//! Whatever is put into whatever setting: the handler prints none of it.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod common;

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::time::Instant;

use common::{app, caller};
use test_support::process::{Answer, PATIENCE, free_port};
use test_support::secret::{Secret, secrets};

/// The variables of the host and of the managed identity that the handler reads, and settings that it refuses.
const OTHERS: [&str; 13] = [
    "AZURE_CLIENT_ID",
    "AzureFunctionsJobHost__customHandler__description__arguments",
    "AzureFunctionsJobHost__customHandler__enableForwardingHttpRequest",
    "AzureFunctionsJobHost__customHandler__port",
    "AzureFunctionsJobHost__extensions__http__routePrefix",
    "AzureFunctionsJobHost__functionTimeout",
    "CLIENT_CERT_UNKNOWN",
    "FUNCTIONS_APP_ROOT_PATH",
    "FUNCTIONS_CUSTOMHANDLER_PORT",
    "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "REMOTE_API_URL",
];

/// An identity in a vault.
const VAULT: [(&str, &str); 1] = [(
    "OUTBOUND_CLIENT_CERT_KEY_VAULT",
    "https://partners.vault.azure.net/certificates/billing",
)];

/// Who reads it.
const IDENTITY: [(&str, &str); 3] = [
    ("AZURE_CLIENT_ID", "00000000-0000-0000-0000-000000000000"),
    ("IDENTITY_ENDPOINT", "http://127.0.0.1:9/"),
    ("IDENTITY_HEADER", "h"),
];

/// Every setting that the handler of this app reads.
fn settings() -> Vec<&'static str> {
    let engine = functions_handler::config::DECLARED.names();
    let outbound = outbound_mtls::DECLARED.names();
    [engine, outbound, &OTHERS].concat()
}

#[test]
fn no_setting_is_printed_that_may_hold_a_secret() {
    let secrets = secrets();
    let mut printed = Vec::new();
    for name in settings() {
        for secret in &secrets {
            if let Some(part) = secret.found_in(&output_with(name, secret)) {
                printed.push(format!("{name} with a {}: {part}", secret.kind));
            }
        }
    }
    assert!(printed.is_empty(), "{printed:#?}");
}

/// Both streams of a handler that has the secret in one setting. Where it starts, it answers a call that makes it load
/// its outbound identity.
fn output_with(name: &str, secret: &Secret) -> String {
    let root = app().app_root();
    let caller = caller();
    let port = free_port();
    let mut handler = app()
        .command(root.path(), port, &caller.admitted())
        .env("OUTBOUND_CLIENT_CERT_PATH", "certs/none.p12")
        .env("REMOTE_API_URL", "https://localhost:9/")
        .env(name, &secret.text)
        .envs(companions(name))
        .spawn()
        .unwrap();
    let end = Instant::now() + PATIENCE;
    while handler.try_wait().unwrap().is_none() {
        assert!(Instant::now() < end, "{name}: neither an end nor a port");
        if let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
            let request = format!(
                "GET /api/outbound-mtls HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {}\r\n\r\n",
                caller.certificate.header()
            );
            stream.write_all(request.as_bytes()).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            Answer::read(&mut stream).unwrap();
            let id = handler.id().to_string();
            assert!(Command::new("kill").arg(id).status().unwrap().success());
            break;
        }
    }
    let output = handler.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8(text).unwrap()
}

/// A setting that would be a second source of the identity is tried as the only one, and a variable of the managed identity with
/// a vault that needs one. Nobody listens there.
fn companions(name: &str) -> Vec<(&'static str, &'static str)> {
    let mut companions = Vec::new();
    let another_source = ["THUMBPRINT", "PFX", "PEM", "KEY_VAULT"]
        .iter()
        .any(|source| name == format!("OUTBOUND_CLIENT_CERT_{source}"));
    let of_identity = IDENTITY.iter().any(|(variable, _)| *variable == name);
    if another_source || of_identity {
        companions.push(("OUTBOUND_CLIENT_CERT_PATH", ""));
    }
    if of_identity {
        companions.extend(VAULT);
        companions.extend(IDENTITY.iter().filter(|(variable, _)| *variable != name));
    }
    companions
}
