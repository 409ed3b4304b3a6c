//! By whom the server's certificate has to be issued.

use std::path::{Path, PathBuf};

use app_settings::Problem;
use openssl::error::ErrorStack;
use openssl::ssl::SslContextBuilder;
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;

use super::target::Target;
use crate::certificate_file::FILE_BYTES;
use crate::local::CERTIFICATES;

/// The development CA, relative to the project folder.
const DEVELOPMENT_CA: &str = "ca.pem";

/// The authorities that are believed.
pub(super) enum Trust {
    /// Those of one file and no others.
    File(PathBuf, Vec<X509>),
    /// Those of the operating system.
    System,
}

impl Trust {
    /// `--cacert`; else `certs/ca.pem` for this machine where it exists; else the system's.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or holds no certificate.
    pub(super) fn choose(cacert: Option<&Path>, target: &Target) -> Result<Self, Problem> {
        let development = Path::new(CERTIFICATES).join(DEVELOPMENT_CA);
        match cacert {
            Some(path) => Self::read(path),
            None if target.is_local() && development.is_file() => Self::read(&development),
            None => Ok(Self::System),
        }
    }

    fn read(path: &Path) -> Result<Self, Problem> {
        let problem = |text: String| Problem::new(path.display().to_string(), text);
        let size = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        if size > FILE_BYTES {
            return Err(problem(format!(
                "expected at most {FILE_BYTES} bytes, found {size}"
            )));
        }
        let pem = std::fs::read(path)
            .map_err(|error| problem(format!("expected a file that can be read: {error}")))?;
        let certificates = X509::stack_from_pem(&pem).unwrap_or_default();
        if certificates.is_empty() {
            return Err(problem(
                "expected PEM with the authority of the server's certificate, found none"
                    .to_owned(),
            ));
        }
        Ok(Self::File(path.to_owned(), certificates))
    }

    /// Makes one context believe these authorities alone.
    ///
    /// # Errors
    ///
    /// OpenSSL's.
    pub(super) fn apply(&self, builder: &mut SslContextBuilder) -> Result<(), ErrorStack> {
        let mut store = X509StoreBuilder::new()?;
        match self {
            Self::File(_, certificates) => {
                for certificate in certificates {
                    store.add_cert(certificate.clone())?;
                }
                builder.set_cert_store(store.build());
                Ok(())
            }
            Self::System => {
                builder.set_cert_store(store.build());
                let system = openssl_probe::probe();
                let (file, folder) = (system.cert_file.as_deref(), system.cert_dir.first());
                // OpenSSL takes no call without either; with an empty store every server is untrusted, and that is said.
                if file.is_none() && folder.is_none() {
                    return Ok(());
                }
                builder.load_verify_locations(file, folder.map(PathBuf::as_path))
            }
        }
    }

    /// How the report names it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path, _) => path.display().to_string(),
            Self::System => "the system's authorities".to_owned(),
        }
    }
}
