//! Where our identity comes from.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use app_settings::NamedFile;
use client_cert::Thumbprint;

use super::encoded_identity::EncodedIdentity;
use super::form::Form;
use super::identity::Identity;
use super::input_file::{read, read_either};
use super::key_vault::{Kept, KeyVault};
use super::load_error::{LoadError, LoadErrorKind};
use super::password::Password;

/// Where our identity comes from: bytes, a file that is read again when it changes, a certificate in Azure Key Vault, or a
/// function of the program's own.
///
/// A client asks its source at each [`reload`](crate::Outbound::reload). If the answer differs from the last one and
/// loads, the new identity serves the calls that begin from then on, and calls in flight end with the old one. Debug
/// shows nothing of a key or password.
///
/// Bytes that never change become a source by `into`; see [`EncodedIdentity`].
pub struct IdentitySource {
    pub(super) origin: Origin,
    pub(super) select: Option<String>,
    /// The setting that a user changes when loading fails in this way, if the source comes from settings.
    pub(super) setting_for: fn(LoadErrorKind) -> Option<&'static str>,
}

/// One of the places that an identity can come from. It may hold the key itself, so it cannot be formatted.
pub(super) enum Origin {
    Given(Arc<EncodedIdentity>),
    File {
        file: NamedFile,
        form: Form,
        password: Password,
    },
    /// App Service's PKCS#12 file for a certificate, named by its SHA-1 thumbprint in either case.
    AppService {
        upper: NamedFile,
        lower: NamedFile,
        thumbprint: Thumbprint,
        password: Password,
    },
    Function {
        name: String,
        function: Box<Supply>,
    },
    KeyVault(Box<Kept>),
}

/// What to do about a certificate of a vault without its key.
const EXPORTABLE: &str =
    "a vault gives away exportable keys alone, so renew the certificate with an exportable key";

/// Supplies the identity of the moment.
type Supply = dyn Fn() -> Result<EncodedIdentity, Box<dyn Error + Send + Sync>> + Send + Sync;

impl IdentitySource {
    /// A PKCS#12 file, read now and again at each reload: a renewed file needs no restart.
    ///
    /// At most 1 MiB. A file that is missing now may be there later.
    pub fn pkcs12_file(path: &Path, password: Password) -> Self {
        Self::file(NamedFile::given(path), Form::Pkcs12, password)
    }

    /// A file with PEM text, read now and again at each reload; see [`IdentitySource::pkcs12_file`].
    pub fn pem_file(path: &Path, password: Password) -> Self {
        Self::file(NamedFile::given(path), Form::Pem, password)
    }

    /// A function that gives the identity of the moment, for stores that this crate does not know.
    ///
    /// It is called at each reload, on a thread that may block, and must return within a bounded time. A program that
    /// fetches identities from afar does so in a task of its own, keeps the last one for this function, and calls
    /// [`reload`](crate::Outbound::reload) when there is a newer one. An error is reported with `name` and its own
    /// words, which must not contain a secret; the identity in use stays in use.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use outbound_mtls::{EncodedIdentity, IdentitySource, Outbound, Password};
    ///
    /// let latest: Arc<Mutex<Option<Vec<u8>>>> = Arc::default();
    /// let source = IdentitySource::from_fn("the vault", {
    ///     let latest = Arc::clone(&latest);
    ///     move || {
    ///         let bytes = latest.lock().map_err(|_| "a writer has panicked")?.clone();
    ///         let bytes = bytes.ok_or("expected a certificate, found none yet")?;
    ///         Ok(EncodedIdentity::pkcs12(bytes, Password::none()))
    ///     }
    /// });
    /// let outbound = Outbound::builder(source).build();
    /// # drop(outbound);
    /// ```
    pub fn from_fn(
        name: impl Into<String>,
        function: impl Fn() -> Result<EncodedIdentity, Box<dyn Error + Send + Sync>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self::new(Origin::Function {
            name: name.into(),
            function: Box::new(function),
        })
    }

    /// Selects one of several identities by its thumbprint (SHA-1 or SHA-256) or its friendly name.
    ///
    /// Without this, several identities are refused: none is guessed.
    #[must_use]
    pub fn select(self, thumbprint_or_name: impl Into<String>) -> Self {
        Self {
            select: Some(thumbprint_or_name.into()),
            ..self
        }
    }

    /// The vault that must be asked before the source is read.
    pub(super) fn vault(&self) -> Option<&Kept> {
        match &self.origin {
            Origin::KeyVault(kept) => Some(kept),
            Origin::Given(_)
            | Origin::File { .. }
            | Origin::AppService { .. }
            | Origin::Function { .. } => None,
        }
    }

    fn file(file: NamedFile, form: Form, password: Password) -> Self {
        Self::new(Origin::File {
            file,
            form,
            password,
        })
    }

    pub(super) fn new(origin: Origin) -> Self {
        Self {
            origin,
            select: None,
            setting_for: |_| None,
        }
    }

    /// The identity's bytes, as they are now. The secret stays in memory; nothing is written.
    pub(super) fn read(&self) -> Result<Arc<EncodedIdentity>, LoadError> {
        let encoded = match &self.origin {
            Origin::Given(encoded) => return Ok(Arc::clone(encoded)),
            Origin::File {
                file,
                form,
                password,
            } => {
                let bytes = read(file)?;
                EncodedIdentity::new(*form, bytes, password.clone()).named(file.to_string())
            }
            Origin::AppService {
                upper,
                lower,
                password,
                ..
            } => {
                let (file, bytes) = read_either(upper, lower)?;
                EncodedIdentity::pkcs12(bytes, password.clone()).named(file.to_string())
            }
            Origin::KeyVault(kept) => return kept.latest(),
            Origin::Function { name, function } => function().map_err(|error| {
                LoadError::new(name, LoadErrorKind::Unreadable, error.to_string())
            })?,
        };
        Ok(Arc::new(encoded))
    }

    /// Parses what was read.
    pub(super) fn parse(&self, encoded: &EncodedIdentity) -> Result<Identity, LoadError> {
        let identity = encoded.parse(self.selection().as_deref());
        identity.map_err(|error| match (&self.origin, error.kind()) {
            (Origin::KeyVault(_), LoadErrorKind::NoKey) => error.advising(EXPORTABLE),
            _ => error.naming(self.setting_for),
        })
    }

    /// What selects one of several identities: the program, else the thumbprint that names the file.
    fn selection(&self) -> Option<String> {
        let of_file = || match &self.origin {
            Origin::AppService { thumbprint, .. } => Some(thumbprint.hex()),
            Origin::Given(_)
            | Origin::File { .. }
            | Origin::Function { .. }
            | Origin::KeyVault(_) => None,
        };
        self.select.clone().or_else(of_file)
    }

    /// The name of the PKCS#12 file, without its folder, where it can be shown.
    pub(super) fn file_name(&self) -> Option<String> {
        match &self.origin {
            Origin::File {
                file,
                form: Form::Pkcs12,
                ..
            } if file.is_shown() => file
                .path()
                .file_name()
                .map(|name| name.to_string_lossy().into_owned()),
            Origin::Given(_)
            | Origin::File { .. }
            | Origin::AppService { .. }
            | Origin::Function { .. }
            | Origin::KeyVault(_) => None,
        }
    }
}

impl From<KeyVault> for IdentitySource {
    fn from(vault: KeyVault) -> Self {
        Self::new(Origin::KeyVault(Box::new(Kept::new(vault))))
    }
}

impl From<EncodedIdentity> for IdentitySource {
    fn from(encoded: EncodedIdentity) -> Self {
        Self::new(Origin::Given(Arc::new(encoded)))
    }
}

impl fmt::Debug for IdentitySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match &self.origin {
            Origin::Given(encoded) => encoded.name().to_owned(),
            Origin::File { file, .. } | Origin::AppService { upper: file, .. } => file.to_string(),
            Origin::Function { name, .. } => name.clone(),
            Origin::KeyVault(kept) => kept.name(),
        };
        f.debug_struct("IdentitySource")
            .field("name", &name)
            .finish_non_exhaustive()
    }
}
