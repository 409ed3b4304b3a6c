//! Which servers are trusted: those of the system, and those of the files that are named.

use std::path::PathBuf;

use clap::Args;
use openssl::error::ErrorStack;
use openssl::ssl::SslConnectorBuilder;
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;

use crate::Failure;
use crate::server_anchors;

/// The options that say whom to trust.
#[derive(Args)]
pub(crate) struct TrustArguments {
    /// A root of the server's certificate, beside the system's roots; repeatable
    #[arg(long = "cacert", value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Trust the roots of --cacert alone
    #[arg(long = "cacert-only", requires = "files")]
    only: bool,
}

impl TrustArguments {
    /// The certificates of all files.
    ///
    /// # Errors
    ///
    /// All files that cannot be read or hold no certificate.
    pub(crate) fn anchors(&self) -> Result<Vec<X509>, Failure> {
        let mut anchors = Vec::new();
        let mut problems = Vec::new();
        for path in &self.files {
            match server_anchors::read(path) {
                Ok(more) => anchors.extend(more),
                Err(Failure::Configuration(more)) => problems.extend(more),
                Err(failure @ Failure::No(_)) => return Err(failure),
            }
        }
        match problems.is_empty() {
            true => Ok(anchors),
            false => Err(Failure::Configuration(problems)),
        }
    }

    /// Whether the system's roots are left out.
    pub(crate) fn only(&self) -> bool {
        self.only
    }
}

/// Makes a connector trust what the handler's client trusts: the system's roots, unless `only`, and `anchors`.
pub(crate) fn add(
    builder: &mut SslConnectorBuilder,
    anchors: &[X509],
    only: bool,
) -> Result<(), ErrorStack> {
    if only {
        builder.set_cert_store(X509StoreBuilder::new()?.build());
    } else {
        server_anchors::add_system(builder);
    }
    server_anchors::add(builder, anchors)
}
