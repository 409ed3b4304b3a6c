//! Where our identity comes from, and its bytes.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

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
    Path(PathBuf),
    /// App Service's file for a certificate, named by its SHA-1 thumbprint in either case.
    Thumbprint {
        folder: PathBuf,
        thumbprint: Thumbprint,
    },
    /// The bytes of a PKCS#12 file, in a setting.
    Pfx(Zeroizing<Vec<u8>>),
    /// PEM text, in a setting.
    PemText(Zeroizing<String>),
    /// A file of PEM text.
    PemFile(PathBuf),
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
            Self::Path(path) => (path.display().to_string(), read_file(path)?, false),
            Self::PemFile(path) => (path.display().to_string(), read_file(path)?, true),
            Self::Thumbprint { folder, thumbprint } => {
                let path = thumbprint_file(folder, thumbprint);
                (path.display().to_string(), read_file(&path)?, false)
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

    /// The name of the file that `OUTBOUND_CLIENT_CERT_PATH` points to.
    pub(super) fn file_name(&self) -> Option<String> {
        match self {
            Self::Path(path) => path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned()),
            Self::Thumbprint { .. } | Self::Pfx(_) | Self::PemText(_) | Self::PemFile(_) => None,
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
            let text = "expected PEM text, and it is not text; a .pfx or .p12 file belongs in \
                        OUTBOUND_CLIENT_CERT_PATH";
            LoadError::new(&self.at, LoadErrorKind::WrongFormat, text)
        })?;
        Identity::from_pem(&self.at, text, password, select)
    }
}

/// The upper-case name, as App Service writes it, unless only the lower-case one is there.
fn thumbprint_file(folder: &Path, thumbprint: &Thumbprint) -> PathBuf {
    let lower = folder.join(format!("{}.p12", thumbprint.hex()));
    let upper = folder.join(format!("{}.p12", thumbprint.hex().to_uppercase()));
    if !upper.exists() && lower.exists() {
        lower
    } else {
        upper
    }
}

/// Reads a file of bounded size. Pipes and devices are refused, since reading them may never end.
pub(super) fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, LoadError> {
    let at = path.display().to_string();
    let unreadable = |error: std::io::Error| {
        let text = format!(
            "cannot be read ({error}); check that the file is there and that the app may read it"
        );
        LoadError::new(&at, LoadErrorKind::Unreadable, text)
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        let text = "expected a file, and it is a folder or a device";
        return Err(LoadError::new(at, LoadErrorKind::Unreadable, text));
    }
    // Room for all of it at once: a buffer that grows would leave copies of the key behind.
    let room = usize::try_from(metadata.len().min(MAX_FILE_BYTES) + 1).unwrap_or(0);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    match u64::try_from(bytes.len()) {
        Ok(length) if length <= MAX_FILE_BYTES => Ok(bytes),
        _ => {
            let text = format!("is larger than {MAX_FILE_BYTES} bytes, the most that is read");
            Err(LoadError::new(at, LoadErrorKind::TooCostly, text))
        }
    }
}
