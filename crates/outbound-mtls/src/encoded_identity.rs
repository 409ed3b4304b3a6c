//! An identity as bytes, not yet parsed.

use std::fmt;

use zeroize::Zeroizing;

use super::form::{Form, Found};
use super::identity::Identity;
use super::load_error::LoadError;
use super::password::Password;
use super::secret_bytes;

/// A private key with its certificates as bytes, and the password that they are under.
///
/// Nothing is read when it is made: [`EncodedIdentity::parse`] does that, and [`Outbound`](crate::Outbound) when it
/// loads. Debug shows its name and form. The bytes are overwritten when they are dropped.
///
/// ```no_run
/// use outbound_mtls::{EncodedIdentity, Password};
///
/// let bytes = std::fs::read("partner.p12")?;
/// let encoded = EncodedIdentity::pkcs12(bytes, Password::none()).named("partner.p12");
/// let identity = encoded.parse(None)?;
/// println!("{}", identity.facts().sha256);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct EncodedIdentity {
    name: String,
    form: Form,
    bytes: Zeroizing<Vec<u8>>,
    password: Password,
}

impl EncodedIdentity {
    /// The bytes of a PKCS#12 file, which [`Password::none`] opens if it has no password.
    pub fn pkcs12(bytes: impl Into<Zeroizing<Vec<u8>>>, password: Password) -> Self {
        Self::new(Form::Pkcs12, bytes.into(), password)
    }

    /// PEM text in UTF-8 with one private key, its certificate and the intermediates, in any order.
    ///
    /// The password is that of an encrypted key; [`Password::none`] if it is not encrypted.
    pub fn pem(text: impl Into<Zeroizing<Vec<u8>>>, password: Password) -> Self {
        Self::new(Form::Pem, text.into(), password)
    }

    /// A certificate with its intermediates and its private key, each PEM text of its own.
    ///
    /// For the rest see [`EncodedIdentity::pem`].
    pub fn pem_chain_and_key(chain: &[u8], key: &[u8], password: Password) -> Self {
        let text = secret_bytes::joined(&[chain, b"\n", key]);
        Self::new(Form::Pem, text, password)
    }

    pub(super) fn new(form: Form, bytes: Zeroizing<Vec<u8>>, password: Password) -> Self {
        let name = match form {
            Form::Pkcs12 => "the given PKCS#12",
            Form::Pem => "the given PEM text",
        };
        Self {
            name: name.to_owned(),
            form,
            bytes,
            password,
        }
    }

    /// Names it for messages; a file's name, for example. The name is shown as it is.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }

    /// Parses the identity: the only one, or the one whose thumbprint or friendly name is `select`.
    ///
    /// Dates are not compared: an expired identity loads, and its facts say when it ended. This takes up to about a
    /// second where the bytes ask for many iterations of a key derivation, and is refused beyond that.
    ///
    /// # Errors
    ///
    /// See [`LoadErrorKind`](crate::LoadErrorKind); the text says what was expected, what was found and what to do.
    pub fn parse(&self, select: Option<&str>) -> Result<Identity, LoadError> {
        match self.form {
            Form::Pkcs12 => Identity::from_pkcs12(&self.name, &self.bytes, &self.password, select),
            Form::Pem => {
                let text = str::from_utf8(&self.bytes).map_err(|_| {
                    LoadError::wrong_format(&self.name, Form::Pem, Found::of(&self.bytes))
                })?;
                Identity::from_pem(&self.name, text, &self.password, select)
            }
        }
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All that [`EncodedIdentity::parse`] depends on, to be compared with that of another time.
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        [&self.bytes, self.password.text().as_bytes()]
    }
}

impl fmt::Debug for EncodedIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncodedIdentity")
            .field("name", &self.name)
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}
