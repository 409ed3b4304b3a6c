//! Reads a certificate, with its key and chain if they are present, in whatever form people have it.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, Read as _};
use std::path::Path;

use app_settings::{FileError, Problem, is_key_material, read_file};
use openssl::pkey::{PKey, Private};
use zeroize::Zeroizing;

use crate::Failure;
use crate::password::{self, Password, PasswordArguments};

mod contents;
mod der;
mod format;
mod pem;
mod text;
mod unreadable;

pub(crate) use format::Format;
pub(crate) use text::{HEADER_NAME, decode};
pub(crate) use unreadable::{Unreadable, explained};

/// The bundle of all public authorities has a quarter of this; a certificate with key and chain has a few kilobytes.
pub(crate) const FILE_BYTES: u64 = 1 << 20;

/// What a file contains.
pub(crate) struct Found {
    /// In which form.
    pub(crate) format: Format,
    /// DER, one at least. The first is the certificate of the key where there is a key, else the first in the file;
    /// the others follow in the order of the file.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// The private key. Whether it belongs to the first certificate is not looked at.
    pub(crate) key: FoundKey,
    /// The name that Windows and Keychain show; PKCS#12 alone has one.
    pub(crate) friendly_name: Option<String>,
}

/// Whether a private key was present.
pub(crate) enum FoundKey {
    /// No key.
    Absent,
    /// One in PEM under a password that was not given.
    Locked,
    /// One that can be used.
    Open(PKey<Private>),
}

impl Found {
    /// The DER of the first certificate, which is the one that a front end would forward.
    pub(crate) fn leaf(&self) -> &[u8] {
        self.certificates.first().map_or(&[], Vec::as_slice)
    }

    /// Whether a private key is present, locked or not.
    pub(crate) fn has_private_key(&self) -> bool {
        !matches!(self.key, FoundKey::Absent)
    }
}

/// The key is not shown.
impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found")
            .field("format", &self.format)
            .field("certificates", &self.certificates.len())
            .field("has_private_key", &self.has_private_key())
            .finish_non_exhaustive()
    }
}

/// Reads the file `path`, or standard input for `-`, and asks for the password where one is needed and not given.
///
/// # Errors
///
/// A problem that names the file; see [`Unreadable`].
pub(crate) fn read(path: &Path, password: &PasswordArguments) -> Result<Found, Failure> {
    let given = password.given()?;
    read_with(path, given.as_ref())
}

/// As [`read`], of bytes that [`load`] gave.
///
/// # Errors
///
/// The same.
pub(crate) fn open(
    path: &Path,
    bytes: &[u8],
    password: &PasswordArguments,
) -> Result<Found, Failure> {
    let given = password.given()?;
    open_with(path, bytes, given.as_ref())
}

/// As [`read`], with a password that was found elsewhere.
///
/// # Errors
///
/// The same.
pub(crate) fn read_with(path: &Path, given: Option<&Password>) -> Result<Found, Failure> {
    open_with(path, &load(path)?, given)
}

fn open_with(path: &Path, bytes: &[u8], given: Option<&Password>) -> Result<Found, Failure> {
    let name = name_of(path);
    let found = match parse(bytes, given) {
        Err(Unreadable::PasswordNeeded) => match password::ask(&format!("Password of {name}"))? {
            Some(asked) => parse(bytes, Some(&asked)),
            None => Err(Unreadable::PasswordNeeded),
        },
        result => result,
    };
    found.map_err(|error| Failure::from(Problem::new(name, error.to_string())))
}

/// Finds out what `bytes` are and reads them. Without a password, PKCS#12 is tried with the empty and the absent one.
///
/// Detected by content, never by a file's name, in this order: DER and PKCS#12 by their first bytes; then text, after
/// a byte order mark in UTF-8 or UTF-16, as PEM, hexadecimal or base64, with or without the header's name before it.
///
/// # Errors
///
/// See [`Unreadable`].
pub(crate) fn parse(bytes: &[u8], password: Option<&Password>) -> Result<Found, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if der::begins_like_der(bytes) {
        return der::parse(bytes, password);
    }
    text::parse(bytes, password)
}

/// How messages and reports call the file. Key material that was pasted where a file's name belongs is not repeated.
pub(crate) fn name_of(path: &Path) -> String {
    if is_standard_input(path) {
        "standard input".to_owned()
    } else if is_pasted(path) {
        "what is given as the name of a file".to_owned()
    } else {
        path.display().to_string()
    }
}

/// Whether a path is rather the content of a file. Long folders are no key material where they exist.
fn is_pasted(path: &Path) -> bool {
    let key_material = |text: &OsStr| is_key_material(&text.to_string_lossy());
    path.file_name().is_some_and(key_material)
        || (key_material(path.as_os_str()) && !path.parent().is_some_and(Path::is_dir))
}

/// Whether the path stands for standard input.
pub(crate) fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// The bytes of the file `path`, or of standard input for `-`, up to [`FILE_BYTES`].
///
/// # Errors
///
/// A file that cannot be read or is too large, by its name.
pub(crate) fn load(path: &Path) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let bytes = match is_standard_input(path) {
        true => standard_input(),
        false => read_file(path, FILE_BYTES),
    };
    bytes.map_err(|error| {
        let text = match error {
            FileError::TooLarge { .. } => Unreadable::TooLarge.to_string(),
            FileError::NotAFile { found: "a pipe" } => {
                "expected a file, found a pipe; pass - to read standard input".to_owned()
            }
            error => format!("expected a file that can be read, found: {error}"),
        };
        Problem::new(name_of(path), text)
    })
}

/// Waits as long as whoever writes it, as every command that reads standard input does.
fn standard_input() -> Result<Zeroizing<Vec<u8>>, FileError> {
    // With room for all of it: a buffer that moves leaves a copy behind.
    let room = usize::try_from(FILE_BYTES + 1).unwrap_or(usize::MAX);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    io::stdin()
        .lock()
        .take(FILE_BYTES + 1)
        .read_to_end(&mut bytes)?;
    match u64::try_from(bytes.len()) {
        Ok(length) if length <= FILE_BYTES => Ok(bytes),
        _ => Err(FileError::TooLarge { most: FILE_BYTES }),
    }
}

#[cfg(test)]
mod tests;
