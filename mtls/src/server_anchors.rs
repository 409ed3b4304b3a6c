//! By which authorities a server is trusted: the system's, and those in files.

use std::path::Path;

use app_settings::Problem;
use openssl::error::ErrorStack;
use openssl::ssl::SslContextBuilder;
use openssl::x509::X509;

use crate::Failure;
use crate::certificate_file;

/// The certificates in a file.
///
/// # Errors
///
/// A file that cannot be read or holds no certificate.
pub(crate) fn read(path: &Path) -> Result<Vec<X509>, Failure> {
    let found = certificate_file::read_with(path, None)?;
    let certificates = found.certificates.iter().map(|der| X509::from_der(der));
    certificates.collect::<Result<_, _>>().map_err(|_| {
        let text =
            "expected certificates that OpenSSL can read, found another one; export the file again";
        Problem::new(certificate_file::name_of(path), text).into()
    })
}

/// Adds the system's authorities, from the places where native-tls finds them for the handler. A place that cannot be
/// read is left out, as it is there.
pub(crate) fn add_system(builder: &mut SslContextBuilder) {
    let places = openssl_probe::probe();
    if let Some(file) = &places.cert_file {
        let _ = builder.load_verify_locations(Some(file), None);
    }
    for folder in &places.cert_dir {
        let _ = builder.load_verify_locations(None, Some(folder));
    }
}

/// Adds certificates.
///
/// # Errors
///
/// A certificate that OpenSSL does not take.
pub(crate) fn add(builder: &mut SslContextBuilder, anchors: &[X509]) -> Result<(), ErrorStack> {
    for anchor in anchors {
        builder.cert_store_mut().add_cert(anchor.clone())?;
    }
    Ok(())
}
