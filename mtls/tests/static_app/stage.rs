//! The static program, a partner whom it calls, and the app that is started in a bare root.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use test_support::Shape;
use test_support::hierarchy::{Family, Issued};
use test_support::pfx::{self, PASSWORD};
use test_support::process::{Handler, Program, cargo, free_port};

use crate::bare_root::BareRoot;

/// Where the app is put in place of `bin/handler`, which other tests may have.
const PLACE: &str = "target/static-app/handler";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Builds the app by the tool itself.
pub fn build() -> Program {
    let place = "AzureFunctionsJobHost__customHandler__description__defaultExecutablePath";
    let output = Command::new(env!("CARGO_BIN_EXE_mtls"))
        .args(["build", "--static", "--bin", "handler"])
        .current_dir(repository())
        .env(place, PLACE)
        .env("CARGO", cargo().get_program())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    Program {
        binary: repository().join(PLACE),
        folder: repository(),
    }
}

/// Who is called, and who calls.
pub struct Cast {
    pub family: Family,
    pub caller: test_support::Issued,
}

impl Cast {
    pub fn new() -> Self {
        Self {
            family: Family::new(),
            caller: Shape::caller("caller").valid_today().self_signed(),
        }
    }

    /// The app in a bare root, which calls this URL with the family's client certificate.
    pub fn start(&self, program: &Program, root: &BareRoot, url: &str) -> Handler {
        let (folder, inside) = root.new_folder();
        let app = program.app_root();
        copy(app.path(), folder.path());
        fs::copy(&program.binary, folder.path().join("handler")).unwrap();
        self.install(folder.path());
        let port = free_port();
        let mut command = root.command(&inside.join("handler"));
        command
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string())
            .env("FUNCTIONS_APP_ROOT_PATH", &inside)
            .env("CLIENT_CERT_FRONT_END", "development")
            .env("ALLOWED_CLIENT_CERT_THUMBPRINTS", self.caller.sha256())
            .env("OUTBOUND_CLIENT_CERT_PATH", "partner.p12")
            .env("OUTBOUND_CLIENT_CERT_PASSWORD", PASSWORD)
            .env("OUTBOUND_TRUST_ANCHORS", "ca.pem")
            .env("OUTBOUND_TRUST_ANCHORS_ONLY", "true")
            .env("REMOTE_API_URL", url)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let handler = Handler::spawn(port, command, folder);
        handler.line(|line| line["event"] == "outbound-identity-loaded");
        handler
    }

    fn install(&self, folder: &Path) {
        let anchor = self.family.root.certificate.to_pem().unwrap();
        fs::write(folder.join("ca.pem"), anchor).unwrap();
        let client: &Issued = &self.family.client;
        let identity = pfx::ordinary(client, &self.family.intermediates());
        fs::write(folder.join("partner.p12"), identity).unwrap();
    }
}

/// An address of loopback that no other run has: name servers are asked at port 53 alone.
pub fn own_loopback() -> Ipv4Addr {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, high.wrapping_add(53), middle, low.max(1))
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if from.is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}
