//! Which servers are trusted: those of the system, and those of the files that are named.

use std::path::PathBuf;

use app_settings::Problem;
use clap::Args;
use openssl::error::ErrorStack;
use openssl::ssl::SslConnectorBuilder;
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;

use crate::Failure;
use crate::certificate_file;

/// The options that say whom to trust.
#[derive(Args)]
pub(super) struct TrustArguments {
    /// A root that servers may stand on, added to the system's; may be repeated
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
    /// All files that cannot be read, or hold no certificate.
    pub(super) fn anchors(&self) -> Result<Vec<X509>, Failure> {
        let mut anchors = Vec::new();
        let mut problems = Vec::new();
        for path in &self.files {
            match certificate_file::read_with(path, None) {
                Ok(found) => {
                    for der in &found.certificates {
                        match X509::from_der(der) {
                            Ok(certificate) => anchors.push(certificate),
                            Err(_) => problems.push(Problem::new(
                                certificate_file::name_of(path),
                                "expected certificates, and OpenSSL cannot read one of them",
                            )),
                        }
                    }
                }
                Err(Failure::Configuration(more)) => problems.extend(more),
                Err(failure @ Failure::No(_)) => return Err(failure),
            }
        }
        if problems.is_empty() {
            Ok(anchors)
        } else {
            Err(Failure::Configuration(problems))
        }
    }

    /// Whether the system's roots are left out.
    pub(super) fn only(&self) -> bool {
        self.only
    }
}

/// Lets a connector trust as the handler's client does: the system's roots found at the usual places, and more.
pub(super) fn add(
    builder: &mut SslConnectorBuilder,
    anchors: &[X509],
    only: bool,
) -> Result<(), ErrorStack> {
    if only {
        builder.set_cert_store(X509StoreBuilder::new()?.build());
    } else {
        let places = openssl_probe::probe();
        // A place that is named and cannot be read leaves the others, as it does in the handler.
        if let Some(file) = &places.cert_file {
            let _ = builder.load_verify_locations(Some(file), None);
        }
        for folder in &places.cert_dir {
            let _ = builder.load_verify_locations(None, Some(folder));
        }
    }
    for anchor in anchors {
        builder.cert_store_mut().add_cert(anchor.clone())?;
    }
    Ok(())
}
