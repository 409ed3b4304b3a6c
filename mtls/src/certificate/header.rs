//! `mtls certificate header`: the value that a front end forwards for a certificate.

use std::path::PathBuf;
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;

use crate::Failure;
use crate::certificate_file;
use crate::output;
use crate::password::PasswordArguments;

/// Print the value of X-ARR-ClientCert for a certificate: base64 of its DER on one line, without its chain.
#[derive(Args)]
pub(crate) struct Header {
    /// PKCS#12, PEM, DER, base64 or hexadecimal text; - reads standard input
    file: PathBuf,

    #[command(flatten)]
    password: PasswordArguments,
}

impl Header {
    /// Prints the value and a line end.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let found = certificate_file::read(&self.file, &self.password)?;
        output::print(&format!("{}\n", STANDARD.encode(found.leaf())))?;
        Ok(ExitCode::SUCCESS)
    }
}
