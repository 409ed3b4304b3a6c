//! `mtls certificate new`: a certificate with its key, for tests.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app_settings::Problem;
use clap::Args;
use openssl::error::ErrorStack;
use rustls_pki_types::UnixTime;

use super::authority::{Authority, IssuerPassword};
use super::issue::{Purpose, Template, issued, self_signed};
use super::key::KeyKind;
use super::made::{Made, not_made};
use super::names::{AlternativeName, CommonName};
use super::show;
use super::validity::Validity;
use crate::Failure;
use crate::atomic_file::{self, Access};
use crate::output;
use crate::password::{self, Password, PasswordArguments};
use crate::pfx::Form;

/// Make a certificate with its key for tests: self-signed, or issued by an authority made with --ca.
///
/// The shape is that of New-SelfSignedCertificate: key usage for signatures, extended usage for client and server,
/// no basic constraints.
#[derive(Args)]
pub(crate) struct New {
    /// The common name
    #[arg(long, value_name = "TEXT", default_value = "Test Caller")]
    common_name: CommonName,

    /// A subject alternative name, with dns:, ip:, uri:, email: or upn: before it where its look does not tell; repeatable
    #[arg(long, value_name = "NAME")]
    san: Vec<AlternativeName>,

    /// Days until it expires
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    days: u32,

    /// The kind of key
    #[arg(long, value_enum, default_value_t)]
    key: KeyKind,

    /// Make an authority instead of a caller
    #[arg(long)]
    ca: bool,

    /// The authority that signs, with its key: PKCS#12 or PEM
    #[arg(long, value_name = "FILE")]
    issuer: Option<PathBuf>,

    #[command(flatten)]
    issuer_password: IssuerPassword,

    /// The PKCS#12 file to write, readable by its owner alone
    #[arg(long, value_name = "FILE.pfx")]
    out: PathBuf,

    /// Write the certificate and its issuers beside it too, without the key, as FILE.pem
    #[arg(long)]
    pem: bool,

    /// Encrypt with AES-256 and SHA-256, which Windows before 2019 and older Keychains do not read
    #[arg(long, conflicts_with = "legacy")]
    modern: bool,

    /// Encrypt with RC2-40 as old Windows and OpenSSL 1 did, to test what reads such files
    #[arg(long)]
    legacy: bool,

    /// Overwrite files that exist
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    password: PasswordArguments,
}

impl New {
    /// Makes the certificate, writes it, and prints what `mtls certificate show` would.
    pub(crate) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        let problems = self.unwritable();
        if !problems.is_empty() {
            return Err(Failure::Configuration(problems));
        }
        let authority = self
            .issuer
            .as_deref()
            .map(|path| Authority::read(path, &self.issuer_password))
            .transpose()?;
        let password = self.new_password()?;
        let made = self.make(authority.as_ref(), now).map_err(not_made)?;
        let archive = made.archive(self.common_name.as_str(), self.form(), &password)?;
        self.write(&self.out, &archive, Access::Secret)?;
        if let Some(path) = self.pem_path() {
            self.write(&path, &made.pem().map_err(not_made)?, Access::Public)?;
        }
        let found = made.found(self.form()).map_err(not_made)?;
        let report = show::report(&self.out.to_string_lossy(), &found, now);
        output::print(&report.to_string())?;
        Ok(ExitCode::SUCCESS)
    }

    /// What forbids to write; looked at first, so that nobody types a password in vain.
    fn unwritable(&self) -> Vec<Problem> {
        if self.pem_path().is_some_and(|path| path == self.out) {
            let text = "it is the name that --pem writes the certificate to; end --out with .pfx";
            return vec![Problem::new(self.out.display().to_string(), text)];
        }
        [Some(self.out.clone()), self.pem_path()]
            .into_iter()
            .flatten()
            .filter(|path| !self.force && path.symlink_metadata().is_ok())
            .map(|path| exists(&path))
            .collect()
    }

    fn pem_path(&self) -> Option<PathBuf> {
        self.pem.then(|| self.out.with_extension("pem"))
    }

    fn form(&self) -> Form {
        match (self.modern, self.legacy) {
            (true, _) => Form::Modern,
            (_, true) => Form::Legacy,
            _ => Form::Compatible,
        }
    }

    fn new_password(&self) -> Result<Password, Failure> {
        if let Some(given) = self.password.given()? {
            return Ok(given);
        }
        let first = password::ask("Password for the new file")?;
        let second = first
            .as_ref()
            .map(|_| password::ask("The same again"))
            .transpose()?
            .flatten();
        match (first, second) {
            (Some(first), Some(second)) if first.expose() == second.expose() => Ok(first),
            (Some(_), _) => Err(Failure::No(
                "the two passwords differ; nothing was written".to_owned(),
            )),
            (None, _) => Err(Failure::from(Problem::new(
                "--password",
                "expected a password for the new file, found none; give --password or --password-env, or run the command on a terminal",
            ))),
        }
    }

    fn make(&self, authority: Option<&Authority>, now: UnixTime) -> Result<Made, ErrorStack> {
        let template = Template {
            subject: self.common_name.clone().into(),
            extensions: Vec::new(),
            alternative_names: self.san.clone(),
            validity: Validity::starting(now, self.days),
            purpose: if self.ca {
                Purpose::Authority
            } else {
                Purpose::Caller
            },
        };
        let key = self.key.generate()?;
        let certificate = match authority.and_then(Authority::issuer) {
            Some(issuer) => issued(&template, &key, &issuer)?,
            None => self_signed(&template, &key)?,
        };
        let chain = authority.map_or_else(Vec::new, |authority| authority.certificates.clone());
        Ok(Made {
            key,
            certificate,
            chain,
        })
    }

    fn write(&self, path: &Path, bytes: &[u8], access: Access) -> Result<(), Failure> {
        let written = if self.force {
            atomic_file::replace(path, bytes, access)
        } else {
            atomic_file::create(path, bytes, access)
        };
        written.map_err(|error| {
            Failure::from(match error.kind() {
                io::ErrorKind::AlreadyExists => exists(path),
                _ => Problem::new(
                    path.display().to_string(),
                    format!("cannot be written: {error}"),
                ),
            })
        })
    }
}

fn exists(path: &Path) -> Problem {
    Problem::new(
        path.display().to_string(),
        "it exists already and is not overwritten; choose another name, or give --force",
    )
}
