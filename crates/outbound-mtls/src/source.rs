//! Where our identity comes from, and its bytes.

use app_settings::{FileError, NamedFile};
use zeroize::Zeroizing;

use super::identity::Identity;
use super::load_error::{LoadError, LoadErrorKind};
use super::password::Password;
use client_cert::Thumbprint;

/// The most bytes of one file. A key with a chain of four has about 10 kB; this leaves room for whole stores.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// One of the places that an identity can come from. It may hold the key itself, so it cannot be formatted.
pub(super) enum Source {
    /// A PKCS#12 file.
    Path(NamedFile),
    /// App Service's file for a certificate, named by its SHA-1 thumbprint in either case.
    Thumbprint {
        upper: NamedFile,
        lower: NamedFile,
        thumbprint: Thumbprint,
    },
    /// The bytes of a PKCS#12 file, in a setting.
    Pfx(Zeroizing<Vec<u8>>),
    /// PEM text, in a setting.
    PemText(Zeroizing<String>),
    /// A file of PEM text.
    PemFile(NamedFile),
}

/// What a source yielded: bytes, not yet looked into.
pub(super) struct Material {
    at: String,
    bytes: Zeroizing<Vec<u8>>,
    is_pem: bool,
}

impl Source {
    /// Reads the bytes. The secret stays in memory; nothing is written.
    pub(super) fn read(&self) -> Result<Material, LoadError> {
        let (at, bytes, is_pem) = match self {
            Self::Path(file) => (file.to_string(), read(file)?, false),
            Self::PemFile(file) => (file.to_string(), read(file)?, true),
            Self::Thumbprint { upper, lower, .. } => {
                let (file, bytes) = read_either(upper, lower)?;
                (file.to_string(), bytes, false)
            }
            Self::Pfx(bytes) => ("OUTBOUND_CLIENT_CERT_PFX".to_owned(), bytes.clone(), false),
            Self::PemText(text) => (
                "OUTBOUND_CLIENT_CERT_PEM".to_owned(),
                Zeroizing::new(text.as_bytes().to_vec()),
                true,
            ),
        };
        Ok(Material { at, bytes, is_pem })
    }

    /// The thumbprint that the source is named by, which its identity must have.
    pub(super) fn thumbprint(&self) -> Option<&Thumbprint> {
        match self {
            Self::Thumbprint { thumbprint, .. } => Some(thumbprint),
            Self::Path(_) | Self::Pfx(_) | Self::PemText(_) | Self::PemFile(_) => None,
        }
    }

    /// The name of the file that `OUTBOUND_CLIENT_CERT_PATH` points to, where it can be shown.
    pub(super) fn file_name(&self) -> Option<String> {
        match self {
            Self::Path(file) if file.is_shown() => file
                .path()
                .file_name()
                .map(|name| name.to_string_lossy().into_owned()),
            Self::Path(_)
            | Self::Thumbprint { .. }
            | Self::Pfx(_)
            | Self::PemText(_)
            | Self::PemFile(_) => None,
        }
    }
}

impl Material {
    /// The file or setting.
    pub(super) fn at(&self) -> &str {
        &self.at
    }

    /// The bytes, to be compared with those of the last time.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Parses the bytes; slow where the file asks for many iterations.
    pub(super) fn parse(
        &self,
        password: &Password,
        select: Option<&str>,
    ) -> Result<Identity, LoadError> {
        if !self.is_pem {
            return Identity::from_pkcs12(&self.at, &self.bytes, password, select);
        }
        let text = str::from_utf8(&self.bytes).map_err(|_| {
            let text = "expected PEM text, found other bytes; a .pfx or .p12 file belongs in \
                        OUTBOUND_CLIENT_CERT_PATH";
            LoadError::new(&self.at, LoadErrorKind::WrongFormat, text)
        })?;
        Identity::from_pem(&self.at, text, password, select)
    }
}

/// The upper-case name, as App Service writes it, unless only the lower-case one is there.
fn read_either<'a>(
    upper: &'a NamedFile,
    lower: &'a NamedFile,
) -> Result<(&'a NamedFile, Zeroizing<Vec<u8>>), LoadError> {
    match upper.read(MAX_FILE_BYTES) {
        Err(FileError::Missing) => match lower.read(MAX_FILE_BYTES) {
            Err(FileError::Missing) => Err(refused(upper, &FileError::Missing)),
            result => Ok((lower, result.map_err(|error| refused(lower, &error))?)),
        },
        result => Ok((upper, result.map_err(|error| refused(upper, &error))?)),
    }
}

/// Reads a file of bounded size.
pub(super) fn read(file: &NamedFile) -> Result<Zeroizing<Vec<u8>>, LoadError> {
    file.read(MAX_FILE_BYTES)
        .map_err(|error| refused(file, &error))
}

fn refused(file: &NamedFile, error: &FileError) -> LoadError {
    let kind = match error {
        FileError::TooLarge { .. } => LoadErrorKind::TooCostly,
        _ => LoadErrorKind::Unreadable,
    };
    let text = format!(
        "expected a file that can be read, found: {error}; check that the file is there and that the app may read it"
    );
    LoadError::new(file.to_string(), kind, text)
}
