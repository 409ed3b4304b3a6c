//! A file that is to be our own identity, read by the handler's loader: what works here works there.

use std::path::Path;

use app_settings::Problem;
use outbound_mtls::{self, Form, Identity, Limits, LoadError, LoadErrorKind};
use zeroize::Zeroizing;

use crate::Failure;
use crate::certificate_file;
use crate::password::{self, Password, PasswordArguments};

/// The bytes of a file, and what it is called in messages.
pub(crate) struct IdentityFile {
    name: String,
    bytes: Zeroizing<Vec<u8>>,
}

impl IdentityFile {
    /// Reads the file `path`, or standard input for `-`.
    ///
    /// # Errors
    ///
    /// A file that cannot be read or is larger than any identity.
    pub(crate) fn read(path: &Path) -> Result<Self, Problem> {
        Ok(Self {
            name: certificate_file::name_of(path),
            bytes: certificate_file::load(path)?,
        })
    }

    /// How messages call the file.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Which of the handler's settings takes such a file.
    pub(crate) fn form(&self) -> Form {
        Form::of(&self.bytes)
    }

    /// The loader's answer. Asks for the password if one is needed and not given.
    ///
    /// # Errors
    ///
    /// A password that cannot be obtained. The inner error is the loader's refusal.
    pub(crate) fn load(
        &self,
        password: &PasswordArguments,
        select: Option<&str>,
    ) -> Result<Result<Identity, LoadError>, Failure> {
        let unlocked = self.unlock(password, select)?;
        Ok(unlocked.map(|(identity, _)| identity))
    }

    /// The same, with the password that opened the file, for who opens its next version.
    ///
    /// # Errors
    ///
    /// A password that cannot be obtained. The inner error is the loader's refusal.
    pub(crate) fn unlock(
        &self,
        password: &PasswordArguments,
        select: Option<&str>,
    ) -> Result<Result<(Identity, Option<Password>), LoadError>, Failure> {
        let mut used = password.given()?;
        let mut answer = self.open(used.as_ref(), select);
        let locked = matches!(&answer, Err(error) if error.kind() == LoadErrorKind::WrongPassword);
        if locked
            && used.is_none()
            && let Some(asked) = password::ask(&format!("Password of {}", self.name))?
        {
            answer = self.open(Some(&asked), select);
            used = Some(asked);
        }
        Ok(answer.map(|identity| (identity, used)))
    }

    /// What tells one version of the file from another.
    pub(crate) fn digest(&self) -> [u8; 32] {
        openssl::sha::sha256(&self.bytes)
    }

    /// Whether the handler would take an identity: builds the client that would present it, as the handler does.
    ///
    /// # Errors
    ///
    /// What the TLS library refuses, in its words.
    pub(crate) fn accept(&self, identity: &Identity) -> Result<(), LoadError> {
        let limits = Limits::default();
        identity.client(&self.name, Vec::new(), false, &limits)?;
        Ok(())
    }

    /// The loader's answer, with this password.
    ///
    /// # Errors
    ///
    /// The loader's refusal.
    pub(crate) fn open(
        &self,
        password: Option<&Password>,
        select: Option<&str>,
    ) -> Result<Identity, LoadError> {
        let password = password.map_or_else(outbound_mtls::Password::none, Password::for_reader);
        Identity::from_bytes(&self.name, &self.bytes, &password, select)
    }
}
