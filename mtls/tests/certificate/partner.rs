//! A partner's authority with its callers, and the lists that it signs.

use std::fs;
use std::process::Command;

use client_cert::{Certificate, Crl};
use test_support::{Issued, Shape};

use crate::folder::{Answer, Folder};

/// An authority whose key is in `ca.key`, and callers of it.
pub struct Partner {
    pub folder: Folder,
    pub authority: Issued,
}

impl Partner {
    pub fn new() -> Self {
        Self::of(Shape::authority("Partner CA"))
    }

    pub fn of(shape: Shape) -> Self {
        let partner = Self {
            folder: Folder::new(),
            authority: shape.valid_today().self_signed(),
        };
        partner.folder.write("ca.key", with_key(&partner.authority));
        partner.folder.write("ca.pem", partner.authority.pem());
        partner
    }

    /// A caller's certificate in `NAME.pem`.
    pub fn caller(&self, name: &str) -> Certificate {
        let caller = self.authority.issue(Shape::caller(name).valid_today());
        self.folder.write(&format!("{name}.pem"), caller.pem());
        Certificate::parse(&caller.der()).unwrap()
    }

    pub fn revoke(&self, arguments: &[&str]) -> Answer {
        let command = ["certificate", "revoke", "--issuer", "ca.key"];
        self.folder.mtls(&[&command[..], arguments].concat())
    }

    /// The list, as the handler reads it.
    pub fn list(&self) -> Crl {
        Crl::parse(&fs::read(self.folder.path("ca.crl")).unwrap()).unwrap()
    }

    pub fn lists(&self, certificate: &Certificate) -> bool {
        let serial = certificate.serial();
        let octets: Vec<u8> = (0..serial.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&serial[at..at + 2], 16).unwrap())
            .collect();
        self.list().lists(certificate.issuer(), &octets)
    }

    /// What OpenSSL's own tool says; `None` where it is not installed.
    pub fn openssl(&self, arguments: &[&str]) -> Option<(bool, String)> {
        let run = Command::new("openssl")
            .args(arguments)
            .current_dir(self.folder.0.path())
            .output();
        match run {
            Ok(output) => Some((
                output.status.success(),
                String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
            )),
            Err(error) => {
                test_support::skipped(&format!("openssl did not look at the lists: {error}"));
                None
            }
        }
    }

    pub fn number(&self) -> Option<String> {
        let (_, text) = self.openssl(&["crl", "-in", "ca.crl", "-noout", "-crlnumber"])?;
        Some(text.trim().to_owned())
    }
}

/// The certificate and its key in one file.
fn with_key(authority: &Issued) -> Vec<u8> {
    let key = authority.key.private_key_to_pem_pkcs8().unwrap();
    [key, authority.pem().into_bytes()].concat()
}
