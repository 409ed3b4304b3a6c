//! Which authority must have issued the server's certificate.

use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use openssl::ssl::SslContextBuilder;
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;

use super::target::Target;
use crate::Failure;
use crate::printable::printable;
use crate::server_anchors;
use crate::test_certificates;

/// The development CA, relative to the folder of the test certificates.
const DEVELOPMENT_CA: &str = "ca.pem";

/// The authorities that are trusted.
pub(super) enum Trust {
    /// Those of one file and no others.
    File(PathBuf, Vec<X509>),
    /// Those of the operating system.
    System,
}

impl Trust {
    /// `--cacert`; by default `certs/ca.pem` for this machine if that file exists, and the system's for others.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or holds no certificate.
    pub(super) fn choose(cacert: Option<&Path>, target: &Target) -> Result<Self, Failure> {
        let development = Path::new(test_certificates::FOLDER).join(DEVELOPMENT_CA);
        let file = match cacert {
            Some(path) => path,
            None if target.is_local() && development.is_file() => &development,
            None => return Ok(Self::System),
        };
        Ok(Self::File(file.to_owned(), server_anchors::read(file)?))
    }

    /// Makes one context trust these authorities alone.
    ///
    /// # Errors
    ///
    /// A certificate that OpenSSL does not take.
    pub(super) fn apply(&self, builder: &mut SslContextBuilder) -> Result<(), ErrorStack> {
        builder.set_cert_store(X509StoreBuilder::new()?.build());
        match self {
            Self::File(_, certificates) => server_anchors::add(builder, certificates),
            Self::System => {
                server_anchors::add_system(builder);
                Ok(())
            }
        }
    }

    /// How the report names it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path, _) => printable(&path.display().to_string()),
            Self::System => "the system's authorities".to_owned(),
        }
    }
}
