//! Key files: bytes of either form become their contents, or the one identity that is meant.

use super::contents::Contents;
use super::form::Form;
use super::identity::Identity;
use super::load_error::LoadError;
use super::password::Password;
use super::{pem, pkcs12};

impl Contents {
    /// Reads a file of either form: PEM if it is such text, else PKCS#12.
    ///
    /// Without a password, PKCS#12 is tried with the encodings of an empty one, and encrypted keys of PEM are counted
    /// as locked.
    ///
    /// # Errors
    ///
    /// See [`LoadErrorKind`](crate::LoadErrorKind); the text says what was found and what to do. `at` names the file.
    pub fn read(at: &str, bytes: &[u8], password: Option<&Password>) -> Result<Self, LoadError> {
        match (Form::of(bytes), str::from_utf8(bytes)) {
            (Form::Pem, Ok(text)) => pem::read(at, text, password),
            _ => {
                let none = Password::none();
                pkcs12::read(at, bytes, password.unwrap_or(&none))
            }
        }
    }
}

impl Identity {
    /// Reads an identity from a file of either form: PEM if it is such text, else PKCS#12.
    ///
    /// For tools. The handler's settings say which form they mean.
    ///
    /// # Errors
    ///
    /// See [`LoadErrorKind`](crate::LoadErrorKind); the text says what was found and what to do.
    pub fn from_bytes(
        at: &str,
        bytes: &[u8],
        password: &Password,
        select: Option<&str>,
    ) -> Result<Self, LoadError> {
        Contents::read(at, bytes, Some(password))?.choose(at, select)
    }

    /// Reads an identity from the bytes of a PKCS#12 file.
    ///
    /// `select` is a thumbprint or a friendly name, for files with several; `at` names the file in the refusal.
    /// Dates are not compared: an expired identity loads, and its facts say when it ended.
    ///
    /// # Errors
    ///
    /// See [`LoadErrorKind`](crate::LoadErrorKind); the text says what was found and what to do.
    pub fn from_pkcs12(
        at: &str,
        bytes: &[u8],
        password: &Password,
        select: Option<&str>,
    ) -> Result<Self, LoadError> {
        pkcs12::read(at, bytes, password)?.choose(at, select)
    }

    /// Reads an identity from PEM text; for the rest see [`Identity::from_pkcs12`].
    ///
    /// # Errors
    ///
    /// See [`LoadErrorKind`](crate::LoadErrorKind); the text says what was found and what to do.
    pub fn from_pem(
        at: &str,
        text: &str,
        password: &Password,
        select: Option<&str>,
    ) -> Result<Self, LoadError> {
        pem::read(at, text, Some(password))?.choose(at, select)
    }
}
