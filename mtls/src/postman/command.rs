//! The command line of `mtls postman`, and the files that it writes.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app_settings::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use functions_handler::config::DeniedStatus;

use super::addresses::{Addresses, Apart};
use super::files::{COLLECTION, ClientCertificate, Facts, client_certificates, environment};
use crate::Failure;
use crate::app;
use crate::atomic_file::{self, Access};
use crate::certificate_file;
use crate::front_end::Mode;
use crate::output;
use crate::password::{self, Password};
use crate::probe::{CallerPasswords, Target};
use crate::test_certificates::PASSWORD;

/// The names of the files, in the order in which newman's command line has them.
const COLLECTION_FILE: &str = "collection.json";
const ENVIRONMENT_FILE: &str = "environment.json";
const CERTIFICATES_FILE: &str = "client-certificates.json";

/// What `mtls local` makes.
const ALLOWED: &str = "certs/allowed.pfx";
const DENIED: &str = "certs/denied.pfx";

/// Writes what Postman and newman need: a collection, an environment, a list of client certificates
///
/// Each identity gets an address of its own, because Postman chooses the certificate by the address: localhost,
/// 127.0.0.1 and [::1] on this machine, three spellings of the route prefix elsewhere.
#[derive(Args)]
pub(crate) struct Postman {
    /// The app, as https://localhost:7443; a path replaces the route prefix /api
    #[arg(long, value_name = "URL")]
    base_url: String,
    /// The folder to write to; the default is neither committed nor deployed
    #[arg(long, value_name = "FOLDER", default_value = "certs/postman")]
    out: PathBuf,
    /// The mode that the tests of the collection expect
    #[arg(long, value_enum, default_value_t)]
    mode: Mode,
    /// Tell identities apart by the spelling of the prefix on this machine too, as where there is no IPv6
    #[arg(long)]
    one_host: bool,
    /// The .pfx of a caller that the app admits, instead of certs/allowed.pfx; its password goes into the list
    #[arg(long, value_name = "FILE")]
    allowed: Option<PathBuf>,
    /// The .pfx of a caller that the app refuses, instead of certs/denied.pfx; its password goes into the list
    #[arg(long, value_name = "FILE")]
    denied: Option<PathBuf>,
    /// Overwrite files that exist
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    passwords: CallerPasswords,
}

/// A .pfx as the list names it.
struct Pfx {
    file: String,
    passphrase: Option<Password>,
    /// Of its certificate; empty if there is no file yet.
    base64: String,
}

impl Postman {
    /// Writes the three files and says how to use them.
    ///
    /// # Errors
    ///
    /// Configuration, all problems at once; files that exist already, unless `--force`.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let target = Target::parse(&self.base_url)?;
        let addresses = Addresses::of(&target, self.apart(&target))?;
        let taken = self.taken();
        if !taken.is_empty() {
            return Err(Failure::Configuration(taken));
        }
        let allowed = self.allowed()?;
        let denied = self.denied()?;
        let list = client_certificates(&[
            allowed.entry("allowed", &addresses.allowed),
            denied.entry("denied", &addresses.denied),
        ]);
        let facts = Facts {
            addresses: &addresses,
            forged: &allowed.base64,
            mode: self.mode,
            refused_status: refused_status().status(),
        };
        self.write(COLLECTION_FILE, COLLECTION, Access::Public)?;
        self.write(
            ENVIRONMENT_FILE,
            &format!("{:#}\n", environment(&facts)),
            Access::Public,
        )?;
        self.write(CERTIFICATES_FILE, &format!("{list:#}\n"), Access::Secret)?;
        output::print(&self.instructions(&addresses, &allowed, &denied))?;
        Ok(ExitCode::SUCCESS)
    }

    fn apart(&self, target: &Target) -> Apart {
        match target.is_local() && !self.one_host {
            true => Apart::ByHost,
            false => Apart::ByPrefix,
        }
    }

    fn allowed(&self) -> Result<Pfx, Failure> {
        Pfx::read(self.allowed.as_deref(), ALLOWED, self.passwords.allowed()?)
    }

    fn denied(&self) -> Result<Pfx, Failure> {
        Pfx::read(self.denied.as_deref(), DENIED, self.passwords.denied()?)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.out.join(name)
    }

    /// Looked at first, so that all three are written or none.
    fn taken(&self) -> Vec<Problem> {
        [COLLECTION_FILE, ENVIRONMENT_FILE, CERTIFICATES_FILE]
            .map(|name| self.path(name))
            .iter()
            .filter(|path| !self.force && path.symlink_metadata().is_ok())
            .map(|path| {
                let text = "it exists already; choose another folder with --out, or overwrite it with --force";
                Problem::new(path.display().to_string(), text)
            })
            .collect()
    }

    fn write(&self, name: &str, text: &str, access: Access) -> Result<(), Failure> {
        let path = self.path(name);
        let write = match self.force {
            true => atomic_file::replace,
            false => atomic_file::create,
        };
        let written =
            std::fs::create_dir_all(&self.out).and_then(|()| write(&path, text.as_bytes(), access));
        written.map_err(|error: io::Error| {
            let text = format!("cannot be written ({error}); choose another folder with --out");
            Problem::new(path.display().to_string(), text).into()
        })
    }

    fn instructions(&self, addresses: &Addresses, allowed: &Pfx, denied: &Pfx) -> String {
        let [collection, environment, certificates] =
            [COLLECTION_FILE, ENVIRONMENT_FILE, CERTIFICATES_FILE]
                .map(|name| self.path(name).display().to_string());
        format!(
            "{collection}\n{environment}\n{certificates}\n\n\
            In Postman, import the first two. In its settings, under Certificates, add for each:\n  \
            {}  {}\n  {}  {}\n\
            with the passphrase of the file; host and port are those of the address. newman reads the third file itself:\n  \
            newman run {collection} -e {environment} --ssl-client-cert-list {certificates}\n\
            Against mtls local, add --ssl-extra-ca-certs certs/ca.pem, or in Postman the same file as CA certificate.\n",
            addresses.allowed, allowed.file, addresses.denied, denied.file
        )
    }
}

/// As the app in the current folder refuses; the default, where there is none that could start.
fn refused_status() -> DeniedStatus {
    let app = app::folder().and_then(|folder| app::load(&folder));
    app.map(|app| app.denied_status).unwrap_or_default()
}

impl Pfx {
    /// One's own file, or a test certificate under its public password, which may not have been made yet.
    fn read(own: Option<&Path>, test: &str, given: Option<Password>) -> Result<Self, Failure> {
        let path = own.unwrap_or(Path::new(test));
        let passphrase = match (own, given) {
            // The type's own error cannot happen.
            (None, _) => PASSWORD.parse().ok(),
            (Some(_), Some(given)) => Some(given),
            (Some(path), None) => password::ask(&format!("Password of {}", path.display()))?,
        };
        let is_there = own.is_some() || path.is_file();
        let base64 = match is_there {
            true => STANDARD.encode(certificate_file::read_with(path, passphrase.as_ref())?.leaf()),
            false => String::new(),
        };
        Ok(Self {
            file: path.display().to_string(),
            passphrase,
            base64,
        })
    }

    fn entry<'a>(&'a self, name: &'static str, address: &'a str) -> ClientCertificate<'a> {
        let passphrase = self.passphrase.as_ref().map(Password::expose);
        ClientCertificate {
            name,
            address,
            file: &self.file,
            passphrase: passphrase.filter(|text| !text.is_empty()),
        }
    }
}
